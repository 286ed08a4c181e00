"""Agreement in a round, and the disagreements with the manager's decisions."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.form_errors import problem_of
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.job_buttons import start_once
from ecc_site.core.keyset import keyset_page
from ecc_site.core.language import Language
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from review.agreement.adjudication import adjudicate, adjudication_queue, disagreements, disputes_of
from review.agreement.drawn import drawn
from review.agreement.forms import DecisionForm
from review.agreement.kept import job_of, shown_of
from review.agreement.of_round import RoundAgreement
from review.agreement.readings import reading_of
from review.desk.forms import UndoForm
from review.desk.verdicts import NotSaved, take_decision_back
from review.models import FiguresJob, Round, RoundItem, Tag, VerdictRevision
from serving.models import Version

SHOWN_PAIRS = 20
ANSWERS = ("comparison__turn", "comparison__end", "comparison__reference", "comparison__version")


@require_safe
@role_required(MANAGER)
def agreement(request: Request, pk: int) -> HttpResponse:
    round_ = get_object_or_404(Round.objects.select_related("dataset"), pk=pk)
    shown = shown_of(round_)
    context = {"round": round_, "shown": shown, "figures_job": job_of(round_, shown, request.user)}
    if shown.found:
        words = _in_words(shown.found)
        context |= words | drawn(round_, shown.found, words["pairs"], words["annotators"])
    return page_or_fragment(request, "review/agreement.html", "review/_agreement.html", context)


@require_POST
@role_required(MANAGER)
def refresh_figures(request: Request, pk: int) -> HttpResponse:
    """Let a job work out the kept figures of a round anew."""
    start_once(request, FiguresJob, round=get_object_or_404(Round, pk=pk))
    return redirect("review:agreement", pk)


def _in_words(found: RoundAgreement) -> dict:
    """The figures with the names of what they are about."""
    names = dict(User.objects.filter(pk__in=[of.annotator for of in found.annotators]).values_list("pk", "username"))
    versions = Version.objects.in_bulk([of.version for of in found.versions if of.version])
    kinds, preferences = dict(Tag.Kind.choices), dict(VerdictRevision.Preference.choices)
    figures, counts = found.figures, found.consensus.preferences
    return {
        "found": found,
        "reading": reading_of(figures.nominal),
        "shares": [(preferences[name], name, share) for name, share in figures.shares.items()],
        "languages": [(Language(code).label, figures) for code, figures in found.languages.items()],
        "tags": [(kinds[of.kind], of.name, of.figures) for of in found.tags],
        "annotators": [(names.get(of.annotator, "–"), of) for of in found.annotators],
        "pairs": [(names.get(of.first, "–"), names.get(of.second, "–"), of) for of in figures.pairs[:SHOWN_PAIRS]],
        "versions": [(versions.get(of.version), of.strength) for of in found.versions],
        "consensus": [(preferences[name], counts[name]) for name in figures.shares],
    }


@require_safe
@role_required(MANAGER)
def disputed(request: Request, pk: int) -> HttpResponse:
    """Those that wait for a decision; all with `?show=all`."""
    round_ = get_object_or_404(Round.objects.select_related("dataset"), pk=pk)
    show_all = request.GET.get("show") == "all"
    items = disagreements(round_) if show_all else adjudication_queue(round_)
    page = keyset_page(items.select_related(*ANSWERS), ("pk",), request.GET.get("after", ""), size=20)
    context = {"page": page, "show_all": show_all, "form": {"query": "show=all" if show_all else ""}}
    return render(request, "review/disagreements.html", _context(round_, page.rows) | context)


@require_POST
@role_required(MANAGER)
def decide(request: Request, pk: int, item: int) -> HttpResponse:
    round_item = get_object_or_404(RoundItem.objects.select_related("round__dataset", *ANSWERS), pk=item, round=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, problem_of(form))
        return _show(request, round_item, status=422)
    try:
        adjudicate(round_item, request.user, **form.cleaned_data)
    except NotSaved as refused:
        messages.error(request, str(refused))
        return _show(request, round_item, status=refused.status)
    if request.htmx:
        return _show(request, round_item)
    messages.success(request, _("Your decision is saved."))
    return redirect("review:disagreements", pk)


@require_POST
@role_required(MANAGER)
def take_back(request: Request, pk: int, item: int) -> HttpResponse:
    """Take the manager's own decision back; the item waits for a decision again."""
    round_item = get_object_or_404(RoundItem.objects.select_related("round__dataset", *ANSWERS), pk=item, round=pk)
    form = UndoForm(request.POST)
    if not form.is_valid():
        messages.error(request, problem_of(form))
        return _show(request, round_item, status=422)
    try:
        taken = take_decision_back(request.user, round_item, form.cleaned_data["key"])
    except NotSaved as refused:
        messages.error(request, str(refused))
        return _show(request, round_item, status=refused.status)
    if not taken:
        messages.info(request, _("You have decided nothing here."))
    if request.htmx:
        return _show(request, round_item)
    return redirect("review:disagreements", pk)


def _show(request: Request, item: RoundItem, status: int = 200) -> HttpResponse:
    """The item alone; with what was typed, where it was not saved."""
    context = _context(item.round, [item])
    context["dispute"] = dispute = context["disputes"][0]
    if status != 200:
        dispute.typed = request.POST.get("correction", "")
    response = page_or_fragment(request, "review/disagreements.html", "review/_dispute.html", context)
    response.status_code = status
    return response


def _context(round_: Round, items: list[RoundItem]) -> dict:
    return {
        "round": round_,
        "disputes": disputes_of(items),
        "choices": VerdictRevision.Preference.choices,
    }
