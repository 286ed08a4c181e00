"""Intents and topics: the shop's list of them, and which of them a customer's turn has."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset, Turn
from ecc_site.core.jobs import Job, one_active_per
from review.querysets import TagQuerySet, TurnTagQuerySet


class TagKind(models.TextChoices):
    INTENT = "intent", _("intent")
    TOPIC = "topic", _("topic")


class Tag(models.Model):
    """What a customer wants, or what it is about. One that is no longer active is offered and suggested no more."""

    Kind = TagKind

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=6, choices=TagKind)
    description = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0, help_text="the lowest comes first")

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=["intent", "topic"]), name="tag_kind")]
        indexes = [models.Index(fields=["position", "id"], name="tag_order")]

    def __str__(self) -> str:
        return self.name


class TagExample(models.Model):
    """A customer's question that somebody typed as an example of a tag."""

    # Without an index of its own: it leads the constraint.
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="examples", db_index=False)
    text = models.CharField(max_length=500)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tag", "text"], name="example_once_a_tag")]

    def __str__(self) -> str:
        return self.text[:60]


class TurnTag(models.Model):
    """A tag of a customer's turn: suggested by the similarity scorer, or confirmed or refused by a person.

    A turn has at most one confirmed tag of each kind, and one suggestion.
    """

    class State(models.TextChoices):
        SUGGESTED = "suggested", _("suggested")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")

    # Both without an index of their own: each leads one below.
    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="turn_tags", db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="turn_tags", db_index=False)
    kind = models.CharField(max_length=6, choices=TagKind, help_text="as of its tag, which never changes it")
    state = models.CharField(max_length=9, choices=State, default=State.SUGGESTED)
    similarity = models.FloatField(null=True, blank=True, help_text="to the examples; empty: it was not suggested")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(null=True, blank=True, help_text="when a person decided; empty for a suggestion")

    REMADE = Q(state="suggested")  # what can be made again from the dialogue

    objects = TurnTagQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["turn", "tag"], name="tag_once_a_turn"),
            models.UniqueConstraint(
                fields=["turn", "kind"], condition=Q(state="confirmed"), name="one_confirmed_tag_of_a_kind"
            ),
            models.UniqueConstraint(
                fields=["turn", "kind"], condition=Q(state="suggested"), name="one_suggested_tag_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["confirmed", "refused"], at__isnull=False)
                | Q(state="suggested", at__isnull=True, by__isnull=True, similarity__isnull=False),
                name="turn_tag_state",
            ),
            models.CheckConstraint(
                condition=Q(similarity__isnull=True) | Q(similarity__gte=0, similarity__lte=1),
                name="turn_tag_similarity_in_unit",
            ),
        ]
        indexes = [
            models.Index(fields=["tag", "state", "turn"], name="turn_tag_slice"),
            models.Index(fields=["kind", "-at"], condition=Q(at__isnull=False), name="turn_tag_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.tag} ({self.get_state_display()})"


class SuggestTagsJob(Job):
    """Suggest tags for the open turns of a dataset, in the order of their ids."""

    task_name = "review.tasks.suggest_tags"
    queue = "models"
    kind_name = _("Suggesting tags")

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="suggest_tags_jobs")
    last_turn = models.PositiveBigIntegerField(default=0, help_text="id of the last one that is done")
    thresholds = models.JSONField(
        default=dict, blank=True, help_text="kind: the least similarity that was suggested, and from how many turns"
    )

    class Meta(Job.Meta):
        constraints = [one_active_per("dataset", name="one_suggest_tags_job_a_dataset")]

    def __str__(self) -> str:
        return _("Suggesting tags for %(dataset)s") % {"dataset": self.dataset}
