"""Celery tasks of the ledger."""

from celery import shared_task

from serving import ledger
from serving.gateway import longest_call_s


@shared_task
def close_orphaned_calls() -> None:
    ledger.close_orphans(longest_call_s())
