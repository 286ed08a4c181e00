"""Table III: what the prompt does to the teacher's replies."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.job_buttons import start_once
from ecc_site.core.roles import MANAGER, role_required
from serving.models import Version
from training.labels.prompt import ROLE
from training.paper.table3.experiment import rows_of
from training.paper.table3.forms import TeacherTableForm
from training.paper.table3.models import TeacherTableJob

SHOWN = 5


@require_safe
@role_required(MANAGER)
def teacher(request: HttpRequest) -> HttpResponse:
    return _show(request)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def ask(request: HttpRequest) -> HttpResponse:
    """A form with errors stays at this address, to which another language leads back."""
    if request.method != "POST":
        return redirect("training:teacher")
    form = TeacherTableForm(request.POST)
    if not form.is_valid():
        return _show(request, form)
    start_once(request, TeacherTableJob, **form.cleaned_data)
    return redirect("training:teacher")


def _show(request: HttpRequest, form: TeacherTableForm | None = None) -> HttpResponse:
    Version.objects.register_configured()
    jobs = TeacherTableJob.objects.select_related("teacher", "dataset")[:SHOWN]
    context = {
        "form": form or TeacherTableForm(initial={"teacher": Version.objects.configured_cloud()}),
        "tables": [(job, rows_of(job)) for job in jobs],
        "role_text": ROLE,
    }
    return page_or_fragment(request, "training/paper/teacher_table.html", "training/paper/_teacher_table.html", context)
