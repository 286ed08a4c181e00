"""What a button that starts work does."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ecc_site.core.jobs import Job


def start_once(request: HttpRequest, model: type[Job], **values) -> None:
    """Start the work in the person's name, or say that the same is waiting or running already."""
    if model.objects.enqueue_once(created_by=request.user, **values) is None:
        messages.info(request, _("This job is already waiting or running."))
