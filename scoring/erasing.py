"""Erasing what scorers computed: scores go with their comparisons, the cache of vectors as a whole."""

from __future__ import annotations

from collections.abc import Callable

from dialogues.models import Dialogue
from ecc_site.core.erasing import Parts
from scoring.models import Embedding, Score

CHUNK = 5_000  # rows in one statement, so that on SQLite other writers get their turn


def parts(dialogue: Dialogue) -> Parts:
    """All that goes with the dialogue's comparisons."""
    return {"scores": Score.objects.filter(comparison__turn__dialogue=dialogue)}


def empty_cache(check: Callable[[], object]) -> None:
    """Delete the cached vectors of all texts: nothing tells whose text a row is of. `check` ends it by raising."""
    while ids := list(Embedding.objects.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        Embedding.objects.filter(pk__gte=ids[0], pk__lte=ids[-1]).delete()
        check()
