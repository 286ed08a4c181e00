"""Which turns have a tag, as ids. Kept for a minute: sliders and pages ask for the same again and again."""

from __future__ import annotations

import time
from functools import lru_cache

import numpy as np

from dialogues.models import Dataset
from ecc_site.core.columns import columns_of, ids
from review.models import Tag, TurnTag

FRESH_S = 60


def turns_with(tag: Tag, dataset: Dataset) -> np.ndarray:
    """Ids of the dataset's turns that have it, confirmed or suggested, shape (T,)."""
    tags, turns = tags_of(dataset)
    return turns[tags == tag.pk]


def tags_of(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Ids of a tag and of a turn that has it, shape (P,) each. At most a minute old."""
    return _tags_of(dataset.pk, int(time.monotonic() // FRESH_S))


@lru_cache(maxsize=2)
def _tags_of(dataset: int, minute: int) -> tuple[np.ndarray, np.ndarray]:
    rows = TurnTag.objects.valid().filter(turn__dialogue__dataset=dataset)
    found = columns_of(rows, {"tag": ("tag_id", ids), "turn": ("turn_id", ids)})
    return found["tag"], found["turn"]


def forget() -> None:
    """Read everything again when it is asked for next."""
    _tags_of.cache_clear()
