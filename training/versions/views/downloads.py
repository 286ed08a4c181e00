"""A version to download: its adapter, or adapter and base merged into one plain model."""

from pathlib import Path

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.downloads import as_download
from ecc_site.core.job_buttons import start_once
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from serving.models import Version
from training.versions.merge import can_merge, merged_folder
from training.versions.model_zip import stream_zip
from training.versions.models import MergeJob
from training.versions.registry import adapter_folder


@require_safe
@role_required(MANAGER)
def adapter(request: Request, pk: int) -> StreamingHttpResponse:
    shown = get_object_or_404(Version, pk=pk)
    return _zip_response(request, adapter_folder(shown), _file_name(shown))


@require_safe
@role_required(MANAGER)
def merged(request: Request, pk: int) -> StreamingHttpResponse:
    shown = get_object_or_404(Version, pk=pk)
    return _zip_response(request, merged_folder(shown), f"{_file_name(shown)}-merged")


@require_POST
@role_required(MANAGER)
def merge(request: Request, pk: int) -> HttpResponse:
    shown = get_object_or_404(Version.objects.end(), pk=pk)
    if can_merge(shown) and not merged_folder(shown):
        start_once(request, MergeJob, version=shown)
    return redirect("training:version", shown.pk)


def _file_name(version: Version) -> str:
    return slugify(version.name) or f"version-{version.pk}"


def _zip_response(request: Request, folder: Path | None, name: str) -> StreamingHttpResponse:
    """The folder as NAME.zip; 404 where there is none."""
    if folder is None:
        raise Http404
    response = StreamingHttpResponse(stream_zip(folder, name), content_type="application/zip")
    return as_download(response, f"{name}.zip", by=request.user)
