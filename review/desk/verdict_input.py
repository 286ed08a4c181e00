"""A verdict as it was sent, before anything is saved."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from dialogues.models import Comparison
from review.models import RoundItem, VerdictRevision

OPINION = ("preference", "correction", "note")
SEEN = ("left_side", "scores_seen")


@dataclass(frozen=True)
class VerdictInput:
    """An annotator's opinion of one comparison, as it was sent."""

    key: uuid.UUID  # idempotency key of the request
    preference: str  # end | reference | tie | both_bad
    correction: str = ""
    note: str = ""
    seconds: float | None = None
    revision: int | None = None  # id of the revision that the page showed, 0 for none; None if nobody knows
    left_side: str = "end"  # what was shown on the left
    scores_seen: bool = True

    def about(self, comparison: Comparison) -> VerdictInput:
        """The input without a correction that only repeats one of the two answers that were offered."""
        offered = (comparison.end.text.split(), comparison.reference.text.split())
        return replace(self, correction="") if self.correction.split() in offered else self

    def repeats(self, revision: VerdictRevision, item: RoundItem) -> bool:
        """Whether the revision says the same about the item."""
        same_item = revision.verdict.item_id == item.pk and not revision.withdrawn
        return same_item and opinion_of(self) == opinion_of(revision)

    def key_of_opinion(self, item: RoundItem) -> uuid.UUID:
        """A key made of the request's key and the opinion, for a page that sends a second opinion with its one key."""
        return key_of_opinion(self.key, item.pk, opinion_of(self))

    def comes_from_the_page_of(self, revision: VerdictRevision, item: RoundItem) -> bool:
        return revision.key in (self.key, key_of_opinion(self.key, item.pk, opinion_of(revision)))


def opinion_of(said: VerdictInput | VerdictRevision) -> dict[str, str]:
    return {name: getattr(said, name) for name in OPINION}


def seen_by(said: VerdictInput) -> dict[str, object]:
    """What the annotator had before them."""
    return {name: getattr(said, name) for name in SEEN}


def key_of_opinion(key: uuid.UUID, item_id: int, opinion: dict[str, str]) -> uuid.UUID:
    return uuid.uuid5(key, "\n".join([str(item_id), *opinion.values()]))
