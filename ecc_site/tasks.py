"""Celery tasks of what is composed of all apps; they only call plain functions."""

from celery import shared_task

from ecc_site import nearest
from ecc_site.models import EraseJob, NearestJob
from ecc_site.overview.kept import refresh
from ecc_site.privacy import retention
from ecc_site.privacy.erasing import erase_dialogues
from ecc_site.watch import measuring
from ecc_site.watch.notify import sending


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


@shared_task
def watch() -> None:
    measuring.watch()


@shared_task(soft_time_limit=sending.LONGEST_S)
def deliver(key: str) -> None:
    sending.deliver(key)


@shared_task
def deliver_due() -> None:
    sending.send_due()
