"""Finding a customer's dialogues, by id or by what was said."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from dialogues.models import Dialogue, ReplacedDialogue, Turn

MOST = 100  # dialogues


@dataclass(frozen=True)
class Found:
    """Dialogues with their datasets and opening questions; `is_cut`: there are more than are shown."""

    dialogues: list[Dialogue]
    is_cut: bool


def find(*, dialogue: int | None = None, source_id: str = "", text: str = "") -> Found:
    """Dialogues with this id, with this id in the file, or with this text in a turn, whatever its case; newest first.

    Also those of which an earlier version, which a file has replaced, had the text.
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
    replaced = ReplacedDialogue.objects.filter(said__icontains=text, dataset=OuterRef("dataset"))
    now = Dialogue.objects.filter(Exists(replaced.filter(source_id=OuterRef("source_id")))).order_by("-pk")
    found = turns.values_list("dialogue", flat=True)[: 10 * MOST]
    return {*found, *now.values_list("pk", flat=True)[: 10 * MOST]}
