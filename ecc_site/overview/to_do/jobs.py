"""Work that has failed."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import ngettext

from ecc_site.core.job_list import recent_failures
from ecc_site.overview.to_do.item import ToDo, Urgency


def failed_jobs() -> Iterator[ToDo]:
    count = len(recent_failures())
    if count:
        text = ngettext("%(n)s job failed in the last 7 days", "%(n)s jobs failed in the last 7 days", count)
        yield ToDo(Urgency.BROKEN, text % {"n": count}, f"{reverse('jobs')}?state=failed")
