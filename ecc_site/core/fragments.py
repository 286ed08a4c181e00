"""The same view and URL serve a page and, to htmx, its fragment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks, and will put what it gets into the page that is open."""
    htmx = HtmxDetails(request)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page_or_fragment(request: HttpRequest, page: str, fragment: str, context: dict) -> HttpResponse:
    """The fragment alone if htmx asks for it, else the page that includes it."""
    response = render(request, fragment if wants_fragment(request) else page, context)
    response["Vary"] = "HX-Request"
    return response
