"""A form that was opened before somebody signed in in this browser: its token is no longer valid."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from ecc_site.core.sign_in import page_of, redirect_window


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Name the cause and lead back to the page, which is opened anew; `reason` is Django's, for developers."""
    if not HtmxDetails(request):
        return render(request, "403_csrf.html", {"page": page_of(request)}, status=403)
    if request.user.is_authenticated:
        text = _("Nothing was saved: %(name)s has signed in in another tab. What you wrote stays with your account.")
        messages.error(request, text % {"name": request.user.get_username()})
    return redirect_window(request, page_of(request))
