"""Entries that answer nearly the same question, and what somebody decides about them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from knowledge.models.clock import Clock
from knowledge.models.entries import ALL_WORDINGS, Entry
from knowledge.querysets import NotDecided, PairQuerySet, merged_with

MERGED_ALIKE = {  # what is the same in two that are merged, and how it is called
    "kind": _("Kind"),
    "context": _("What the customer said before"),
    "language": _("Language"),
    "valid_from": _("Valid from"),
    "valid_until": _("Valid until"),
}


class Pair(models.Model):
    """Two entries that answer nearly the same question; `first` is the older one."""

    class Kind(models.TextChoices):
        DUPLICATE = "duplicate", _("near duplicate")
        CONFLICT = "conflict", _("conflict")

    first = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    similarity = models.FloatField(help_text="of the questions, 0 to 1")
    likeness = models.FloatField(help_text="of the replies, 0 to 1")
    texts = models.CharField(max_length=64, blank=True, help_text="digest of the replies that were compared or kept")
    is_decided = models.BooleanField(default=False, help_text="somebody has decided to keep both")

    objects = PairQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
            models.CheckConstraint(condition=Q(kind__in=["duplicate", "conflict"]), name="pair_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} / {self.second_id}"

    @property
    def seen(self) -> list[int]:
        """The revisions of both: what somebody who decides has seen."""
        return [self.first.revision, self.second.revision]

    @property
    def texts_now(self) -> str:
        """As `texts`, of both as they are."""
        return "".join(said_digest(entry.text, entry.context) for entry in (self.first, self.second))

    @property
    def hindrance(self) -> str:
        """Why they cannot be merged, as one reply would answer where it was not meant to; empty if they can."""
        if self.texts not in ("", self.texts_now):
            return str(_("They were changed and are being compared again; until then they cannot be merged."))
        if self.kind == self.Kind.CONFLICT:
            return str(_("They contradict each other, so they cannot be merged."))
        first, second = self.first, self.second
        differ = [str(word) for name, word in MERGED_ALIKE.items() if getattr(first, name) != getattr(second, name)]
        if differ:
            return str(_("Cannot be merged, since these differ: %(what)s.") % {"what": str(_(", ")).join(differ)})
        if len("\n".join(self._questions)) > ALL_WORDINGS:
            text = _("Cannot be merged, since their questions have more than %(count)s characters together.")
            return str(text % {"count": ALL_WORDINGS})
        return ""

    @property
    def _questions(self) -> list[str]:
        """Of both, each once."""
        texts = [wording.text for entry in (self.first, self.second) for wording in entry.wordings.all()]
        return list(dict.fromkeys(texts))

    def decide(self, act: str, by: Any, seen: Sequence[int] | None = None) -> None:
        """first | second: that one stays, the other is removed; merge: the older one gets all questions; or both.

        Where both are kept, that is so until they contradict each other in other words; what was removed can come
        back, and is to be decided again then. Raises NotDecided where somebody has decided meanwhile, one of them is
        no longer what was `seen`, or `act` cannot be.
        """
        with transaction.atomic():
            Clock.hold()
            pair = Pair.objects.to_decide(self.pk)
            if seen is not None and list(seen) != pair.seen:
                raise NotDecided(_("Meanwhile one of the two was changed. Here is what they are now; decide again."))
            if act == "both":
                Pair.objects.filter(pk=pair.pk).update(is_decided=True, texts=pair.texts_now)
            elif act == "merge":
                pair._merge(by)
            elif act in ("first", "second"):
                gone, kept = (pair.first, pair.second) if act == "second" else (pair.second, pair.first)
                gone.remove(by=by, reason=f"instead of it {kept.pk}")
            else:
                raise NotDecided(_("Choose which of the two to keep, or both."))

    def _merge(self, by: Any) -> None:
        if self.hindrance:
            raise NotDecided(self.hindrance)
        reason, stays = merged_with(self.second), self.second.never_leaves
        self.first.change(by=by, reason=reason, wordings=self._questions, never_leaves=stays)
        self.second.remove(by=by, reason=f"instead of it {self.first.pk}")


def said_digest(reply: str, context: str) -> str:
    """32 characters, equal for entries that say the same after the same message."""
    return sha256(json.dumps([reply, context]).encode()).hexdigest()[:32]
