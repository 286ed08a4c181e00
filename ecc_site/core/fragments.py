"""The same view and URL serve a page and, to htmx, its fragment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails


def page_or_fragment(request: HttpRequest, page: str, fragment: str, context: dict) -> HttpResponse:
    """The fragment alone if htmx asks for it, else the page that includes it."""
    htmx = HtmxDetails(request)
    fragment_only = htmx and not htmx.boosted and not htmx.history_restore_request
    response = render(request, fragment if fragment_only else page, context)
    response["Vary"] = "HX-Request"
    return response
