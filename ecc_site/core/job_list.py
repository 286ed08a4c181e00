"""One list of the jobs of every kind, newest first; a page of it costs the same at a million rows of each."""

from datetime import timedelta
from heapq import merge
from itertools import islice

from django.db.models import ForeignKey, JSONField
from django.utils import timezone

from ecc_site.core.jobs import Job, job_models
from ecc_site.core.keyset import Page, decode_cursor, encode_cursor

PAGE_SIZE = 25
RECENT = timedelta(days=7)
BEFORE_ALL = 2**63 - 1  # above every id


def job_kinds() -> dict[str, type[Job]]:
    """Every kind of job by its slug, in a fixed order."""
    return dict(sorted((model().slug, model) for model in job_models()))


def newest_jobs(*, kind: str = "", state: str = "", cursor: str = "", size: int = PAGE_SIZE) -> Page:
    """One page of all jobs, or of those of a kind or in a state.

    The cursor has the last id of each kind, so each kind is read along its own index and the kinds are merged.
    """
    models = [model for slug, model in job_kinds().items() if kind in ("", slug)]
    after = dict(zip(models, _last_ids(cursor, len(models)), strict=True))
    newest = (_newest(model, state, after[model], size + 1) for model in models)
    found = list(islice(merge(*newest, key=lambda job: job.created_at, reverse=True), size + 1))
    page = found[:size]
    if len(found) <= size:
        return Page(page, "")
    after |= {type(job): job.pk for job in page}
    return Page(page, encode_cursor([after[model] for model in models]))


def recent_failures() -> list[Job]:
    """Jobs that failed lately and were not queued again: at most one page."""
    since = timezone.now() - RECENT
    return [job for job in newest_jobs(state=Job.State.FAILED).rows if job.ended_at and job.ended_at > since]


def _newest(model: type[Job], state: str, before: int, count: int) -> list[Job]:
    rows = model.objects.filter(pk__lt=before).order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    fields = model._meta.fields
    named = [field.name for field in fields if isinstance(field, ForeignKey)]  # the name of a job tells what it is for
    large = [field.name for field in fields if isinstance(field, JSONField)]
    return list(rows.select_related(*named).defer(*large)[:count])


def _last_ids(cursor: str, count: int) -> list[int]:
    key = decode_cursor(cursor, count)
    if key is None or not all(isinstance(value, int) for value in key):
        return [BEFORE_ALL] * count
    return key
