"""What is watched: measurements over windows of answers, the bounds that managers set, and alerts."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.models import Comparison, Dataset
from ecc_site.core.constraints import one_of
from serving.models import Version

SUBJECT = "key in ecc_site.watch.subjects.SUBJECTS"


class Watched(models.Model):
    """Whose answers, beside which kind of reference, and what of them."""

    subject = models.CharField(max_length=40, help_text=SUBJECT)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Comparison.Kind)

    class Meta:
        abstract = True


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    def series(self, **watched: Any) -> Self:
        """The measurements of one subject of one version, the newest first."""
        return self.filter(**watched).order_by("-last_id")


class Measurement(Watched):
    """A figure over a window of rows, which are known by their ids: measured once, however often the task comes.

    The interval is that of the figure, 99%, clustered by dialogue. `before` is the figure of the rows before the
    window; where the subject is a change, `value` is the difference from it.
    """

    first_id = models.BigIntegerField(help_text="of the rows in the window: comparisons, dialogues or revisions")
    last_id = models.BigIntegerField()
    value = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    before = models.FloatField(null=True, blank=True)
    n = models.PositiveIntegerField(help_text="how many the figure is over")
    since = models.DateTimeField(help_text="of the earliest of them")
    until = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "dataset", "version", "kind", "last_id"], name="measured_once_a_window"
            ),
            models.CheckConstraint(condition=Q(last_id__gte=models.F("first_id")), name="measurement_window_in_order"),
        ]
        indexes = [models.Index(fields=["dataset", "version", "id"], name="measurement_newest")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


class Bound(models.Model):
    """Beyond which value a subject is alerted about: in a dataset, or without one in all that have none of their own.

    `value` None: it is not watched. A subject without a row has its own default.
    """

    subject = models.CharField(max_length=40, help_text=SUBJECT)
    dataset = models.ForeignKey(
        Dataset, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    value = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "dataset"], condition=Q(dataset__isnull=False), name="bound_once_a_dataset"
            ),
            models.UniqueConstraint(fields=["subject"], condition=Q(dataset__isnull=True), name="bound_once_for_all"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.value}"


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> Self:
        """Those that nobody has acknowledged and that last."""
        return self.filter(state=Alert.State.OPEN)

    def lasting(self) -> Self:
        """Those that last, acknowledged or not."""
        return self.filter(state__in=[Alert.State.OPEN, Alert.State.ACKNOWLEDGED])

    def with_figures(self) -> Self:
        return self.select_related("dataset", "version", "opened_with", "latest", "acknowledged_by")

    def acknowledge(self, pk: int, by: User, note: str) -> int:
        """1 where it was open, else 0."""
        values = {"acknowledged_by": by, "acknowledged_at": timezone.now(), "note": note}
        return self.open().filter(pk=pk).update(state=Alert.State.ACKNOWLEDGED, **values)

    def end(self, ending: str) -> int:
        """How many of these lasted until now."""
        return self.lasting().update(state=Alert.State.OVER, ending=ending, over_at=timezone.now())


class Alert(Watched):
    """A figure lies beyond its bound with its whole interval. One at a time of what it is about; it ends by itself."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("alert", "open")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        OVER = "over", _("over")

    class Ending(models.TextChoices):
        WITHIN = "within", _("back within the bound")
        REPLACED = "replaced", _("another version answers now")
        UNWATCHED = "unwatched", _("no longer watched")

    bound = models.FloatField(help_text="at that time")
    opened_with = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="+")
    latest = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=9, choices=Ending, blank=True)

    objects: ClassVar = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "dataset", "version", "kind"],
                condition=Q(state__in=["open", "acknowledged"]),
                name="one_lasting_alert",
            ),
            models.CheckConstraint(
                condition=one_of("state", ["open", "acknowledged"]) & Q(over_at__isnull=True, ending="")
                | Q(state="over", over_at__isnull=False, ending__in=["within", "replaced", "unwatched"]),
                name="alert_is_over_with_an_ending",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="alert_by_state"),
            models.Index(fields=["dataset", "id"], name="alert_by_dataset"),
            models.Index(fields=["subject", "id"], name="alert_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.dataset} · {self.version}"

    @property
    def watched(self) -> dict[str, Any]:
        """What it is about, as a filter of measurements."""
        return {name: getattr(self, name) for name in ("subject", "dataset_id", "version_id", "kind")}
