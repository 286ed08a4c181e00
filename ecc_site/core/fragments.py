"""The same view and URL serve a page and, to htmx, its fragment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page_or_fragment(request: HttpRequest, page: str, fragment: str, context: dict) -> HttpResponse:
    """The fragment alone where htmx asks for it, else the page that includes it."""
    wanted = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    response = render(request, fragment if wanted else page, context)
    response["Vary"] = "HX-Request"
    return response
