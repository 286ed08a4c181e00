"""Housekeeping on the schedule of Celery beat."""

from celery import shared_task

from ecc_site.core import presence
from ecc_site.core.jobs import reap_all
from ecc_site.core.models import StoredResponse


@shared_task
def reap() -> None:
    """Queue lost jobs again. That this is called at all shows that beat is running."""
    presence.mark_alive("beat")
    reap_all()


@shared_task
def forget_responses() -> None:
    """Delete what requests with an idempotency key were answered more than a day ago."""
    StoredResponse.objects.expired().delete()
