"""Tells the worker that answers that the memory has changed, so that it is ready before the next customer asks."""

import logging

from celery import current_app
from django.core.cache import cache
from kombu.exceptions import OperationalError as BrokerError

logger = logging.getLogger(__name__)

TASK, QUEUE = "knowledge.tasks.follow", "models"
PAUSE_S = 1  # what is changed within it is announced once, and followed behind it


def announce() -> None:
    """Nothing depends on it: whoever answers looks at the database before."""
    if not cache.add("memory-announced", True, timeout=PAUSE_S):
        return
    try:
        current_app.send_task(TASK, queue=QUEUE, countdown=PAUSE_S, expires=60)
    except BrokerError as error:
        logger.warning("the change of the memory is not announced: %s", error)
