"""Which version answers customers: promoting a candidate and rolling back, each atomic and logged."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ecc_site.core.errors import ExpectedError
from ecc_site.core.models import Act, AuditEntry
from serving.models import Alias, Version


class NotPromotable(ExpectedError):
    """The version cannot answer customers; the text says why."""


class ReasonNeeded(ExpectedError):
    """The gate does not offer the promotion, and no reason was given for doing it all the same."""


class NothingToReturnTo(ExpectedError):
    """There is no previous champion."""


class StillNeeded(ExpectedError):
    """The version answers customers, or is the one that a rollback returns to."""


def promote(
    version: Version, *, by=None, reason: str = "", offered: bool = False, lacks_verdicts: bool = False
) -> bool:
    """Have `version` answer customers from the next answer on; False where it does so already.

    `offered`: whether the gate offers the promotion. Without that, a reason is needed. `lacks_verdicts`: whether it is
    not offered for want of people's verdicts.
    Raises NotPromotable and ReasonNeeded.
    """
    reason = reason.strip()
    with transaction.atomic():
        champion = _lock_aliases().get("champion")
        version.refresh_from_db()  # somebody may have retired it since it was shown
        check_promotable(version)
        if champion == version:
            return False
        if not (offered or reason):
            raise ReasonNeeded(_why_not(lacks_verdicts))
        if champion:
            Alias.move("previous", champion, by=by, reason=reason)
        reason = reason or _("recommended by the release gate")
        Alias.move("champion", version, by=by, reason=reason)
        AuditEntry.objects.record(Act.PROMOTED, version, by=by, detail=reason)
    return True


def roll_back(*, by=None, reason: str = "") -> Version:
    """Have the previous champion answer again; the two change places, so that this can be undone too.

    Returns the new champion. Raises NothingToReturnTo and NotPromotable.
    """
    with transaction.atomic():
        aliases = _lock_aliases()
        champion, previous = aliases.get("champion"), aliases.get("previous")
        if champion is None or previous is None or previous == champion:
            raise NothingToReturnTo(_("There is no previous champion to roll back to."))
        check_promotable(previous)
        Alias.move("previous", champion, by=by, reason=reason.strip())
        Alias.move("champion", previous, by=by, reason=reason.strip() or _("rolled back"))
        AuditEntry.objects.record(Act.ROLLED_BACK, previous, by=by, detail=reason.strip())
    return previous


def roll_back_from(seen: Version, *, by=None, reason: str = "") -> Version | None:
    """roll_back for a person who saw `seen` as the champion.

    Where another version is champion by now, as after a second click, nothing moves and the result is None.
    """
    with transaction.atomic():
        if _lock_aliases().get("champion") != seen:
            return None
        return roll_back(by=by, reason=reason)


def retire(version: Version, *, by=None, reason: str = "") -> bool:
    """Keep anybody from promoting the version; False where it is retired already. Raises StillNeeded."""
    with transaction.atomic():
        if version in _lock_aliases().values():
            raise StillNeeded(_("%(version)s is the champion or the previous champion.") % {"version": version})
        candidates = Version.objects.end().filter(pk=version.pk, state=Version.State.CANDIDATE)
        retired = bool(candidates.update(state=Version.State.RETIRED))
        if retired:
            AuditEntry.objects.record(Act.RETIRED, version, by=by, detail=reason.strip())
    return retired


def restore(version: Version, *, by=None) -> bool:
    """Make a retired version a candidate again; False where it is one already."""
    with transaction.atomic():
        retired = Version.objects.filter(pk=version.pk, state=Version.State.RETIRED)
        restored = bool(retired.update(state=Version.State.CANDIDATE))
        if restored:
            AuditEntry.objects.record(Act.RESTORED, version, by=by)
    return restored


def check_promotable(version: Version) -> None:
    """Raises NotPromotable unless this is an end model, not retired, whose adapter is complete on the disk."""
    if version.kind != Version.Kind.END:
        raise NotPromotable(
            _("%(version)s is a cloud model; only an end model can answer customers.") % {"version": version}
        )
    if version.weights_of:
        sentence = _("%(version)s was made for a comparison; promote %(weights)s, which reads the memory as it is.")
        raise NotPromotable(sentence % {"version": version, "weights": version.weights_of})
    if version.state == Version.State.RETIRED:
        raise NotPromotable(_("%(version)s is retired.") % {"version": version})
    if version.adapter:
        folder = settings.DATA_DIR / version.adapter
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            if not (folder / name).is_file():
                sentence = _("%(version)s cannot be loaded: its adapter lacks %(name)s.")
                raise NotPromotable(sentence % {"version": version, "name": name})


def _why_not(lacks_verdicts: bool) -> str:
    refused = _("The release gate does not recommend this promotion. Give a reason to promote anyway.")
    if not lacks_verdicts:
        return refused
    unlicensed = _("The scorer failed its licence: verdicts on both versions are needed.")
    return f"{unlicensed} {refused}"


def _lock_aliases() -> dict[str, Version]:
    """Lock all aliases until the transaction ends, always in the same order; returns the version of each name."""
    aliases = Alias.objects.select_for_update(of=("self",)).select_related("version").order_by("name")
    return {alias.name: alias.version for alias in aliases}
