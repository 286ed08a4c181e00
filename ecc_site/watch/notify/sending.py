"""Messages are sent by a task: each attempt is written down, and what fails is sent again after growing pauses."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from ecc_site.models import Delivery, DeliveryAttempt
from ecc_site.models.notifications import LONGEST_WORDS, Channel
from ecc_site.watch.notify import mail, webhook
from ecc_site.watch.notify.outcome import Outcome

logger = logging.getLogger(__name__)

FIRST_PAUSE, FACTOR, MOST_ATTEMPTS = timedelta(seconds=30), 4, 7  # the last comes after 11 hours and a half
AT_ONCE = 100
LONGEST_S = 120  # of an attempt, whatever a receiver does: less than the lease of its message
SWITCHED_OFF = Outcome(False, "the recipient is switched off", for_good=True)
SENDERS: dict[str, Callable[[Delivery], Outcome]] = {Channel.EMAIL: mail.send, Channel.WEBHOOK: webhook.send}


def send_soon(key: uuid.UUID) -> None:
    """Hand the message to a task once it is stored; where the broker does not answer, send_due finds it."""

    def hand_over() -> None:
        try:
            current_app.send_task("ecc_site.tasks.deliver", [str(key)], queue="light")
        except BrokerError as error:
            logger.warning("message %s waits, the broker does not answer: %s", key, error)

    transaction.on_commit(hand_over)


def send_due() -> int:
    """A task for each message that is due: its pause is over, or its task was lost. Returns how many."""
    keys = list(Delivery.objects.due().values_list("key", flat=True)[:AT_ONCE])
    for key in keys:
        send_soon(key)
    return len(keys)


def deliver(key: str) -> None:
    """One attempt, if the message is due and nobody else is at it."""
    delivery = Delivery.objects.claim(key)
    if delivery is None:
        return
    try:
        outcome = SENDERS[delivery.channel](delivery) if _is_wanted(delivery) else SWITCHED_OFF
    except Exception as error:
        logger.exception("message %s could not be sent", key)
        outcome = Outcome(False, type(error).__name__)
    _write_down(delivery, outcome)


def _is_wanted(delivery: Delivery) -> bool:
    return delivery.recipient is None or delivery.recipient.active


def _write_down(delivery: Delivery, outcome: Outcome) -> None:
    with transaction.atomic():
        DeliveryAttempt.objects.create(
            delivery=delivery,
            status=outcome.status,
            words=outcome.words[:LONGEST_WORDS],
            succeeded=outcome.succeeded,
        )
        Delivery.objects.filter(pk=delivery.pk).update(**_what_follows(delivery, outcome))


def _what_follows(delivery: Delivery, outcome: Outcome) -> dict[str, object]:
    if outcome.succeeded:
        return {"state": Delivery.State.SENT}
    if outcome.for_good or delivery.attempts >= MOST_ATTEMPTS:
        return {"state": Delivery.State.FAILED}
    return {"due_at": timezone.now() + FIRST_PAUSE * FACTOR ** (delivery.attempts - 1)}
