"""The feed of alerts with the figures that hold now, and one alert with what is behind it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dialogues.models import Dataset
from ecc_site.core.charts import as_json
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.keyset import keyset_page
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from ecc_site.models import Alert, Measurement
from ecc_site.watch import alerting, words
from ecc_site.watch.behind import answers_behind
from ecc_site.watch.charts import over_time
from ecc_site.watch.forms import AcknowledgeForm, FeedFilter
from ecc_site.watch.series import SHOWN, current_of
from ecc_site.watch.subjects import SUBJECTS
from serving.models import Version

FEED = 20


@dataclass(frozen=True)
class Told:
    """An alert in words; reference: the kind of reference answers, where it matters."""

    alert: Alert
    sentence: str
    reference: str

    @classmethod
    def of(cls, alert: Alert) -> Told:
        alone = SUBJECTS[alert.subject].of_answers_alone
        return cls(alert, words.sentence(alert), "" if alone else alert.get_kind_display())


@require_safe
@role_required(MANAGER)
def feed(request: Request) -> HttpResponse:
    form, champion = FeedFilter(request.GET), Version.objects.champion()
    alerts = Alert.objects.filter(subject__in=SUBJECTS, **form.values).with_figures()
    page = keyset_page(alerts, ("-id",), request.GET.get("after", ""), FEED)
    dataset = form.values.get("dataset") or _measured_last()
    context = {
        "form": form,
        "page": page,
        "told": [Told.of(alert) for alert in page.rows],
        "dataset": dataset,
        "champion": champion,
        "every_s": settings.WATCH_S,
        "current": current_of(dataset, champion) if dataset and champion else [],
    }
    return page_or_fragment(request, "ecc_site/watch/watch.html", "ecc_site/watch/_watch.html", context)


@require_safe
@role_required(MANAGER)
def show(request: Request, pk: int) -> HttpResponse:
    return _page(request, _alert(pk), AcknowledgeForm())


@require_POST
@role_required(MANAGER)
def acknowledge(request: Request, pk: int) -> HttpResponse:
    alert, form = _alert(pk), AcknowledgeForm(request.POST)
    if not form.is_valid():
        return _page(request, alert, form)
    if alerting.acknowledge(alert, form.cleaned_data["note"], by=request.user):
        messages.success(request, _("Acknowledged."))
    else:
        messages.info(request, _("It has been acknowledged already, or it is over."))
    return redirect("alert", pk)


def _page(request: Request, alert: Alert, form: AcknowledgeForm) -> HttpResponse:
    subject = SUBJECTS[alert.subject]
    series = list(Measurement.objects.series(**alert.watched)[: 2 * SHOWN])[::-1]
    context = {
        "alert": alert,
        "subject": subject,
        "heading": words.heading(alert),
        "sentence": words.sentence(alert),
        "now": words.now(alert),
        "form": form,
        "figure": as_json(over_time(series, subject, alert.bound)),
        "behind": answers_behind(alert.opened_with),
        "link": subject.leads_to(alert.opened_with),
        "deliveries": alert.deliveries.prefetch_related("attempts_made").order_by("pk"),
    }
    return render(request, "ecc_site/watch/alert.html", context)


def _alert(pk: int) -> Alert:
    return get_object_or_404(Alert.objects.filter(subject__in=SUBJECTS).with_figures(), pk=pk)


def _measured_last() -> Dataset | None:
    newest = Measurement.objects.order_by("-pk").select_related("dataset").first()
    return newest.dataset if newest else None
