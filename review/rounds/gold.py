"""Gold items: comparisons whose preference is known, because a manager decided or all who were asked agree."""

from __future__ import annotations

from review.models import Round, Verdict
from review.opinions import opinions_by_item

LEAST_OPINIONS = 2


def gold_items(round_: Round, source: int | None) -> list[tuple[int, str]]:
    """Ids of comparisons of the round `source` that fit this one, with the known preference; none without a source."""
    if source is None:
        return []
    fitting = Verdict.objects.active().filter(round=source, comparison__dataset=round_.dataset_id)
    fitting = fitting.filter(comparison__kind=round_.kind, current__propagated=False)
    said = opinions_by_item(fitting).values()
    return sorted((of.comparison, of.counted[0]) for of in said if of.decision or _all_agree(of.opinions))


def _all_agree(opinions: list[str]) -> bool:
    return len(opinions) >= LEAST_OPINIONS and len(set(opinions)) == 1
