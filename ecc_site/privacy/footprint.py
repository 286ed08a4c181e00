"""All that the site holds about one dialogue: what erasing it removes, and who has learned from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from dialogues import erasing as said_parts
from dialogues.models import Answer, Dialogue
from ecc_site.core.erasing import Parts, counts
from knowledge import erasing as memory_parts
from review import erasing as review_parts
from scoring import erasing as scoring_parts
from serving import erasing as ledger_parts
from training import erasing as training_parts


@dataclass(frozen=True)
class Footprint:
    """Of one dialogue, read before anything of it is erased.

    `origin` is its hash, by which memory and prompts know it, and empty while another dataset has the same
    conversation: what was learned of that one stays until it goes too.
    """

    dialogue: Dialogue
    origin: str
    said: frozenset[str]  # the words of its turns
    entries: list[int]
    calls: list[int]
    answers_elsewhere: list[int]

    @classmethod
    def of(cls, dialogue: Dialogue) -> Footprint:
        origin = dialogue.content_hash if said_parts.is_only_copy(dialogue) else ""
        said = {text for pair in dialogue.turns.values_list("raw", "text") for text in pair if text}
        entries = memory_parts.entries_of(origin, _made_of(dialogue))
        answered = Answer.objects.filter(turn__dialogue=dialogue, cloud_call__isnull=False)
        also = {*answered.values_list("cloud_call", flat=True), *training_parts.calls_of(dialogue)}
        also |= ledger_parts.typed_calls_repeating(said)
        return cls(
            dialogue,
            origin,
            frozenset(said),
            entries,
            ledger_parts.calls_with_words_of(dialogue.pk, origin, also),
            said_parts.personal_answers_elsewhere(dialogue, entries),
        )

    @property
    def parts(self) -> Parts:
        """By the kind of row: all that is deleted."""
        return {
            **said_parts.parts(self.dialogue),
            **scoring_parts.parts(self.dialogue),
            **review_parts.parts(self.dialogue),
            **training_parts.parts(self.dialogue),
            **memory_parts.parts(self.origin, self.entries, self.said),
        }

    @property
    def counts(self) -> Counter[str]:
        """By kind: how many rows go, and how many lose their words."""
        others = Counter(cloud_calls=len(self.calls), answers_elsewhere=len(self.answers_elsewhere))
        others["teacher_rows"] = training_parts.count_teacher_rows(self.dialogue, self.said)
        others["exports"] = review_parts.exports_of(self.dialogue).file_count()
        return counts(self.parts) + others

    @property
    def learners(self) -> dict[str, bool]:
        return training_parts.learners_of(self.dialogue)

    def erase(self, by: Any) -> Counter[str]:
        """Erase all of it, in the caller's transaction; from the top down, since rows protect what they are about."""
        scores = counts(scoring_parts.parts(self.dialogue))
        entries = {*self.entries, *_made_of(self.dialogue)}  # somebody may have corrected a reply since
        removed = ledger_parts.erase(self.calls, self.origin)
        removed += said_parts.erase_answers(self.answers_elsewhere)
        removed += training_parts.erase(self.dialogue, self.said)
        removed += review_parts.erase(self.dialogue)
        removed += memory_parts.erase(self.origin, entries, self.said, by)
        removed += said_parts.erase(self.dialogue)
        return removed + scores


def _made_of(dialogue: Dialogue) -> set[int]:
    """Ids of the entries that verdicts and labels about the dialogue have made."""
    return review_parts.entries_of(dialogue) | training_parts.entries_of(dialogue)
