"""What the shop stands by: replies to questions, facts and rules, with every change kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ecc_site.core.erasing import ERASED
from ecc_site.core.jobs import Job
from ecc_site.core.language import Language
from knowledge.announcing import announce
from knowledge.fixed import FixedItem, FixedMemory
from knowledge.querysets import (
    DATES,
    EntryQuerySet,
    EntryRevisionQuerySet,
    NotDecided,
    PairQuerySet,
    merged_with,
)
from serving.models import Version

if TYPE_CHECKING:
    from knowledge.retrieval.answering import Used

__all__ = ["Clock", "Entry", "EntryRevision", "FixedItem", "FixedMemory", "Pair", "TrialJob", "Wording"]

LONGEST = 4000  # characters of a text
ALL_WORDINGS = 25 * LONGEST  # characters of all questions of an entry; the teacher adds up to twenty at a time
MERGED_ALIKE = {  # what is the same in two that are merged, and how it is called
    "kind": _("Kind"),
    "context": _("What the customer said before"),
    "language": _("Language"),
    "valid_from": _("Valid from"),
    "valid_until": _("Valid until"),
}


class Clock(models.Model):
    """The number of the memory's newest revision, in its only row.

    Whoever changes the memory holds the row until the change is committed, so revisions become visible in their order.
    """

    revision = models.PositiveBigIntegerField(default=0)
    compared = models.PositiveBigIntegerField(default=0, help_text="up to this revision, pairs have been looked for")
    compared_on = models.DateField(null=True, help_text="the day of that look: entries begin to be valid")
    erasures = models.PositiveBigIntegerField(default=0, help_text="after each, whoever has read it forgets all")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="clock_only_one")]

    def __str__(self) -> str:
        return str(self.revision)

    @classmethod
    def now(cls) -> int:
        return cls.objects.filter(pk=1).values_list("revision", flat=True).first() or 0

    @classmethod
    def state(cls) -> tuple[int, int]:
        """The newest revision, and how often something was erased from the past."""
        return cls.objects.filter(pk=1).values_list("revision", "erasures").first() or (0, 0)

    @classmethod
    def hold(cls) -> None:
        """Let nobody else change the memory until this transaction ends."""
        cls.objects.select_for_update().filter(pk=1).first()

    @classmethod
    def erased(cls) -> None:
        """Note that something is gone from revisions that may have been read already."""
        cls.objects.get_or_create(pk=1)
        cls.objects.filter(pk=1).update(erasures=F("erasures") + 1)

    @classmethod
    def tick(cls) -> int:
        """The number of a new revision; only inside a transaction."""
        cls.objects.get_or_create(pk=1)
        cls.objects.filter(pk=1).update(revision=F("revision") + 1)
        return cls.now()


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
        one, other = self.first, self.second
        differ = [str(word) for name, word in MERGED_ALIKE.items() if getattr(one, name) != getattr(other, name)]
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


class TrialJob(Job):
    """A question that somebody asks the model that answers customers, to see what it would say now."""

    task_name = "knowledge.tasks.answer_trial"
    queue = "models"
    kind_name = _("Trial question")
    page = "trial"

    question = models.TextField()
    context = models.TextField(blank=True, help_text="the customer's message before it")
    version = models.ForeignKey(Version, null=True, blank=True, on_delete=models.PROTECT, related_name="trials")
    answer = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=20, blank=True)
    memory_revision = models.PositiveBigIntegerField(null=True, blank=True)
    used = models.JSONField(default=list, blank=True, help_text="[[id of an entry, how it was used], …]")

    def __str__(self) -> str:
        return _("Trial question “%(question)s”") % {"question": self.question[:60]}

    def keep(
        self, version: Version, answer: str, finish_reason: str, revision: int | None, used: Iterable[Used]
    ) -> None:
        """Store the answer, while this job is still claimed by this worker."""
        self.write(
            version=version,
            answer=answer,
            finish_reason=finish_reason,
            memory_revision=revision,
            used=[[entry.id, str(entry.use)] for entry in used],
        )
