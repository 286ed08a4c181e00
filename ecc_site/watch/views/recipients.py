"""Where alerts are told, and whether it works."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from ecc_site.core.keyset import keyset_page
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from ecc_site.models import Delivery, Recipient
from ecc_site.watch import recipients as changing
from ecc_site.watch.forms import RecipientForm
from ecc_site.watch.notify.telling import addresses_of, from_environment, send_test

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def recipients(request: Request) -> HttpResponse:
    form = RecipientForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    if Recipient.objects.count() >= changing.MOST:
        form.add_error(None, _("There are %(count)s, which is the most: remove one first.") % {"count": changing.MOST})
        return _page(request, form)
    changing.add(form.instance, by=request.user)
    messages.success(request, _("%(name)s is told of alerts from now on. Send a test.") % {"name": form.instance})
    return redirect("recipients")


@require_POST
@role_required(MANAGER)
def change(request: Request, pk: int) -> HttpResponse:
    recipient, act = get_object_or_404(Recipient, pk=pk), request.POST.get("act")
    if act == "test":
        _send_test(request, recipient)
    elif act == "remove":
        changing.remove(recipient, by=request.user)
        messages.success(request, _("%(name)s is removed.") % {"name": recipient})
    elif act in {"on", "off"}:
        changing.switch(recipient, act == "on", by=request.user)
    return redirect("recipients")


@require_POST
@role_required(MANAGER)
def test_configured(request: Request) -> HttpResponse:
    """A test to everybody whom the environment names."""
    for recipient in from_environment():
        _send_test(request, recipient)
    return redirect("recipients")


def _send_test(request: Request, recipient: Recipient) -> None:
    count = send_test(recipient)
    if count:
        sent = ngettext("A test is on its way to %(n)s address.", "A test is on its way to %(n)s addresses.", count)
        messages.success(request, sent % {"n": count})
    else:
        messages.error(request, _("Nobody would get it: there is no mail server, or no manager with an address."))


def _page(request: Request, form: RecipientForm) -> HttpResponse:
    deliveries = Delivery.objects.select_related("alert", "alert__dataset").prefetch_related("attempts_made")
    context = {
        "form": form,
        "recipients": [(row, len(addresses_of(row))) for row in Recipient.objects.select_related("created_by")],
        "configured": from_environment(),
        "sends_mail": bool(settings.EMAIL_HOST),
        "page": keyset_page(deliveries, ("-id",), request.GET.get("after", ""), SHOWN),
    }
    return render(request, "ecc_site/watch/recipients.html", context)
