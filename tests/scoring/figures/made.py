"""Columns made of plain lists, so that what is worked out from them can be worked out by hand."""

import numpy as np

from scoring.figures.columns import Columns
from scoring.figures.groups import Groups
from scoring.figures.selection import Selection


def columns(versions, similarity, match_end, match_cloud, references=None, dialogues=None) -> Columns:
    n = len(versions)
    numbers = np.arange(1, n + 1)
    floats = (np.array(values, dtype=float) for values in (similarity, match_end, match_cloud))
    return Columns(
        numbers,
        np.array(versions, dtype=np.int64),
        numbers if references is None else np.array(references),
        numbers,
        numbers if dialogues is None else np.array(dialogues),
        *floats,
        np.zeros(n, dtype=np.int8),
        np.zeros(n, dtype=np.int8),
        np.full(n, np.datetime64("2026-11-01")),
    )


def selection(*values, **named) -> Selection:
    of = columns(*values, **named).sorted()
    return Selection(of, Groups.of(of))


def random_selection(seed: int, n: int = 400) -> Selection:
    """Three versions, some components unknown, several rows in a dialogue."""
    random = np.random.default_rng(seed)
    parts = [np.where(random.random(n) < 0.1, np.nan, random.random(n).round(2)) for _ in range(3)]
    versions = random.integers(1, 4, n)
    places = {"references": random.integers(0, n // 3, n), "dialogues": random.integers(0, n // 8, n)}
    return selection(versions, *parts, **places)
