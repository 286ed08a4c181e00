"""Which version answers customers: promoting a candidate and rolling back, each atomic and logged."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ecc_site.core.errors import ExpectedError
from serving.models import Alias, Version


class NotPromotable(ExpectedError):
    """This version cannot answer customers; the text says why."""


class ReasonNeeded(ExpectedError):
    """The gate does not offer the promotion, and nobody said why it should be done all the same."""


class NothingToReturnTo(ExpectedError):
    """There is no previous champion."""


class StillNeeded(ExpectedError):
    """The version answers customers, or is what a rollback returns to."""


def promote(version: Version, *, by=None, reason: str = "", offered: bool = False) -> bool:
    """Let `version` answer customers from the next answer on; False where it does so already.

    `offered` is the gate's word. Raises NotPromotable and, where the gate does not offer it, ReasonNeeded.
    """
    check(version)
    reason = reason.strip()
    with transaction.atomic():
        champion = _locked().get("champion")
        if champion == version:
            return False
        if not (offered or reason):
            raise ReasonNeeded(
                _("The release gate does not recommend this promotion. Give a reason to promote anyway.")
            )
        if champion:
            Alias.move("previous", champion, by=by, reason=reason)
        Alias.move("champion", version, by=by, reason=reason or _("recommended by the release gate"))
    return True


def roll_back(*, by=None, reason: str = "", expected: int | None = None) -> Version | None:
    """Let the previous champion answer again; the two change places, so that this can be undone too.

    `expected` is the id of the champion that the person saw: where another one answers by now, as after a second
    click, nothing moves and the result is None. Raises NothingToReturnTo and NotPromotable.
    """
    with transaction.atomic():
        aliases = _locked()
        champion, previous = aliases.get("champion"), aliases.get("previous")
        if expected is not None and (champion is None or champion.pk != expected):
            return None
        if previous is None or previous == champion:
            raise NothingToReturnTo(_("There is no previous champion to roll back to."))
        check(previous)
        Alias.move("previous", champion, by=by, reason=reason.strip())
        Alias.move("champion", previous, by=by, reason=reason.strip() or _("rolled back"))
    return previous


def retire(version: Version) -> bool:
    """Let nobody promote the version any more; False where it is retired already. Raises StillNeeded."""
    with transaction.atomic():
        if version in _locked().values():
            raise StillNeeded(_("%(version)s is the champion or the previous champion.") % {"version": version})
        candidates = Version.objects.end().filter(pk=version.pk, state=Version.State.CANDIDATE)
        return bool(candidates.update(state=Version.State.RETIRED))


def restore(version: Version) -> bool:
    """Make a retired version a candidate again; False where it is one."""
    retired = Version.objects.filter(pk=version.pk, state=Version.State.RETIRED)
    return bool(retired.update(state=Version.State.CANDIDATE))


def check(version: Version) -> None:
    """Raises NotPromotable unless this is an end model whose adapter lies complete on the disk."""
    if version.kind != Version.Kind.END:
        raise NotPromotable(
            _("%(version)s is a cloud model; only an end model can answer customers.") % {"version": version}
        )
    if version.state == Version.State.RETIRED:
        raise NotPromotable(_("%(version)s is retired.") % {"version": version})
    if version.adapter:
        folder = settings.DATA_DIR / version.adapter
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            if not (folder / name).is_file():
                sentence = _("%(version)s cannot be loaded: its adapter lacks %(name)s.")
                raise NotPromotable(sentence % {"version": version, "name": name})


def _locked() -> dict[str, Version]:
    """The aliases, held until the transaction ends, always in the same order."""
    aliases = Alias.objects.select_for_update(of=("self",)).select_related("version").order_by("name")
    return {alias.name: alias.version for alias in aliases}
