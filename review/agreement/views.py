"""Agreement in a round, and the disagreements with the manager's decisions."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ecc_site.core.form_errors import problem_of
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.keyset import keyset_page
from ecc_site.core.language import Language
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from review.agreement.adjudication import adjudicate, adjudication_queue, disagreements, disputes_of
from review.agreement.forms import DecisionForm
from review.agreement.of_round import agreement_of
from review.agreement.readings import reading_of
from review.desk.verdicts import NotSaved
from review.models import Round, RoundItem, Tag, VerdictRevision
from serving.models import Version

SHOWN_PAIRS = 20
ANSWERS = ("comparison__turn", "comparison__end", "comparison__reference", "comparison__version")


@require_safe
@role_required(MANAGER)
def agreement(request: Request, pk: int) -> HttpResponse:
    round_ = get_object_or_404(Round.objects.select_related("dataset"), pk=pk)
    found = agreement_of(round_)
    people = {of.annotator for of in found.annotators}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "username"))
    versions = Version.objects.in_bulk([of.version for of in found.versions if of.version])
    kinds = dict(Tag.Kind.choices)
    preferences, counts = dict(VerdictRevision.Preference.choices), found.consensus.counts()
    context = {
        "round": round_,
        "found": found,
        "reading": reading_of(found.figures.nominal),
        "shares": [(preferences[name], name, share) for name, share in found.figures.shares.items()],
        "languages": [(Language(code).label, figures) for code, figures in found.languages.items()],
        "tags": [(kinds[of.kind], of.name, of.figures) for of in found.tags],
        "annotators": [(names[of.annotator], of) for of in found.annotators],
        "pairs": [(names[of.first], names[of.second], of) for of in found.figures.pairs[:SHOWN_PAIRS]],
        "versions": [(versions.get(of.version), of.strength) for of in found.versions],
        "consensus": [(preferences[name], counts[name]) for name in found.figures.shares],
    }
    return render(request, "review/agreement.html", context)


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
