"""How large a round would be, before it is made."""

from __future__ import annotations

from dataclasses import dataclass

from dialogues.models import Comparison
from ecc_site.core.batching import batched
from review.models import Round
from review.rounds.making import overlap_of
from review.rounds.selection import Selection, choose, matching

EXACT = 20_000  # matching comparisons up to which it is worked out instead of estimated


@dataclass(frozen=True)
class Preview:
    matching: int  # comparisons that fit
    comparisons: int  # of them in the round
    dialogues: int | None  # None where that is not worked out
    reviews: int
    is_exact: bool


def preview(round_: Round, selection: Selection) -> Preview:
    count = matching(round_, selection).count()
    if count > EXACT:
        comparisons = min(count, selection.size) + selection.gold_count
        per_item = round_.overlap_share * round_.overlap + 1 - round_.overlap_share
        return Preview(count, comparisons, None, round(comparisons * per_item), is_exact=False)
    chosen = [item.comparison for item in choose(round_, selection)]
    dialogues: list[int] = []
    for batch in batched(chosen):
        dialogues += Comparison.objects.filter(pk__in=batch).values_list("turn__dialogue_id", flat=True)
    reviews = sum(overlap_of(round_, dialogue) for dialogue in dialogues)
    return Preview(count, len(chosen), len(set(dialogues)), reviews, is_exact=not round_.propagates)
