"""The memory of Table VI: what its runs learn, as entries that none but its arms can read.

The shop's own memory is no place for it: customers would get the replies of a corpus, and an arm would also read what
people have corrected since.
"""

from __future__ import annotations

from collections.abc import Sequence

from dialogues.answering import messages_of
from dialogues.models import Turn
from ecc_site.core.batching import batched
from knowledge.models import FixedMemory
from knowledge.retrieval.items import Item, Question


def memory_of(replies: Sequence[tuple[int, str]]) -> FixedMemory:
    """A memory of exactly these replies, each (turn id, text); the same one for the same replies."""
    items = {turn: item for batch in batched(replies) for turn, item in _items(dict(batch)).items()}
    return FixedMemory.objects.of(items[turn] for turn in sorted(items))


def _items(replies: dict[int, str]) -> dict[int, Item]:
    contexts = Turn.objects.filter(pk__in=replies).contexts()
    return {
        turn: Item(
            turn,
            (Question.of(messages_of(context)),),
            replies[turn],
            context[-1].dialogue.language,
            context[-1].dialogue.content_hash,
        )
        for turn, context in contexts.items()
    }
