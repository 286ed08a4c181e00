"""A verdict as it was sent, before anything is saved."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from dialogues.models import Comparison
from review.models import RoundItem, VerdictRevision

OPINION = ("preference", "correction", "note", "tags", "signals")
HOW_SHOWN = ("left_side", "scores_seen", "after_reveal", "guideline_version")
REPEATED = (*OPINION, *HOW_SHOWN, "end_acceptable", "reference_acceptable")  # by a revision that follows another


@dataclass(frozen=True)
class VerdictInput:
    """An annotator's opinion of one comparison, as it was sent."""

    key: uuid.UUID  # idempotency key of the request
    preference: str  # end | reference | tie | both_bad
    correction: str = ""
    note: str = ""
    tags: list[str] = field(default_factory=list)  # of the round's error tags
    signals: list[str] = field(default_factory=list)  # of the round's signals
    seconds: float | None = None
    revision: int | None = None  # id of the revision that the page showed, 0 for none; None if nobody knows

    def about(self, comparison: Comparison) -> VerdictInput:
        """The input without a correction that is blank, or only repeats one of the two answers that were offered."""
        if not self.correction.strip():
            return replace(self, correction="")
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


def opinion_of(said: VerdictInput | VerdictRevision) -> dict[str, Any]:
    return {name: getattr(said, name) for name in OPINION}


def key_of_opinion(key: uuid.UUID, item_id: int, opinion: dict[str, Any]) -> uuid.UUID:
    return uuid.uuid5(key, "\n".join([str(item_id), *map(str, opinion.values())]))
