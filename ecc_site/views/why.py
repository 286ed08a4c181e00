"""Why a comparison has its score: the rule in words, what would change it, what the texts share, what is nearest."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.requests import Request
from ecc_site.core.roles import MANAGER, role_required
from ecc_site.nearest import look_for, nearest_of
from scoring.models import Score
from scoring.why.rule import Decision
from scoring.why.shared import pieces
from scoring.why.words import told, what_would_change_it


@require_safe
@role_required(MANAGER)
def why(request: Request, pk: int) -> HttpResponse:
    """Of one score; htmx asks for it beside the answer."""
    score = _score(pk)
    decision = score.decision
    context = {
        "score": score,
        "sentence": told(decision),
        "changes": what_would_change_it(decision),
        "bar": _bar(decision),
        "texts": _texts(score),
        "is_empty": not score.comparison.end.text.strip(),
        "nearest": nearest_of(score),
    }
    return page_or_fragment(request, "ecc_site/why.html", "ecc_site/_why.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGER)
def nearest(request: Request, pk: int) -> HttpResponse:
    """What is nearest to the question; a POST has a worker look for it, and htmx asks again until it has."""
    score = _score(pk)
    if request.method == "POST":
        look_for(score, request.user)
    if not request.htmx:
        return redirect("why", pk)
    return render(request, "ecc_site/_nearest.html", {"score": score, "nearest": nearest_of(score)})


def _score(pk: int) -> Score:
    related = ("comparison__turn__dialogue__dataset", "scorer_set", "comparison__reference__version")
    return get_object_or_404(Score.objects.with_texts().select_related(*related), pk=pk)


def _bar(decision: Decision) -> list[tuple[str, float, str]]:
    """Each part of the final score: its name, what it contributes, and the class that colours it."""
    names = {"similarity": _("similarity"), "match": _("match")}
    return [(names[part], value, part) for part, value in decision.contributions.items()]


def _texts(score: Score) -> list[tuple[str, str, list]]:
    """Question, answer and reference: its name, the class of who speaks, and its pieces with what they share."""
    compared = score.comparison
    speaker = "human" if score.kind != "cloud" else "cloud"
    texts = {"customer": compared.turn.text, "end": compared.end.text, speaker: compared.reference.text}
    names = {"customer": _("Customer"), "end": _("End answer"), speaker: _("Reference answer")}
    return [
        (names[who], who, pieces(text, {other: said for other, said in texts.items() if other != who}))
        for who, text in texts.items()
    ]
