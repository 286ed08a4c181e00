"""What the tags are known by. Nothing of a test dialogue is among it: tagging one teaches nothing."""

from __future__ import annotations

import numpy as np

from dialogues.models import Split
from review.models import Tag, TagExample, TurnTag
from review.querysets import TurnTagQuerySet
from review.tags.nearest import Examples
from scoring.measures.encoder import Encoder

CONFIRMED = 200  # of each tag that many confirmed turns are examples, the newest ones
DECIDED = 2000  # that many turns are enough to say how good suggestions are


def examples_of(kind: str, encoder: Encoder) -> Examples | None:
    """The questions that were typed as examples and the confirmed turns of train and dev; None without any."""
    pairs = list(TagExample.objects.filter(tag__active=True, tag__kind=kind).values_list("tag", "text"))
    for tag in Tag.objects.active().filter(kind=kind):
        confirmed = _not_of_test(TurnTag.objects.confirmed().filter(tag=tag))
        pairs += confirmed.order_by("-turn_id").values_list("tag", "turn__text")[:CONFIRMED]
    distinct = sorted(set(pairs))
    if not distinct:
        return None
    tags, texts = zip(*distinct, strict=True)
    return Examples(np.array(tags), np.array(texts, dtype=object), encoder.encode(texts))


def decisions_of(kind: str) -> dict[str, int | None]:
    """Text of a turn of train or dev: the tag of this kind that people confirmed, None where they refused all."""
    rows = _not_of_test(TurnTag.objects.decided().filter(kind=kind, tag__active=True)).order_by("-at")
    said: dict[str, int | None] = {}
    for text, tag, state in rows.values_list("turn__text", "tag", "state")[:DECIDED]:
        if state == TurnTag.State.CONFIRMED or text not in said:
            said[text] = tag if state == TurnTag.State.CONFIRMED else None
    return said


def _not_of_test(rows: TurnTagQuerySet) -> TurnTagQuerySet:
    return rows.exclude(turn__dialogue__split=Split.TEST)
