"""The page of a dialogue: the answers, scores and verdicts of every turn."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dialogues.models import Comparison, Dialogue
from ecc_site.core.roles import MANAGER, role_required
from review.models import Verdict
from scoring.models import Score, ScorerSet


@require_safe
@role_required(MANAGER)
def dialogue(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Dialogue.objects.select_related("dataset"), pk=pk)
    turns = list(shown.turns.prefetch_related("answers__version", "answers__used_entries__entry"))
    comparisons = Comparison.objects.filter(turn__dialogue=shown)
    scores = Score.objects.filter(comparison__in=comparisons, scorer_set=ScorerSet.objects.current())
    verdicts = Verdict.objects.active().filter(comparison__in=comparisons)
    context = {
        "dialogue": shown,
        "turns": turns,
        "scores": _by_turn(scores.select_related("comparison", "version", "profile")),
        "verdicts": _by_turn(verdicts.select_related("comparison", "annotator", "current", "round")),
    }
    return render(request, "ecc_site/dialogue.html", context)


def _by_turn(rows: QuerySet[Score] | QuerySet[Verdict]) -> dict[int, list[Score | Verdict]]:
    by_turn: dict[int, list[Score | Verdict]] = {}
    for row in rows:
        by_turn.setdefault(row.comparison.turn_id, []).append(row)
    return by_turn
