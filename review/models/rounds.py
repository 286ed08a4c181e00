"""Rounds of review, and the assignments of their dialogues to annotators."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison, Dataset, Dialogue
from review.querysets import AssignmentQuerySet, RoundItemQuerySet, RoundQuerySet

LEASE = timedelta(minutes=30)
NEAR_DAYS = 2


def shop_day() -> date:
    """Today where the shop is."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


class Round(models.Model):
    """What is reviewed, how often, and by which rules."""

    class Purpose(models.TextChoices):
        TEACH = "teach", _("training (train and dev dialogues)")
        MEASURE = "measure", _("evaluation (test dialogues)")

    class Scores(models.TextChoices):
        ALONGSIDE = "alongside", _("beside the answers")
        AFTER = "after", _("after the verdict")

    class Sides(models.TextChoices):
        FIXED = "fixed", _("end answer on the left")
        RANDOM = "random", _("random sides")

    class Signal(models.TextChoices):
        """What an annotator may say of the end answer with one more key."""

        AS_IS = "as_is", _("would send as it is")
        KNOWLEDGE_MISSING = "knowledge_missing", _("knowledge missing")
        WRONG_FACT = "wrong_fact", _("wrong fact")
        WRONG_TONE = "wrong_tone", _("wrong tone")

    name = models.CharField(max_length=200)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="rounds")
    kind = models.CharField(max_length=10, choices=Comparison.Kind, help_text="kind of the reference answers")
    purpose = models.CharField(max_length=7, choices=Purpose)
    overlap = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(20)])
    overlap_share = models.FloatField(default=1.0, help_text="of the dialogues, how many get the overlap; others get 1")
    blind = models.BooleanField(default=False, help_text="names, colours and scores only after the verdict")
    sides = models.CharField(max_length=6, choices=Sides, default=Sides.FIXED)
    scores = models.CharField(max_length=9, choices=Scores, default=Scores.ALONGSIDE)
    signals = models.JSONField(default=list, blank=True, help_text="the signals that it offers")
    error_tags = models.JSONField(default=list, blank=True, help_text="words of the shop for what can be wrong")
    propagates = models.BooleanField(default=False, help_text="identical pairs are judged once")
    annotators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="rounds", help_text="who reviews; nobody chosen is everybody"
    )
    deadline = models.DateField(null=True, blank=True, help_text="the last day, in the time zone of the shop")
    closes_at_deadline = models.BooleanField(default=False, help_text="it is closed when that day is over")
    selection = models.JSONField(default=dict, blank=True, help_text="the filter that chose its comparisons")
    seed = models.BigIntegerField(default=0, help_text="of what is drawn at random")
    teach_preferred = models.BooleanField(
        default=False, help_text="the human agents' replies that were preferred are taught, as corrections always are"
    )
    teach_ties = models.BooleanField(default=False, help_text="so are their replies in ties")
    guideline = models.TextField(blank=True)
    guideline_version = models.PositiveSmallIntegerField(default=1)
    is_open = models.BooleanField(default=True)
    came_with_files = models.BooleanField(default=False, help_text="its verdicts were imported")
    dialogue_count = models.PositiveIntegerField(default=0)
    item_count = models.PositiveIntegerField(default=0)
    wanted_count = models.PositiveIntegerField(
        default=0, help_text="verdicts wanted: of each item as many as of its dialogue"
    )
    verdict_count = models.PositiveIntegerField(default=0, help_text="active verdicts")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    started_at: datetime | None  # of the first verdict, where RoundQuerySet.with_start has read it

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(overlap__gte=1, overlap__lte=20), name="round_overlap"),
            models.CheckConstraint(condition=Q(purpose__in=["teach", "measure"]), name="round_purpose"),
            models.CheckConstraint(condition=Q(overlap_share__gte=0, overlap_share__lte=1), name="round_overlap_share"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def percent(self) -> int:
        return 100 * self.verdict_count // self.wanted_count if self.wanted_count else 0

    @property
    def has_all_verdicts(self) -> bool:
        return 0 < self.wanted_count <= self.verdict_count

    @property
    def days_left(self) -> int | None:
        """0 on the last day, below 0 after it; None without a deadline."""
        return (self.deadline - shop_day()).days if self.deadline else None

    @property
    def days_over(self) -> int:
        return max(0, -(self.days_left or 0))

    @property
    def is_near(self) -> bool:
        """Whether the deadline is so near, or past, that it has to stand out."""
        return self.days_left is not None and self.days_left <= NEAR_DAYS

    @property
    def was_closed_by_deadline(self) -> bool:
        return not self.is_open and self.closes_at_deadline and self.days_left is not None and self.days_left < 0

    @property
    def newest_revision(self) -> int:
        """Id of the newest revision that is current, 0 without verdicts; at the end of an index."""
        return self.verdicts.aggregate(newest=Max("current"))["newest"] or 0

    @property
    def offered_signals(self) -> list[tuple[str, str]]:
        """Value and words of the signals that it offers."""
        return [(value, str(label)) for value, label in self.Signal.choices if value in self.signals]

    @property
    def hides_scores(self) -> bool:
        """Until the verdict: a blind round always does, since a score says which answer is the end model's."""
        return self.blind or self.scores == self.Scores.AFTER

    @property
    def hides_reasons(self) -> bool:
        """Until the verdict, why an item is there: that it is gold is a secret, and the worst come first by score."""
        return self.hides_scores or bool(self.selection.get("gold_count"))


class RoundItem(models.Model):
    """One comparison in a round, and why it is there."""

    class Stratum(models.TextChoices):
        WORST = "worst", _("worst first")
        RANDOM = "random", _("random")
        UNCERTAIN = "uncertain", _("most uncertain first")
        GOLD = "gold", _("gold")
        CHOSEN = "chosen", _("chosen by hand")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="items")
    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="round_items")
    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="round_items")
    position = models.PositiveIntegerField(help_text="of the customer turn in its dialogue")
    stratum = models.CharField(max_length=9, choices=Stratum)
    reason = models.CharField(max_length=200, blank=True)
    expected = models.CharField(
        max_length=9, blank=True, help_text="the preference that a gold item is known to deserve"
    )
    same_as = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="copies",
        help_text="the identical pair that is judged",
    )

    disputed = models.BooleanField(default=False, help_text="kept: independent verdicts about it differ")
    awaits_decision = models.BooleanField(default=False, help_text="kept: they do, and no manager has said anything")

    objects = RoundItemQuerySet.as_manager()

    class Meta:
        ordering = ["dialogue_id", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "comparison"], name="comparison_once_in_round")]
        indexes = [
            models.Index(fields=["round", "dialogue", "position", "id"], name="round_item_walk"),
            models.Index(fields=["round", "id"], condition=Q(disputed=True), name="round_item_disputed"),
            models.Index(fields=["round", "id"], condition=Q(awaits_decision=True), name="round_item_awaits_decision"),
        ]

    def __str__(self) -> str:
        return f"{self.round} #{self.comparison_id}"


class Assignment(models.Model):
    """One annotator's lease on one dialogue of a round.

    All `overlap` assignments of a dialogue are made with the round, so no more people than that can be assigned.
    """

    class State(models.TextChoices):
        FREE = "free", _("free")
        TAKEN = "taken", _("taken")
        DONE = "done", _("done")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="assignments")
    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="assignments")
    n = models.PositiveSmallIntegerField(help_text="1 to the overlap of the round")
    priority = models.PositiveIntegerField(help_text="the lowest comes first")
    state = models.CharField(max_length=5, choices=State, default=State.FREE)
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    leased_until = models.DateTimeField(null=True, blank=True)
    deferred_at = models.DateTimeField(null=True, blank=True, help_text="put at the end of the annotator's own queue")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["priority", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "dialogue", "n"], name="assignment_number_once"),
            models.UniqueConstraint(
                fields=["round", "dialogue", "annotator"],
                condition=Q(annotator__isnull=False),
                name="annotator_once_at_a_dialogue",
            ),
            models.CheckConstraint(condition=Q(n__gte=1, n__lte=20), name="assignment_number_in_overlap"),
            models.CheckConstraint(
                condition=Q(state="free", annotator__isnull=True)
                | Q(state__in=["taken", "done"], annotator__isnull=False),
                name="a_taken_assignment_has_an_annotator",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "state", "priority", "id"], name="assignment_next"),
            models.Index(fields=["round", "state", "leased_until", "id"], name="assignment_abandoned"),
            models.Index(
                fields=["round", "annotator", "state", "leased_until"],
                condition=Q(annotator__isnull=False),
                name="assignment_held",
            ),
            models.Index(
                fields=["round", "annotator", "priority"],
                condition=Q(annotator__isnull=False),
                name="assignment_furthest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}: dialogue {self.dialogue_id}, assignment {self.n}"


class Participation(models.Model):
    """How much an annotator has done in a round, kept with each verdict."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="participations")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="participations")
    verdict_count = models.PositiveIntegerField(default=0, help_text="active verdicts")
    quick_count = models.PositiveIntegerField(default=0, help_text="of them those that took less than a second")
    started_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-verdict_count", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "annotator"], name="participation_once")]

    def __str__(self) -> str:
        return f"{self.annotator}: {self.verdict_count}"

    @property
    def share_of_items(self) -> float | None:
        """Of what one person can do in the round: each item once."""
        return min(1.0, self.verdict_count / self.round.item_count) if self.round.item_count else None

    @property
    def quick_share(self) -> float | None:
        return self.quick_count / self.verdict_count if self.verdict_count else None


class Skip(models.Model):
    """An annotator gave a dialogue of a round back, and does not get it again; another takes their place."""

    class Reason(models.TextChoices):
        UNCLEAR = "unclear", _("the question is not clear")
        NOT_MY_FIELD = "not_my_field", _("not my field")
        LANGUAGE = "language", _("I do not know the language")
        BROKEN = "broken", _("the item is broken")
        OTHER = "other", _("another reason")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="skips")
    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="skips")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "dialogue", "annotator"], name="skipped_once_by_an_annotator")
        ]

    def __str__(self) -> str:
        return self.get_reason_display()


class Guideline(models.Model):
    """A version of what the annotators of a round are told; the round has the newest text."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="guidelines")
    version = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["round", "version"], name="guideline_version_once")]

    def __str__(self) -> str:
        return f"{self.round}, {self.version}"
