"""Housekeeping that beat asks for."""

from celery import shared_task

from ecc_site.core import presence
from ecc_site.core.jobs import reap_all


@shared_task
def reap():
    """Give lost jobs back to the queue; being called at all says that beat lives."""
    presence.seen("beat")
    reap_all()
