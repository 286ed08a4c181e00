"""Queries about entries of the memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from ecc_site.core.batching import SIZE
from ecc_site.core.contains import contains
from ecc_site.core.errors import ExpectedError
from ecc_site.core.requests import ids_of
from knowledge.announcing import announce

if TYPE_CHECKING:
    from knowledge.models import Entry, EntryRevision, Pair

CONTENT = ("kind", "source", "language", "text", "context", "never_leaves", "origin")
DATES = ("valid_from", "valid_until")
MERGED_WITH = "merged with "


class NotDecided(ExpectedError):
    """Nothing was decided about a pair; the text says why."""


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

    def add_many(
        self, rows: Sequence[tuple[dict[str, Any], list[str]]], *, by: Any, reason: str = ""
    ) -> Sequence[Entry]:
        """Entries of these columns and wordings, all as one revision of the memory."""
        if not rows:
            return []
        wording = apps.get_model("knowledge", "Wording").objects
        with transaction.atomic():
            number = apps.get_model("knowledge", "Clock").tick()
            made = [self.model(author=by, revision=number, **values) for values, _ in rows]
            entries = self.bulk_create(made, batch_size=SIZE)
            pairs = [(entry, text) for entry, (_, texts) in zip(entries, rows, strict=True) for text in texts]
            wording.bulk_create([wording.model(entry=entry, text=text) for entry, text in pairs], batch_size=SIZE)
            revisions = apps.get_model("knowledge", "EntryRevision").objects
            revisions.record_many([(entry, texts) for entry, (_, texts) in zip(entries, rows, strict=True)], by, reason)
            transaction.on_commit(announce, robust=True)
        return entries

    def changed_since(self, revision: int, entry: int = 0) -> Self:
        """Those changed by later revisions, and by this one with a later id; in that order."""
        later = Q(revision__gt=revision) | Q(revision=revision, pk__gt=entry) if entry else Q(revision__gt=revision)
        return self.filter(later).order_by("revision", "pk").prefetch_related("wordings")

    def all_may_leave(self, ids: Sequence[int]) -> bool:
        """Whether none of these entries is marked “never leaves”; those that are gone are not."""
        return not self.filter(pk__in=ids, never_leaves=True).exists()

    def origins_of(self, ids: Sequence[int]) -> list[str]:
        """Hashes of the dialogues that these entries, and those that were merged with them, were learned from."""
        found = self.with_merged(ids)
        return list(self.filter(pk__in=found).exclude(origin="").values_list("origin", flat=True)) if found else []

    def with_merged(self, ids: Sequence[int]) -> set[int]:
        """These ids, and those of all entries whose questions they have taken, directly or through another."""
        found: set[int] = set()
        while ids := [pk for pk in ids if pk not in found]:
            found.update(ids)
            ids = self._merged_with(ids)
        return found

    def _merged_with(self, ids: Sequence[int]) -> list[int]:
        """Ids of the entries whose questions these have taken."""
        revisions = apps.get_model("knowledge", "EntryRevision").objects.filter(entry__in=ids)
        reasons = revisions.filter(reason__startswith=MERGED_WITH).values_list("reason", flat=True)
        return ids_of(reason.removeprefix(MERGED_WITH) for reason in reasons)  # a person may write what begins so, too

    def keep_here(self, origins: Any) -> None:
        """Mark what was learned from dialogues with these hashes as “never leaves”; they may be a subquery."""
        for entry in self.filter(origin__in=origins, never_leaves=False).exclude(origin=""):
            self._keep_here(entry)

    def _keep_here(self, entry: Entry) -> None:
        entry.change(by=None, reason="its dialogue never leaves", never_leaves=True)
        for other in self.model.objects.with_questions_of(entry).filter(never_leaves=False):
            self._keep_here(other)

    def with_questions_of(self, entry: Entry) -> Self:
        """Those that were merged with it, always older ones, and have its questions now."""
        revisions = apps.get_model("knowledge", "EntryRevision").objects.filter(reason=merged_with(entry))
        return self.filter(pk__in=revisions.values("entry"), pk__lt=entry.pk)

    def that_took(self, entry: Entry) -> list[Entry]:
        """Those that have its questions by a merge, directly or through another."""
        found: list[Entry] = []
        waiting = [entry]
        while waiting:
            above = list(self.model.objects.with_questions_of(waiting.pop()))
            found += above
            waiting += above
        return found

    def containing(self, text: str) -> Self:
        """Those that have the text in a question or in the reply."""
        wordings = apps.get_model("knowledge", "Wording").objects.filter(contains("text", text))
        return self.filter(contains("text", text) | Q(pk__in=wordings.values("entry")))


class PairQuerySet(models.QuerySet["Pair"]):
    def undecided(self) -> Self:
        """Those of two entries that both act today."""
        today = timezone.localdate()
        acting = self.filter(_acts("first", today), _acts("second", today), is_decided=False)
        return acting.select_related("first", "second").prefetch_related("first__wordings", "second__wordings")

    def to_decide(self, pk: int) -> Pair:
        """That one. Raises NotDecided where it is not to be decided any more."""
        if pair := self.undecided().filter(pk=pk).first():
            return pair
        raise NotDecided(_("These two need no decision any more: somebody has decided, or one of them was changed."))


class EntryRevisionQuerySet(models.QuerySet["EntryRevision"]):
    def questions(self) -> set[str]:
        """All that their entries have answered at one of these revisions."""
        return {text for revision in self for text in revision.content["wordings"]}

    def record(self, entry: Entry, *, by: Any, reason: str) -> EntryRevision:
        """The entry as it is now."""
        wordings = list(entry.wordings.values_list("text", flat=True))
        return self.record_many([(entry, wordings)], by, reason)[0]

    def record_many(self, entries: Sequence[tuple[Entry, list[str]]], by: Any, reason: str) -> Sequence[EntryRevision]:
        """Entries as they are now, with their wordings."""
        made = [
            self.model(
                number=entry.revision,
                entry=entry,
                state=entry.state,
                content=_content(entry, wordings),
                by=by,
                reason=reason[:200],
            )
            for entry, wordings in entries
        ]
        return self.bulk_create(made, batch_size=SIZE)

    def of_memory(self, number: int) -> Self:
        """The revision of each entry that was the newest when the memory had this number, active ones only."""
        newest = self.model.objects.filter(entry=OuterRef("entry"), number__lte=number).order_by("-number")
        return self.filter(pk=Subquery(newest.values("pk")[:1]), state="active").order_by("number")


def _acts(name: str, day: date) -> Q:
    """Whether the entry of this name is active and valid on a day."""
    begun = Q((f"{name}__valid_from", None)) | Q((f"{name}__valid_from__lte", day))
    lasts = Q((f"{name}__valid_until", None)) | Q((f"{name}__valid_until__gte", day))
    return Q((f"{name}__state", "active")) & begun & lasts


def merged_with(entry: Entry) -> str:
    """The reason of a revision that took the questions of this entry."""
    return f"{MERGED_WITH}{entry.pk}"


def _content(entry: Entry, wordings: list[str]) -> dict[str, Any]:
    content = {name: getattr(entry, name) for name in CONTENT}
    content |= {name: value.isoformat() if (value := getattr(entry, name)) else None for name in DATES}
    return content | {"wordings": wordings}
