"""Celery tasks of the memory; they only call plain functions."""

from celery import shared_task

from knowledge.answering import catch_up
from knowledge.models import TrialJob
from knowledge.pairs import find_pairs
from knowledge.trials import answer_trial as answer


@shared_task
def follow() -> None:
    catch_up()
    find_pairs()


@shared_task
def answer_trial(job_id: int) -> None:
    TrialJob.objects.get(pk=job_id).run(answer)
