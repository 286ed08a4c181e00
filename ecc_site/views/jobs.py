"""All jobs in one list, and one of them: its progress until it ends, its error and log, cancel and resume."""

import redis
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core import presence
from ecc_site.core.filters import FilterForm
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.job_list import job_kinds, newest_jobs
from ecc_site.core.jobs import Job
from ecc_site.core.logs import tail
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required


def _kinds() -> list[tuple[str, str]]:
    return [("", _("all kinds")), *((slug, model.kind_name) for slug, model in job_kinds().items())]


class JobFilter(FilterForm):
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("all states")), *Job.State.choices]
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=_kinds)


@require_safe
@role_required(MANAGER)
def jobs(request: Request) -> HttpResponse:
    form = JobFilter(request.GET)
    context = {
        "form": form,
        "page": newest_jobs(**form.values, cursor=request.GET.get("after", "")),
        "processes": _processes(),
    }
    return page_or_fragment(request, "ecc_site/jobs.html", "ecc_site/_jobs.html", context)


@require_safe
@role_required(MANAGER)
def show(request: Request, slug: str, pk: int) -> HttpResponse:
    job = _job(slug, pk)
    if not request.htmx:
        return render(request, "ecc_site/job.html", {"job": job, "log_tail": tail(job.log)})
    response = render(request, "core/_job.html", {"job": job})
    if not job.is_active:
        response["HX-Trigger"] = "job-ended"  # the panels around it show numbers that have changed
    return response


@require_POST
@role_required(MANAGER)
def cancel(request: Request, slug: str, pk: int) -> HttpResponse:
    job = _job(slug, pk)
    job.cancel()
    if request.htmx:
        job.refresh_from_db()
        return render(request, "core/_job.html", {"job": job})
    return _back(request, job)


@require_POST
@role_required(MANAGER)
def resume(request: Request, slug: str, pk: int) -> HttpResponse:
    """Queue a failed or cancelled job again."""
    job = _job(slug, pk)
    if not job.resume():
        messages.info(request, _("This job is already waiting or running."))
    return _back(request, job)


def _back(request: Request, job: Job) -> HttpResponse:
    """To the page of ours that the button was on."""
    referrer = request.META.get("HTTP_REFERER", "")
    is_ours = url_has_allowed_host_and_scheme(referrer, {request.get_host()})
    return redirect(referrer if is_ours else reverse("job", args=[job.slug, job.pk]))


def _job(slug: str, pk: int) -> Job:
    kind = job_kinds().get(slug)
    if kind is None:
        raise Http404
    return get_object_or_404(kind, pk=pk)


def _processes() -> list[presence.Process]:
    """Empty where Redis does not answer, which a banner says already."""
    try:
        return presence.processes()
    except redis.RedisError:
        return []
