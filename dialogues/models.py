"""Datasets, dialogues, turns and the answers to them, and the comparisons that are scored and reviewed."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dialogues.import_models import GivenVerdict, ImportJob, ImportProblem, ProblemLine, ReplacedDialogue, UndoJob
from dialogues.querysets import (
    AnswerQuerySet,
    ComparisonQuerySet,
    DatasetQuerySet,
    DialogueQuerySet,
    EvalSetQuerySet,
    TurnQuerySet,
)
from ecc_site.core.constraints import one_of
from ecc_site.core.jobs import Job, one_active_per
from ecc_site.core.language import Language
from knowledge.models import Entry
from serving.models import CloudCall, Version
from serving.subject import Subject

if TYPE_CHECKING:
    from knowledge.retrieval.answering import Used

__all__ = [
    "Answer",
    "AnswerJob",
    "Comparison",
    "Coverage",
    "Dataset",
    "Dialogue",
    "EvalItem",
    "EvalSet",
    "GivenVerdict",
    "ImportJob",
    "ImportProblem",
    "ProblemLine",
    "ReplacedDialogue",
    "Sketch",
    "Split",
    "Turn",
    "UndoJob",
    "UsedEntry",
    "text_hash",
]


class Split(models.TextChoices):
    TRAIN = "train", _("train")
    DEV = "dev", _("dev")
    TEST = "test", _("test")


class Dataset(models.Model):
    """Where dialogues came from. The import maintains its counters, so that no page has to count."""

    class Builtin(models.TextChoices):
        """Datasets that the site makes itself; what a person imports is never one of these."""

        DEMO = "demo", _("demo")
        CORPUS = "corpus", _("the corpus that ships")
        REGRESSION = "regression", _("questions to a general assistant")
        TABLE6 = "table6", _("inputs of Table VI")

    name = models.CharField(max_length=200, unique=True)
    note = models.TextField(blank=True)
    builtin = models.CharField(max_length=20, choices=Builtin, blank=True, help_text="empty: imported by a person")
    never_leaves = models.BooleanField(default=False, help_text=_("its dialogues never go to a cloud model"))
    remembers_at_once = models.BooleanField(
        default=False, help_text=_("corrections act as soon as they are given, without a manager's approval")
    )
    retention_days = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("dialogues are erased when they are older; empty: never")
    )
    retention_keeps_used = models.BooleanField(
        default=True, help_text=_("but not those that people have reviewed or a version has learned from")
    )
    dialogue_count = models.PositiveBigIntegerField(default=0)
    open_turn_count = models.PositiveBigIntegerField(default=0, help_text="customer turns that want an answer")
    removal_count = models.PositiveBigIntegerField(
        default=0,
        editable=False,
        help_text="how often dialogues or scores were removed; what was read before is then out of date",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["builtin"], condition=~Q(builtin=""), name="dataset_builtin_once"),
            models.CheckConstraint(
                condition=Q(builtin__in=["", "demo", "corpus", "regression", "table6"]), name="dataset_builtin"
            ),
            models.CheckConstraint(
                condition=Q(retention_days__isnull=True) | Q(retention_days__gte=1), name="dataset_retention"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **options: Any) -> None:
        """A dataset that is marked “never leaves” marks its dialogues and what was learned from them.

        They stay so if its own mark goes. Imports into it follow its name.
        """
        with transaction.atomic():
            named = Dataset.objects.filter(pk=self.pk).values_list("name", flat=True).first()
            super().save(**options)
            if named not in (None, self.name):
                ImportJob.objects.filter(dataset_name=named).update(dataset_name=self.name)
            if self.never_leaves:
                Dialogue.objects.keep_here(self.dialogues.values("content_hash"))
                self.replaced_dialogues.keep_here()

    @property
    def takes_imports(self) -> bool:
        """Whether a file may add dialogues to it: adding to the site's own sets would change what they measure."""
        return self.builtin in ("", self.Builtin.DEMO)


class Dialogue(models.Model):
    """A conversation of one customer with the shop, in one language and on one side of the split."""

    # Without an index of its own: it leads those below.
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="dialogues", db_index=False)
    source_id = models.CharField(max_length=200, blank=True, help_text="its id in the imported file")
    language = models.CharField(max_length=5, choices=Language)
    split = models.CharField(max_length=5, choices=Split)
    never_leaves = models.BooleanField(default=False)
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of the raw roles and texts")
    imported_by = models.ForeignKey(
        "ImportJob", null=True, blank=True, on_delete=models.SET_NULL, related_name="dialogues"
    )
    ended_at = models.DateTimeField(null=True, blank=True, help_text="time of its last turn, where the file had times")
    satisfaction = models.FloatField(null=True, blank=True, help_text="of the customer, as the file has it")
    turn_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DialogueQuerySet.as_manager()
    opening: str | None  # of with_opening()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "content_hash"], name="dialogue_once_in_dataset"),
            models.CheckConstraint(condition=one_of("language", Language.values), name="dialogue_language"),
            models.CheckConstraint(condition=one_of("split", Split.values), name="dialogue_split"),
        ]
        indexes = [
            models.Index(fields=["dataset", "split", "id"], name="dialogue_dataset_split"),
            models.Index(fields=["dataset", "language", "id"], name="dialogue_dataset_language"),
            models.Index(fields=["dataset", "created_at", "id"], name="dialogue_dataset_age"),
            models.Index(fields=["source_id", "dataset"], name="dialogue_source"),
            models.Index(fields=["dataset"], condition=models.Q(never_leaves=True), name="dialogue_kept_inside"),
        ]

    def __str__(self) -> str:
        return self.source_id or f"#{self.pk}"


class KeptOut(models.Model):
    """A conversation that somebody asked to have erased: it does not come back with a file."""

    key = models.CharField(max_length=64, unique=True, help_text="keyed hash of its content hash")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key[:12]


class Turn(models.Model):
    """One message or event of a dialogue; positions start at 0."""

    class Role(models.TextChoices):
        CUSTOMER = "customer", _("customer")
        AGENT = "agent", _("agent")
        EVENT = "event", _("event")

    class Formula(models.TextChoices):
        GREETING = "greeting", _("greeting")
        CLOSING = "closing", _("closing formula")

    # Without an index of its own: it leads the constraint of positions.
    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="turns", db_index=False)
    position = models.PositiveIntegerField()
    role = models.CharField(max_length=8, choices=Role)
    raw = models.TextField(help_text="as it was imported")
    text = models.TextField(help_text="cleaned")
    formula = models.CharField(max_length=8, choices=Formula, blank=True, help_text="what is said to everybody")
    is_open = models.BooleanField(default=False, help_text="a customer's turn to be answered")

    objects = TurnQuerySet.as_manager()

    class Meta:
        ordering = ["dialogue_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "position"], name="turn_position_once"),
            models.CheckConstraint(condition=one_of("role", ["customer", "agent", "event"]), name="turn_role"),
            models.CheckConstraint(condition=Q(is_open=False) | Q(role="customer"), name="only_customers_ask"),
            models.CheckConstraint(condition=one_of("formula", ["", "greeting", "closing"]), name="turn_formula"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.text[:40]}"

    @property
    def as_subject(self) -> Subject:
        """What a question about it is about, for the ledger."""
        return Subject(self.dialogue.dataset_id, self.dialogue_id, self.pk)

    @property
    def question_before(self) -> str:
        """The customer's turn before this one, empty for the first."""
        earlier = Turn.objects.filter(dialogue=self.dialogue_id, role=self.Role.CUSTOMER, position__lt=self.position)
        return earlier.order_by("-position").values_list("text", flat=True).first() or ""


class Answer(models.Model):
    """One answer to one customer turn. An empty text is an answer too: the model said nothing."""

    class Source(models.TextChoices):
        MODEL = "model", _("model")
        HUMAN = "human", _("human agent")
        ANNOTATOR = "annotator", _("annotator")

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="answers")
    source = models.CharField(max_length=9, choices=Source)
    version = models.ForeignKey(
        Version, null=True, blank=True, on_delete=models.PROTECT, related_name="answers", db_index=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    settings_hash = models.CharField(max_length=16, blank=True, help_text="of the decoding settings, or of the text")
    text = models.TextField(blank=True)
    latency_ms = models.FloatField(null=True, blank=True)
    tokens_in = models.PositiveIntegerField(null=True, blank=True)
    tokens_out = models.PositiveIntegerField(null=True, blank=True)
    finish_reason = models.CharField(max_length=20, blank=True)
    cloud_call = models.ForeignKey(
        CloudCall, null=True, blank=True, on_delete=models.PROTECT, related_name="answers", db_index=False
    )
    memory_revision = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="of the memory that was read; empty: none was"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AnswerQuerySet.as_manager()
    used: "Sequence[Used]" = ()  # what of the memory it used, for saving a new answer

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["turn", "version", "settings_hash"], condition=Q(source="model"), name="answer_once_a_version"
            ),
            models.UniqueConstraint(fields=["turn"], condition=Q(source="human"), name="one_human_answer_a_turn"),
            models.UniqueConstraint(
                fields=["turn", "author", "settings_hash"],
                condition=Q(source="annotator"),
                name="annotator_answer_once",
            ),
            models.CheckConstraint(
                condition=Q(source="model", version__isnull=False)
                | (one_of("source", ["human", "annotator"]) & Q(version__isnull=True)),
                name="a_version_exactly_where_a_model_wrote",
            ),
        ]
        # Most answers are those of imported dialogues, which have none of these.
        indexes = [
            models.Index(fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"answer_{name}")
            for name in ("version", "author", "cloud_call")
        ]

    def __str__(self) -> str:
        return self.text[:60]


class UsedEntry(models.Model):
    """An entry of the memory that an answer used, and how."""

    class Use(models.TextChoices):
        DIRECT = "direct", _("given as the answer")
        BETTER = "better", _("preferred to the generated answer")
        EXAMPLE = "example", _("shown as an example")
        NOTE = "note", _("told before")

    GIVEN = (Use.DIRECT, Use.BETTER)  # the answer is its reply

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="used_entries")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="uses")
    use = models.CharField(max_length=7, choices=Use)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["answer", "entry"], name="entry_used_once_an_answer")]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.use}"


class Coverage(models.Model):
    """How many open turns of a dataset a version has answered. Updated with the answers, so no page has to count."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="coverages")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="coverages")
    answer_count = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["version_id"]
        constraints = [models.UniqueConstraint(fields=["dataset", "version"], name="coverage_once")]

    def __str__(self) -> str:
        return f"{self.version}: {self.answer_count}"

    @property
    def percent(self) -> int:
        return 100 * self.answer_count // self.dataset.open_turn_count if self.dataset.open_turn_count else 0


class Comparison(models.Model):
    """An end answer and a reference answer to the same turn: the unit that is scored and reviewed."""

    class Kind(models.TextChoices):
        CLOUD = "cloud", _("cloud model")
        HUMAN = "human", _("human agent")
        CORRECTION = "correction", _("correction")

    SAMPLED = (Kind.HUMAN, Kind.CLOUD)  # corrections are of answers that people chose, no sample of them

    end = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="compared")
    reference = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="compared_as_reference")
    kind = models.CharField(max_length=10, choices=Kind)
    # Repeated from the answers, because lists are filtered by them and an index needs them here.
    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="comparisons")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="comparisons")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="comparisons")
    split = models.CharField(max_length=5, choices=Split)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ComparisonQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["end", "reference"], name="comparison_once"),
            models.CheckConstraint(condition=one_of("kind", ["cloud", "human", "correction"]), name="comparison_kind"),
            models.CheckConstraint(condition=~Q(end=F("reference")), name="comparison_of_two_answers"),
        ]
        indexes = [
            models.Index(fields=["dataset", "version", "kind", "id"], name="comparison_dataset_version"),
        ]

    def __str__(self) -> str:
        return f"{self.version} / {self.kind} #{self.pk}"


class EvalSet(models.Model):
    """A frozen selection of turns with their references; a gate pairs two versions by (turn, reference)."""

    class Purpose(models.TextChoices):
        GATE = "gate", _("release gate")
        DEV = "dev", _("dev split")
        REGRESSION = "regression", _("forgetting check")
        INPUTS = "inputs", _("inputs of Table VI")
        TAUGHT = "taught", _("corrections of a run")
        HELD_OUT = "held_out", _("unseen questions of a run")
        SELECTION = "selection", _("selection")

    name = models.CharField(max_length=200, unique=True)
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.SELECTION)
    dataset = models.ForeignKey(
        Dataset,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="eval_sets",
        help_text="where all its turns are from; empty for a selection over several",
    )
    kind = models.CharField(
        max_length=10, choices=Comparison.Kind, blank=True, help_text="of its references; empty where they are mixed"
    )
    lost_count = models.PositiveIntegerField(default=0, help_text="items that were erased with their dialogues")

    objects = EvalSetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "dataset", "kind"],
                condition=Q(purpose__in=["gate", "dev", "regression", "inputs"]),
                name="eval_set_once_for_its_purpose",
            ),
            models.CheckConstraint(
                condition=Q(purpose="selection") | Q(dataset__isnull=False), name="eval_set_has_its_dataset"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def add(self, comparisons: models.QuerySet[Comparison]) -> None:
        """Put in the (turn, reference) pairs of these comparisons; those that it has already stay as they are."""
        pairs = comparisons.order_by("turn_id").values_list("turn_id", "reference_id").distinct()
        items = (EvalItem(eval_set=self, turn_id=t, reference_id=r) for t, r in pairs.iterator())
        EvalItem.objects.bulk_create(items, batch_size=1000, ignore_conflicts=True)


class EvalItem(models.Model):
    """A turn of an evaluation set with one of its references."""

    eval_set = models.ForeignKey(EvalSet, on_delete=models.CASCADE, related_name="items")
    turn = models.ForeignKey(Turn, on_delete=models.PROTECT, related_name="+")
    reference = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["eval_set", "turn", "reference"], name="eval_item_once")]

    def __str__(self) -> str:
        return f"{self.eval_set}: turn {self.turn_id}"


class Sketch(models.Model):
    """What the near duplicates of a dialogue are found by: four numbers, of which two that are alike share one."""

    dialogue = models.OneToOneField(Dialogue, on_delete=models.CASCADE, primary_key=True, related_name="sketch")
    band0 = models.BigIntegerField(db_index=True)
    band1 = models.BigIntegerField(db_index=True)
    band2 = models.BigIntegerField(db_index=True)
    band3 = models.BigIntegerField(db_index=True)

    BANDS = ("band0", "band1", "band2", "band3")

    def __str__(self) -> str:
        return f"of dialogue {self.dialogue_id}"


class AnswerJob(Job):
    """One version answers the open turns of a dataset that it has not answered yet."""

    task_name = "dialogues.tasks.answer_dataset"
    queue = "models"
    kind_name = _("Answering")

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="answer_jobs")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="answer_jobs")
    eval_set = models.ForeignKey(
        EvalSet,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answer_jobs",
        help_text="its turns alone",
    )

    class Meta(Job.Meta):
        constraints = [
            one_active_per("dataset", "version", name="one_answer_job_at_a_time", where=Q(eval_set__isnull=True)),
            one_active_per("dataset", "version", "eval_set", name="one_answer_job_an_eval_set"),
        ]

    def __str__(self) -> str:
        if self.version.kind == Version.Kind.CLOUD:
            return _("Cloud answers for %(dataset)s") % {"dataset": self.dataset}
        return _("End answers for %(dataset)s · %(version)s") % {"dataset": self.dataset, "version": self.version}


def text_hash(text: str) -> str:
    """The first 16 hexadecimal digits of the text's SHA-256, where a short key is enough."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
