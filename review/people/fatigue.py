"""How an annotator's pace and agreement change within their last verdicts; shown to nobody but themselves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from django.contrib.auth.models import User

from review.models import Verdict

BLOCK = 50  # verdicts of one line
BLOCKS = 10  # lines


@dataclass(frozen=True)
class Stretch:
    """Fifty verdicts in a row."""

    first: int  # 1 for the oldest that is shown
    count: int
    seconds: float | None  # median; None where none was taken
    agreement: float | None  # with others about the same items; None where nobody else has reviewed them
    shared: int  # items that others have reviewed

    @property
    def last(self) -> int:
        return self.first + self.count - 1


def stretches(annotator: User) -> list[Stretch]:
    """The last verdicts in blocks, the oldest first."""
    own = Verdict.objects.independent().filter(annotator=annotator).order_by("-current_id")
    rows = list(own.values_list("item_id", "current__preference", "current__seconds")[: BLOCK * BLOCKS])[::-1]
    others: dict[int, list[str]] = defaultdict(list)
    said = Verdict.objects.independent().filter(item__in=[item for item, *_ in rows]).exclude(annotator=annotator)
    for item, preference in said.values_list("item_id", "current__preference"):
        others[item].append(preference)
    return [_stretch(start + 1, rows[start : start + BLOCK], others) for start in range(0, len(rows), BLOCK)]


def _stretch(first: int, rows: list[tuple], others: dict[int, list[str]]) -> Stretch:
    seconds = [taken for _item, _preference, taken in rows if taken is not None]
    pairs = [(preference, other) for item, preference, _seconds in rows for other in others.get(item, [])]
    agreement = sum(own == other for own, other in pairs) / len(pairs) if pairs else None
    shared = sum(item in others for item, *_ in rows)
    return Stretch(first, len(rows), median(seconds) if seconds else None, agreement, shared)
