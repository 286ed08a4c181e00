"""Who gets alerts, and what became of each message."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecc_site.core.constraints import one_of
from ecc_site.models.watch import Alert

LEASE = timedelta(minutes=5)  # of an attempt: longer than any takes
LONGEST_WORDS = 300


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    MANAGERS = "managers", _("e-mail to all managers")
    WEBHOOK = "webhook", _("webhook")


class Recipient(models.Model):
    """Where alerts are told. What the environment names stands in the settings and is no row."""

    channel = models.CharField(max_length=8, choices=Channel)
    address = models.CharField(max_length=500, blank=True, help_text="an e-mail address or a URL; empty for managers")
    secret = models.CharField(max_length=200, blank=True, help_text="signs what a webhook gets; never shown")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")
    active = models.BooleanField(default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "address"], name="recipient_once"),
            models.CheckConstraint(condition=one_of("channel", Channel.values), name="recipient_channel"),
            models.CheckConstraint(
                condition=(Q(channel="webhook") & ~Q(secret="")) | (~Q(channel="webhook") & Q(secret="")),
                name="only_webhooks_have_a_secret",
            ),
        ]

    def __str__(self) -> str:
        return self.address or str(self.get_channel_display())


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> Self:
        return self.filter(state=Delivery.State.WAITING, due_at__lte=timezone.now()).order_by("due_at")

    def claim(self, key: str) -> Delivery | None:
        """The message, for one attempt; None where it is not due, or another worker has it.

        If that worker dies, it is due again after LEASE.
        """
        claimed = self.due().order_by().filter(key=key)
        if not claimed.update(due_at=timezone.now() + LEASE, attempts=F("attempts") + 1):
            return None
        return self.select_related("recipient").get(key=key)


class Delivery(models.Model):
    """One message to one address. `key` is the same at every attempt, so that a receiver can drop repetitions."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    class Event(models.TextChoices):
        OPENED = "opened", _("an alert")
        OVER = "over", _("its end")
        TEST = "test", _("a test")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    event = models.CharField(max_length=6, choices=Event)
    alert = models.ForeignKey(Alert, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries")
    recipient = models.ForeignKey(
        Recipient,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="deliveries",
        help_text="empty: the environment names the address",
    )
    channel = models.CharField(max_length=8, choices=[choice for choice in Channel.choices if choice[0] != "managers"])
    address = models.CharField(max_length=500)
    content = models.JSONField(help_text="figures, names and a link; nothing that a customer said")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "event", "channel", "address"],
                condition=Q(alert__isnull=False),
                name="told_once_of_an_alert",
            ),
            models.CheckConstraint(condition=one_of("state", ["waiting", "sent", "failed"]), name="delivery_state"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.get_event_display()} → {self.address}"


class DeliveryAttempt(models.Model):
    """What came of an attempt: the status of a server that answered, and its words or ours, shortened."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts_made")
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    succeeded = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.status or ''} {self.words}".strip()
