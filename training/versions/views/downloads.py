"""A version to download: its adapter, or adapter and base merged into one plain model."""

from collections.abc import Mapping
from pathlib import Path

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.downloads import as_download
from ecc_site.core.job_buttons import start_once
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from serving.loading import place_of
from serving.models import Version
from training.versions.merge import EXACT, can_merge, merged_folder, merged_precision
from training.versions.model_zip import stream_zip, without_place
from training.versions.models import MergeJob
from training.versions.registry import adapter_folder, base_name


@require_safe
@role_required(MANAGER)
def adapter(request: Request, pk: int) -> StreamingHttpResponse:
    shown = get_object_or_404(Version, pk=pk)
    folder = adapter_folder(shown)
    instead = without_place(folder, str(place_of(shown.model)), base_name(shown)) if folder else {}
    return _zip_response(request, folder, _file_name(shown), instead)


@require_safe
@role_required(MANAGER)
def merged(request: Request, pk: int) -> StreamingHttpResponse:
    shown = get_object_or_404(Version, pk=pk)
    return _zip_response(request, merged_folder(shown), f"{_file_name(shown)}-merged")


@require_POST
@role_required(MANAGER)
def merge(request: Request, pk: int) -> HttpResponse:
    """`precision` float32 keeps the sum exact; without it the model has the precision of its base."""
    shown = get_object_or_404(Version.objects.end(), pk=pk)
    exact = request.POST.get("precision") == EXACT
    if can_merge(shown) and not (merged_folder(shown) and (not exact or merged_precision(shown) == EXACT)):
        start_once(request, MergeJob, version=shown, exact=exact)
    return redirect("training:version", shown.pk)


def _file_name(version: Version) -> str:
    return slugify(version.name) or f"version-{version.pk}"


def _zip_response(
    request: Request, folder: Path | None, name: str, instead: Mapping[str, bytes] | None = None
) -> StreamingHttpResponse:
    """The folder as NAME.zip; 404 where there is none."""
    if folder is None:
        raise Http404
    response = StreamingHttpResponse(stream_zip(folder, name, instead), content_type="application/zip")
    return as_download(response, f"{name}.zip", by=request.user)
