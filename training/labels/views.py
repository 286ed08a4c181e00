"""Labels: where each comes from, which one is chosen, and the teacher's job that makes more of them."""

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.job_buttons import start_once
from ecc_site.core.keyset import keyset_page
from ecc_site.core.roles import MANAGER, role_required
from serving.models import Version
from training.labels.by_hand import reject, restore, rewrite
from training.labels.forms import LabelFilter, LabelJobForm, LabelTextForm
from training.labels.latest import sync_latest
from training.labels.models import Label, LabelJob
from training.labels.querysets import LabelQuerySet
from training.labels.remembering import remember_labels
from training.labels.teacher import reasons_of

SHOWN = 5  # jobs
# What makes two label jobs ask for the same.
JOB_FIELDS = (
    *("dataset", "teacher", "selection", "round", "split", "language", "contains", "below"),
    *("example_count", "nearest_count", "limit"),
)


@require_safe
@role_required(MANAGER)
def labels(request: HttpRequest) -> HttpResponse:
    return _labels_page(request)


@require_safe
@role_required(MANAGER)
def label(request: HttpRequest, pk: int) -> HttpResponse:
    return _label_page(request, get_object_or_404(_labels_with_origin(), pk=pk))


@require_POST
@role_required(MANAGER)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A better reply becomes a label of its own; this label stays as it is."""
    edited = get_object_or_404(_labels_with_origin(), pk=pk)
    form = LabelTextForm(request.POST)
    if not form.is_valid():
        return _label_page(request, edited, form)
    rewritten = rewrite(edited, form.cleaned_data["text"], request.user)
    messages.success(request, _("Your reply is saved and will be used."))
    return redirect("training:label", rewritten.pk)


@require_POST
@role_required(MANAGER)
def reject_or_restore(request: HttpRequest, pk: int) -> HttpResponse:
    target = get_object_or_404(Label, pk=pk)
    (restore if request.POST.get("judgement") == "restore" else reject)(target)
    return redirect("training:label", pk)


@require_POST
@role_required(MANAGER)
def remember(request: HttpRequest) -> HttpResponse:
    """Remember what is used of the labels that the filter shows."""
    form = LabelFilter(request.POST)
    count = remember_labels(Label.objects.filter(**form.values), request.user)
    text = ngettext("%(count)s reply is remembered.", "%(count)s replies are remembered.", count)
    messages.success(request, text % {"count": count})
    return redirect(f"{reverse('training:labels')}?{form.query}")


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def start(request: HttpRequest) -> HttpResponse:
    """A form with errors stays at this address, from which filters and what htmx asks for lead to the list."""
    if request.method != "POST":
        return redirect(f"{reverse('training:labels')}?{request.GET.urlencode()}")
    form = LabelJobForm(request.POST)
    if not form.is_valid():
        return _labels_page(request, form)
    start_once(request, LabelJob, **form.cleaned_data)
    return redirect("training:labels")


@require_POST
@role_required(MANAGER)
def ask_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the same job anew, for what an earlier one left without a label."""
    earlier = get_object_or_404(LabelJob, pk=pk)
    start_once(request, LabelJob, **{name: getattr(earlier, name) for name in JOB_FIELDS})
    return redirect("training:labels")


def _labels_with_origin() -> LabelQuerySet:
    """Labels with where they come from, and whether their turn has other labels."""
    others = Label.objects.filter(turn=OuterRef("turn")).exclude(pk=OuterRef("pk"))
    rows = Label.objects.select_related(
        "turn", "dataset", "teacher", "author", "cloud_call__version", "revision__verdict__round"
    )
    return rows.annotate(has_others=Exists(others))


def _labels_page(request: HttpRequest, job_form: LabelJobForm | None = None) -> HttpResponse:
    waiting_for_labels = sync_latest()
    form = LabelFilter(request.GET)
    Version.objects.register_configured()
    jobs = LabelJob.objects.select_related("dataset", "teacher")[:SHOWN]
    context = {
        "form": form,
        "waiting_for_labels": waiting_for_labels,
        "page": keyset_page(_labels_with_origin().filter(**form.values), ("-id",), request.GET.get("after", "")),
        "jobs": [(job, reasons_of(job.unanswered)) for job in jobs],
        "job_form": job_form or LabelJobForm(initial={"teacher": Version.objects.configured_cloud()} | form.values),
    }
    return page_or_fragment(request, "training/labels/labels.html", "training/labels/_labels.html", context)


def _label_page(request: HttpRequest, shown: Label, form: LabelTextForm | None = None) -> HttpResponse:
    turn = shown.turn
    context = {
        "label": shown,
        "conversation": turn.dialogue.turns.filter(position__lte=turn.position),
        "of_turn": _labels_with_origin()
        .filter(turn=turn)
        .select_related("entry", "revision__verdict__entry")
        .by_rank(),
        "form": form or LabelTextForm(initial={"text": shown.text}),
    }
    return render(request, "training/labels/label.html", context)
