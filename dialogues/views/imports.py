"""The pages of an import: upload, preview, start, progress and result."""

from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogues.forms import UploadForm
from dialogues.importing.run import preview
from dialogues.models import Dataset, ImportJob
from dialogues.uploads import store_upload
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required

SHOWN = 5


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def upload(request: Request) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        job = ImportJob.objects.create(
            state=ImportJob.State.DRAFT,
            created_by=request.user,
            path=str(store_upload(file)),
            file_name=file.name[:200],
            **{name: form.cleaned_data[name] for name in ("dataset_name", "file_format", "never_leaves")},
        )
        return redirect("dialogues:import", job.pk)
    return render(request, "dialogues/upload.html", {"form": form})


@require_safe
@role_required(MANAGER)
def show(request: Request, pk: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=pk)
    context: dict[str, Any] = {
        "job": job,
        "problems": job.problems.all()[:200],
        "dataset": Dataset.objects.filter(name=job.dataset_name).first(),
    }
    if job.state == ImportJob.State.DRAFT and Path(job.path).is_file():
        first_lines = preview(Path(job.path), job.file_format)
        context["preview"] = first_lines
        context["sample"] = first_lines.dialogues[:SHOWN]
        context["preview_problems"] = first_lines.problems[:50]
    return page_or_fragment(request, "dialogues/import.html", "dialogues/_import.html", context)


@require_POST
@role_required(MANAGER)
def start(request: Request, pk: int) -> HttpResponse:
    get_object_or_404(ImportJob, pk=pk).start()
    return redirect("dialogues:import", pk)
