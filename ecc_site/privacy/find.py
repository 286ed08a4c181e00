"""Finding a customer's dialogues, by id or by what was said."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from dialogues.models import Dialogue, Turn

MOST = 100  # dialogues


@dataclass(frozen=True)
class Found:
    """Dialogues with their datasets and opening questions; `is_cut`: there are more than are shown."""

    dialogues: list[Dialogue]
    is_cut: bool


def find(*, dialogue: int | None = None, source_id: str = "", text: str = "") -> Found:
    """Dialogues with this id, with this id in the file, or with this text in a turn, whatever its case; newest first.

    What is empty is not asked for.
    """
    wanted = Dialogue.objects.all()
    if dialogue:
        wanted = wanted.filter(pk=dialogue)
    if source_id:
        wanted = wanted.filter(source_id=source_id)
    if text:
        wanted = wanted.filter(pk__in=_saying(text))
    rows = list(wanted.select_related("dataset").with_opening().order_by("-pk")[: MOST + 1])
    return Found(rows[:MOST], len(rows) > MOST)


def _saying(text: str) -> set[int]:
    """Ids of the newest dialogues in which somebody said it."""
    turns = Turn.objects.filter(Q(raw__icontains=text) | Q(text__icontains=text)).order_by("-pk")
    return set(turns.values_list("dialogue", flat=True)[: 10 * MOST])
