"""Celery tasks of what is composed of all apps; they only call plain functions."""

from celery import shared_task

from ecc_site.models import EraseJob
from ecc_site.privacy import retention
from ecc_site.privacy.erasing import erase_dialogues


@shared_task
def erase(job_id: int) -> None:
    EraseJob.objects.get(pk=job_id).run(erase_dialogues)


@shared_task
def erase_expired() -> None:
    retention.start_due()
