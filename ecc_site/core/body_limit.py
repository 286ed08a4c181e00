"""How much a request may send, decided before anything of it is read or written."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ecc_site.core.roles import MANAGER, has_role

FORM_FIELDS_BYTES = 2**20  # beside a file


class BodyLimitMiddleware:
    """Answers 413 where a body is announced larger than this person may send: only managers upload files.

    It stands after the middleware that knows who asks, and works before the first one that reads the form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        if size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and size > _limit(request):
            context = {"limit": _limit(request) // 2**20}
            return render(request, "413.html", context, status=413)
        return self.get_response(request)


def _limit(request: HttpRequest) -> int:
    """Bytes."""
    if has_role(request.user, MANAGER):
        return settings.IMPORT_MAX_BYTES + FORM_FIELDS_BYTES
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
