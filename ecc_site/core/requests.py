"""The request as a view behind role_required sees it."""

from django.contrib.auth.models import User
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """A request of a signed-in person, for annotations only: the middleware adds these attributes."""

    user: User
    htmx: HtmxDetails
