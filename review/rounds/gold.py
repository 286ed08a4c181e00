"""Gold items: comparisons whose preference is known, because a manager decided or all who were asked agree."""

from __future__ import annotations

from collections import defaultdict

from review.models import Round, Verdict

LEAST_OPINIONS = 2


def gold_items(round_: Round, source: int | None) -> list[tuple[int, str]]:
    """Ids of comparisons of the round `source` that fit this one, with the known preference; none without a source."""
    if source is None:
        return []
    fitting = Verdict.objects.active().filter(round=source, comparison__dataset=round_.dataset_id)
    fitting = fitting.filter(comparison__kind=round_.kind, current__propagated=False)
    said: dict[int, list[str]] = defaultdict(list)
    decided: dict[int, str] = {}
    for comparison, preference, decides in fitting.order_by("comparison_id", "pk").values_list(
        "comparison_id", "current__preference", "adjudicates"
    ):
        said[comparison].append(preference)
        if decides:
            decided[comparison] = preference
    agreed = {pk: all_[0] for pk, all_ in said.items() if len(all_) >= LEAST_OPINIONS and len(set(all_)) == 1}
    return sorted({**agreed, **decided}.items())
