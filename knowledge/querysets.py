"""Queries about entries of the memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery

if TYPE_CHECKING:
    from knowledge.models import Entry, EntryRevision

CONTENT = ("kind", "source", "language", "text", "context", "never_leaves", "origin")
DATES = ("valid_from", "valid_until")


class EntryQuerySet(models.QuerySet["Entry"]):
    def add(self, *, by: Any, wordings: Iterable[str] = (), reason: str = "", **values: Any) -> Entry:
        """A new entry, as a new revision of the memory."""
        with transaction.atomic():
            entry = self.model(author=by, **values)
            entry.change(by=by, reason=reason, wordings=wordings)
        return entry

    def in_use(self) -> Self:
        """What acts, and what waits to be approved."""
        return self.filter(state__in=["active", "proposed"])

    def changed_since(self, revision: int) -> Self:
        return self.filter(revision__gt=revision).order_by("revision").prefetch_related("wordings")

    def valid_on(self, day: date) -> Self:
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
        not_over = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
        return self.filter(begun, not_over)

    def all_may_leave(self, ids: Sequence[int]) -> bool:
        """Whether none of these entries is marked “never leaves”; those that are gone are not."""
        return not self.filter(pk__in=ids, never_leaves=True).exists()

    def keep_here(self, origins: Any) -> None:
        """Mark what was learned from dialogues with these hashes as “never leaves”; they may be a subquery."""
        for entry in self.filter(origin__in=origins, never_leaves=False).exclude(origin=""):
            entry.change(by=None, reason="its dialogue never leaves", never_leaves=True)

    def containing(self, text: str) -> Self:
        """Those that have the text in a question or in the reply."""
        wordings = apps.get_model("knowledge", "Wording").objects.filter(text__icontains=text)
        return self.filter(Q(text__icontains=text) | Q(pk__in=wordings.values("entry")))


class EntryRevisionQuerySet(models.QuerySet["EntryRevision"]):
    def record(self, entry: Entry, *, by: Any, reason: str) -> EntryRevision:
        """The entry as it is now."""
        content = {name: getattr(entry, name) for name in CONTENT}
        content |= {name: value.isoformat() if (value := getattr(entry, name)) else None for name in DATES}
        content["wordings"] = list(entry.wordings.values_list("text", flat=True))
        return self.create(
            number=entry.revision, entry=entry, state=entry.state, content=content, by=by, reason=reason[:200]
        )

    def of_memory(self, number: int) -> Self:
        """The revision of each entry that was the newest when the memory had this number, active ones only."""
        newest = self.model.objects.filter(entry=OuterRef("entry"), number__lte=number).order_by("-number")
        return self.filter(pk=Subquery(newest.values("pk")[:1]), state="active").order_by("number")

    def newest_first(self, entries: Sequence[Entry]) -> Self:
        return self.filter(entry__in=entries).select_related("by").order_by("-number")
