"""Files that a person takes away; each is in the audit log."""

from collections.abc import Iterable
from typing import TypeVar

from django.contrib.auth.models import User
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase

from ecc_site.core.models import Act, AuditEntry
from ecc_site.core.spreadsheets import csv_lines

Response = TypeVar("Response", bound=HttpResponseBase)


def as_download(response: Response, name: str, *, by: User, detail: str = "") -> Response:
    """The response as a file of this name."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    AuditEntry.objects.record(Act.EXPORTED, name, by=by, detail=detail)
    return response


def csv_download(rows: Iterable[Iterable[object]], name: str, *, by: User, detail: str = "") -> StreamingHttpResponse:
    """The rows as a file of CSV, written while it is sent."""
    file = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    return as_download(file, name, by=by, detail=detail)
