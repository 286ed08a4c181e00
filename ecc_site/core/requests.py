"""The request as a view behind role_required sees it."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """A request of a signed-in person, for annotations only: the middleware adds these attributes."""

    user: User
    htmx: HtmxDetails


def ids_of(values: Iterable[str]) -> list[int]:
    """The ids among values of a request: what no row can have as its id is left out."""
    return [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 19]
