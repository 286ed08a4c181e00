"""The audit log: who did what, on what, when."""

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ecc_site.core.filters import FilterForm
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.keyset import keyset_page
from ecc_site.core.models import Act, AuditEntry
from ecc_site.core.roles import MANAGER, role_required


class AuditFilter(FilterForm):
    act = forms.ChoiceField(label=_("Action"), required=False, choices=[("", _("all actions")), *Act.choices])
    by = forms.ModelChoiceField(
        User.objects.order_by("username"), label=_("Person"), required=False, empty_label=_("everybody")
    )


@require_safe
@role_required(MANAGER)
def audit(request: HttpRequest) -> HttpResponse:
    form = AuditFilter(request.GET)
    entries = AuditEntry.objects.filter(**form.values)
    context = {"form": form, "page": keyset_page(entries, ("-id",), request.GET.get("after", ""))}
    return page_or_fragment(request, "ecc_site/audit.html", "ecc_site/_audit.html", context)
