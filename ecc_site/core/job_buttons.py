"""Buttons that start long work."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ecc_site.core.jobs import Job


def start_once(request: HttpRequest, model: type[Job], **values: Any) -> None:
    """Start the work in the person's name, or tell them that the same work is already waiting or running."""
    if model.objects.enqueue_once(created_by=request.user, **values) is None:
        messages.info(request, _("This job is already waiting or running."))
