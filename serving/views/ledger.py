"""The ledger of calls to models behind a server: what left the shop, what came back, what it cost."""

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ecc_site.core.filters import FilterForm
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.keyset import keyset_page
from ecc_site.core.roles import MANAGER, role_required
from serving.models import CloudCall, CloudDay, Version


class LedgerFilter(FilterForm):
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("all outcomes")), *CloudCall.Outcome.choices]
    )
    version = forms.ModelChoiceField(
        Version.objects.filter(Exists(CloudCall.objects.filter(version=OuterRef("pk")))),
        label=_("Model"),
        required=False,
        empty_label=_("all models"),
    )
    left = forms.ChoiceField(
        label=_("Where it went"),
        required=False,
        choices=[("", _("everywhere")), ("1", _("left the shop")), ("0", _("stayed in the shop"))],
    )


@require_safe
@role_required(MANAGER)
def ledger(request: HttpRequest) -> HttpResponse:
    form = LedgerFilter(request.GET)
    calls = CloudCall.objects.filter(**form.values).select_related("version")
    today = CloudDay.objects.filter(day=timezone.localdate()).first()
    context = {
        "form": form,
        "page": keyset_page(calls, ("-id",), request.GET.get("after", "")),
        "today": today,
        "limit": settings.CLOUD_TOKENS_PER_DAY,
        "percent": min(100, 100 * today.tokens // settings.CLOUD_TOKENS_PER_DAY) if today else 0,
    }
    return page_or_fragment(request, "serving/ledger.html", "serving/_ledger.html", context)
