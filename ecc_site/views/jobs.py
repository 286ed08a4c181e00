"""One job: a fragment that shows its progress until it ends, and the cancel button."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.jobs import Job, job_models
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required


@require_safe
@role_required(MANAGER)
def show(request: Request, slug: str, pk: int) -> HttpResponse:
    job = _job(slug, pk)
    response = render(request, "core/_job.html" if request.htmx else "core/job.html", {"job": job})
    if request.htmx and not job.is_active:
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
    referrer = request.META.get("HTTP_REFERER", "")
    is_ours = url_has_allowed_host_and_scheme(referrer, {request.get_host()})
    return redirect(referrer if is_ours else reverse("job", args=[slug, pk]))


def _job(slug: str, pk: int) -> Job:
    for model in job_models():
        if model().slug == slug:
            return get_object_or_404(model, pk=pk)
    raise Http404
