"""What people said at the desk and have not taken back: the replies that they wrote, or accepted where that counts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from dialogues.held_out import TEACHABLE
from dialogues.models import Dataset, text_hash
from review.models import Verdict

# An agent's reply that a person accepts without correcting it is taught only where the maker of the round wanted that.
ACCEPTED = Q(current__preference="reference", round__teach_preferred=True) | Q(
    current__preference="tie", round__teach_ties=True
)
CORRECTION, PREFERRED = "correction", {"reference": "preferred", "tie": "tie"}  # origins of replies
FIELDS = (
    *("comparison__turn_id", "current__correction", "comparison__reference__text", "current__preference"),
    *("comparison__split", "current_id", "annotator_id", "current__created_at", "adjudicates", "round_id"),
)


@dataclass(frozen=True)
class HumanReply:
    """A reply that a person wrote, or accepted from the human agent."""

    turn_id: int
    text: str
    split: str
    revision_id: int
    author_id: int
    at: datetime  # of the verdict's revision
    origin: str  # correction | preferred | tie
    adjudicates: bool
    round_id: int

    @property
    def is_correction(self) -> bool:
        return self.origin == CORRECTION

    @property
    def key(self) -> tuple[int, str]:
        """Turn id and hash of the text: what makes two labels of one source the same."""
        return self.turn_id, text_hash(self.text)


def may_teach(verdict: Verdict) -> bool:
    """Whether a reply can come of the newest revision, as far as can be told without asking the database."""
    said, round_ = verdict.newest, verdict.round
    wanted = {"reference": round_.teach_preferred, "tie": round_.teach_ties}
    return bool(said.correction) or wanted.get(said.preference, False)


def active_replies(dataset: Dataset, turns: Collection[int] | None = None) -> Iterator[HumanReply]:
    """The replies of active verdicts on train and dev dialogues, decisions last, each oldest first; only on these turns
    where given.
    """
    where = {"round__dataset": dataset} if turns is None else {"comparison__turn__in": turns}
    return replies_of(Verdict.objects.filter(**where))


def replies_of(verdicts: QuerySet[Verdict]) -> Iterator[HumanReply]:
    """The replies of those of the verdicts that are active and on train and dev dialogues, in the same order."""
    accepted = ACCEPTED & Q(comparison__kind="human", current__reference_acceptable=True)
    said = Q(~Q(current__correction="") | accepted, withdrawn=False, comparison__split__in=TEACHABLE)
    rows = verdicts.filter(said).order_by("adjudicates", "current_id").values_list(*FIELDS)
    for turn, correction, reference, preference, *about in rows.iterator(chunk_size=2000):
        split, revision, author, at, decides, round_ = about
        text = correction.strip() or reference.strip()
        origin = CORRECTION if correction.strip() else PREFERRED.get(preference)  # a blank correction says nothing
        if text and origin:
            yield HumanReply(turn, text, split, revision, author, at, origin, decides, round_)
