"""What the shop stands by, with every change kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ecc_site.core.erasing import ERASED
from ecc_site.core.language import Language
from knowledge.announcing import announce
from knowledge.models.clock import Clock
from knowledge.querysets import DATES, EntryQuerySet, EntryRevisionQuerySet

LONGEST = 4000  # characters of a text
ALL_WORDINGS = 25 * LONGEST  # characters of all questions of an entry; the teacher adds up to twenty at a time


class Entry(models.Model):
    """A reply with the questions that it answers, a fact, or a rule. Its columns are those of its newest revision."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("reply")
        FACT = "fact", _("fact")
        RULE = "rule", _("rule")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACTIVE = "active", _("active")
        REMOVED = "removed", _("removed")

    class Source(models.TextChoices):
        VERDICT = "verdict", _("a verdict")
        LABEL = "label", _("a label")
        PAGE = "page", _("written here")
        IMPORT = "import", _("imported")

    kind = models.CharField(max_length=5, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    source = models.CharField(max_length=7, choices=Source)
    language = models.CharField(max_length=5, choices=Language, blank=True, help_text="empty: fits any")
    text = models.TextField(help_text="the reply, the fact or the rule")
    context = models.TextField(blank=True, help_text="the customer's message before the question, if it needs one")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    never_leaves = models.BooleanField(default=False, help_text="it is never part of a prompt that leaves the shop")
    origin = models.CharField(max_length=64, blank=True, help_text="hash of the dialogue that it was learned from")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revision = models.PositiveBigIntegerField(default=0, help_text="of the memory, when it was last changed")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["reply", "fact", "rule"]), name="entry_kind"),
            models.CheckConstraint(condition=Q(state__in=["proposed", "active", "removed"]), name="entry_state"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                name="entry_valid_from_until",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="entry_has_a_text"),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="entry_state_newest"),
            models.Index(fields=["revision"], name="entry_revision"),
            models.Index(fields=["origin"], name="entry_origin"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_erased(self) -> bool:
        """Whether it belonged to a dialogue that was erased."""
        return self.text == ERASED

    def holds_on(self, day: date) -> bool:
        """Whether it is active and valid on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return self.state == self.State.ACTIVE and begun and (self.valid_until is None or self.valid_until >= day)

    def change(self, *, by: Any, reason: str = "", wordings: Iterable[str] | None = None, **values: Any) -> None:
        """Write these columns, and with `wordings` the questions, as a new revision of the memory.

        What never leaves stays so, whatever is written. Of two who change it at once, the second leaves what the first
        has written of other columns.
        """
        with transaction.atomic():
            number = Clock.tick()
            if self.pk:
                self.refresh_from_db()
            self.revision = number
            stays = self.never_leaves
            for name, value in values.items():
                setattr(self, name, value)
            self.never_leaves = self.never_leaves or stays
            self.save()
            if wordings is not None:
                self.wordings.all().delete()
                Wording.objects.bulk_create([Wording(entry=self, text=text) for text in dict.fromkeys(wordings)])
            EntryRevision.objects.record(self, by=by, reason=reason)
            transaction.on_commit(announce, robust=True)

    def remove(self, *, by: Any, reason: str = "") -> None:
        """Take it out of the memory; its revisions stay."""
        with self._held():
            if self.state != self.State.REMOVED:
                self.change(by=by, reason=reason, state=self.State.REMOVED)

    def restore(self, *, by: Any, reason: str = "") -> None:
        """Make it act: what was proposed is approved, what was removed is back, but never what was erased."""
        with self._held():
            if self.state != self.State.ACTIVE and not self.is_erased:
                self.change(by=by, reason=reason, state=self.State.ACTIVE)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """As it is now, and as it stays until what is done here is done."""
        with transaction.atomic():
            Clock.hold()
            self.refresh_from_db()
            yield


class Wording(models.Model):
    """One way to ask the question of a reply."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="wordings")
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]


class EntryRevision(models.Model):
    """What an entry was from a revision of the memory on; rows are only ever added."""

    number = models.PositiveBigIntegerField(help_text="revision of the memory")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="revisions")
    state = models.CharField(max_length=8, choices=Entry.State)
    content = models.JSONField(help_text="wordings, text and the other columns of the entry")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = EntryRevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["number", "entry"], name="entry_once_a_revision")]
        indexes = [
            models.Index(fields=["entry", "number"], name="entryrevision_of_entry"),
            models.Index(fields=["reason"], name="entryrevision_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.state}"

    def as_entry(self) -> Entry:
        """The entry as it was then, not saved; its wordings are in `content`."""
        values = {name: value for name, value in self.content.items() if name not in ("wordings", *DATES)}
        values |= {name: date.fromisoformat(day) for name in DATES if (day := self.content[name])}
        return Entry(pk=self.entry_id, state=self.state, revision=self.number, **values)
