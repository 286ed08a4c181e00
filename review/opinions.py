"""What people say of an item: the newest decision of a manager counts instead of all opinions."""

from __future__ import annotations

from dataclasses import dataclass, field

from review.querysets import VerdictQuerySet


@dataclass
class ItemOpinions:
    """About one item. opinions: preferences, of each annotator one; decision: a preference, empty without one."""

    comparison: int
    opinions: list[str] = field(default_factory=list)
    decision: str = ""

    @property
    def counted(self) -> list[str]:
        """The preferences that count."""
        return [self.decision] if self.decision else self.opinions


def opinions_by_item(verdicts: VerdictQuerySet) -> dict[int, ItemOpinions]:
    """By the id of the item; of active verdicts, in one query."""
    rows = verdicts.order_by("current_id").values_list("item_id", "comparison_id", "current__preference", "adjudicates")
    found: dict[int, ItemOpinions] = {}
    for item, comparison, preference, decides in rows.iterator(chunk_size=2000):
        said = found.setdefault(item, ItemOpinions(comparison))
        if decides:
            said.decision = preference
        else:
            said.opinions.append(preference)
    return found
