"""Versions of models, the aliases that say which one answers customers, and the ledger of cloud calls."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from serving.price import cost_of
from serving.querysets import AliasMoveQuerySet, CloudCallQuerySet, CloudDayQuerySet, VersionQuerySet
from serving.redaction import own_patterns


class Version(models.Model):
    """A model that can answer: an end model (base and perhaps an adapter) or a cloud model."""

    class Kind(models.TextChoices):
        END = "end", _("end model")
        CLOUD = "cloud", _("cloud model")

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")
        RETIRED = "retired", _("retired")

    kind = models.CharField(max_length=5, choices=Kind)
    name = models.CharField(max_length=200, unique=True)
    model = models.CharField(max_length=500, help_text="as in END_MODEL or CLOUD_MODEL")
    adapter = models.CharField(max_length=500, blank=True, help_text="PEFT folder below ECC_DATA_DIR")
    base = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    state = models.CharField(max_length=9, choices=State, default=State.CANDIDATE)
    reads_memory = models.BooleanField(
        default=False, help_text="customers get its answers together with what the shop remembers"
    )
    # A measurement can be repeated, so it reads no memory, or the memory as it was at one revision: such an arm is a
    # version of its own with the weights of another.
    weights_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="arms")
    memory_revision = models.PositiveBigIntegerField(null=True, blank=True, help_text="of the memory that an arm reads")
    fixed_memory = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="number of the memory, made for a comparison, that an arm reads instead"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["end", "cloud"]), name="version_kind"),
            models.CheckConstraint(condition=Q(adapter="") | Q(kind="end"), name="only_end_models_have_adapters"),
            models.CheckConstraint(
                condition=Q(reads_memory=False) | Q(kind="end"), name="only_end_models_read_the_memory"
            ),
            models.CheckConstraint(
                condition=Q(memory_revision__isnull=True, fixed_memory__isnull=True, weights_of__isnull=True)
                | Q(memory_revision__isnull=False, fixed_memory__isnull=True, weights_of__isnull=False, kind="end")
                | Q(memory_revision__isnull=True, fixed_memory__isnull=False, weights_of__isnull=False, kind="end"),
                name="an_arm_has_weights_and_a_memory",
            ),
            models.UniqueConstraint(
                fields=["weights_of", "memory_revision"],
                condition=Q(weights_of__isnull=False),
                name="one_arm_a_revision",
            ),
            models.UniqueConstraint(
                fields=["weights_of", "fixed_memory"],
                condition=Q(weights_of__isnull=False),
                name="one_arm_a_fixed_memory",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def with_memory(self, revision: int) -> "Version":
        """The arm with these weights that reads the memory as it was at a revision; made where there is none."""
        return self._arm(f"memory {revision}", memory_revision=revision)

    def with_fixed_memory(self, number: int) -> "Version":
        """The arm with these weights that reads a memory made for a comparison; made where there is none."""
        return self._arm(f"fixed memory {number}", fixed_memory=number)

    def _arm(self, memory: str, **read: int) -> "Version":
        weights = self.weights_of or self
        arm, _ = Version.objects.get_or_create(
            weights_of=weights,
            **read,
            defaults={
                "kind": self.Kind.END,
                "name": f"{weights.name[: 197 - len(memory)]} + {memory}",
                "model": weights.model,
                "adapter": weights.adapter,
                "base": weights.base,
            },
        )
        return arm


class Alias(models.Model):
    """A name that moves: `champion` answers customers, `previous` is what a rollback returns to."""

    class Name(models.TextChoices):
        CHAMPION = "champion", _("champion")
        PREVIOUS = "previous", _("previous")

    name = models.CharField(max_length=10, choices=Name, unique=True)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="aliases")

    def __str__(self) -> str:
        return f"{self.name} → {self.version}"

    @classmethod
    def move(cls, name: str, version: Version, *, by: User | None = None, reason: str = "") -> None:
        """Point `name` to `version` and log who did it and why; does nothing where it already points there."""
        with transaction.atomic():
            alias = cls.objects.select_for_update().filter(name=name).select_related("version").first()
            if alias and alias.version_id == version.pk:
                return
            before = alias.version if alias else None
            cls.objects.update_or_create(name=name, defaults={"version": version})
            AliasMove.objects.create(name=name, before=before, after=version, by=by, reason=reason)


class AliasMove(models.Model):
    """Append-only log of Alias.move."""

    name = models.CharField(max_length=10, choices=Alias.Name)
    before = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = AliasMoveQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name}: {self.before} → {self.after}"


class CloudCall(models.Model):
    """One question to a model behind a server: what left the shop (redacted), what came back, and what it cost."""

    class Outcome(models.TextChoices):
        SENT = "sent", _("no answer yet")
        ANSWERED = "answered", _("answered")
        EMPTY = "empty", _("no answer known")
        BLOCKED = "blocked", _("blocked by the provider")
        REFUSED = "refused", _("refused by the provider")
        BUSY = "busy", _("provider busy")
        TIMED_OUT = "timed_out", _("timed out")
        BROKEN = "broken", _("unusable reply")

    class Purpose(models.TextChoices):
        REFERENCE = "reference", _("reference answer")
        ANSWER = "answer", _("answer")
        LABEL = "label", _("label")
        PARAPHRASE = "paraphrase", _("other wordings")
        TABLE3 = "table3", _("teacher prompt")
        TRIAL = "trial", _("trial question")

    class Place(models.TextChoices):
        """Who answered, and so whether anything left."""

        OUTSIDE = "outside", _("left the shop")
        SERVER = "server", _("asked a server of the shop")
        FILE = "file", _("answered by a file on this machine")

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="cloud_calls")
    purpose = models.CharField(max_length=20, choices=Purpose)
    # What it was about. Plain ids, since dialogues are of a higher layer, and may be erased while this row stays.
    dataset_id = models.PositiveBigIntegerField(null=True, blank=True)
    dialogue_id = models.PositiveBigIntegerField(null=True, blank=True)
    turn_id = models.PositiveBigIntegerField(null=True, blank=True)
    quoted: models.ManyToManyField = models.ManyToManyField("QuotedSet", blank=True, related_name="calls")
    prompt_hash = models.CharField(max_length=64, blank=True)
    messages = models.JSONField(
        help_text="the redacted messages that left, [{role, text}]; none where they stayed here"
    )
    place = models.CharField(max_length=7, choices=Place, default=Place.OUTSIDE)
    reply = models.TextField(blank=True, help_text="the reply with its placeholders")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.SENT)
    problem = models.TextField(blank=True)
    redactions = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    latency_ms = models.PositiveIntegerField(null=True)
    erased_at = models.DateTimeField(null=True, blank=True, help_text="its words were erased with a dialogue")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CloudCallQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["outcome", "id"], name="cloudcall_outcome"),
            models.Index(fields=["place", "id"], name="cloudcall_place"),
            models.Index(fields=["purpose", "id"], name="cloudcall_purpose"),
            models.Index(fields=["dataset_id", "id"], name="cloudcall_dataset"),
            models.Index(fields=["dialogue_id", "id"], name="cloudcall_dialogue"),
            models.Index(fields=["created_at", "id"], name="cloudcall_when"),
            models.Index(fields=["version", "id"], name="cloudcall_version"),
            models.Index(fields=["prompt_hash", "id"], name="cloudcall_prompt"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.purpose} {self.outcome}"

    @property
    def left(self) -> bool:
        """Whether what was asked left the shop."""
        return self.place == self.Place.OUTSIDE


class QuotedSet(models.Model):
    """Dialogues that prompts quote together, such as the examples of a labelling job; its calls share the one row."""

    digest = models.CharField(max_length=64, help_text="SHA-256 of the hashes in it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="quoted_set_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Quote(models.Model):
    """One dialogue of such a set, by its hash: the same conversation in another dataset is quoted as well."""

    quoted_set = models.ForeignKey(QuotedSet, on_delete=models.CASCADE, related_name="quotes")
    origin = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quoted_set", "origin"], name="quoted_once_in_a_set")]
        indexes = [models.Index(fields=["origin"], name="quote_origin")]

    def __str__(self) -> str:
        return self.origin


class CloudDay(models.Model):
    """What one day has used of the budget, and where its calls went: counters, so that reading them costs one row."""

    day = models.DateField(unique=True)
    tokens = models.PositiveBigIntegerField(default=0)
    calls = models.PositiveBigIntegerField(default=0, help_text="that left the shop")
    file_calls = models.PositiveBigIntegerField(default=0, help_text="answered by a file on this machine")
    server_calls = models.PositiveBigIntegerField(default=0, help_text="asked of a server of the shop")

    objects = CloudDayQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.tokens}"

    @property
    def budget(self) -> int:
        """Tokens that may be used on a day."""
        return settings.CLOUD_TOKENS_PER_DAY

    @property
    def cost(self) -> str:
        """About what its tokens cost; empty where no price is given."""
        return cost_of(self.tokens)

    @property
    def percent(self) -> int:
        """Of the budget; 100 also where there is none."""
        return min(100, 100 * self.tokens // self.budget) if self.budget else 100


class RedactionPattern(models.Model):
    """What the shop itself calls personal, such as its membership numbers: a kind beside the built-in ones."""

    name = models.CharField(max_length=30, unique=True, help_text="of the kind, as it stands in placeholders")
    expression = models.CharField(max_length=own_patterns.LONGEST, help_text="a regular expression as RE2 reads it")
    active = models.BooleanField(default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
