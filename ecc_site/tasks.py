"""Celery tasks of what is composed of all apps; they only call plain functions."""

from celery import shared_task

from ecc_site import nearest
from ecc_site.models import EraseJob, NearestJob
from ecc_site.overview.kept import refresh
from ecc_site.privacy import retention
from ecc_site.privacy.erasing import erase_dialogues


@shared_task
def erase(job_id: int) -> None:
    EraseJob.objects.get(pk=job_id).run(erase_dialogues)


@shared_task
def erase_expired() -> None:
    retention.start_due()


@shared_task
def find_nearest(job_id: int) -> None:
    NearestJob.objects.get(pk=job_id).run(nearest.find_nearest)


@shared_task
def refresh_overview() -> None:
    refresh()
