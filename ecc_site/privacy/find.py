"""Finding a customer's dialogues, by id or by what was said."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from dialogues.models import Dialogue, ReplacedDialogue, Turn
from ecc_site.core.contains import contains

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
        wanted = wanted.filter(_saying(text))
    rows = list(wanted.select_related("dataset").with_opening().order_by("-pk")[: MOST + 1])
    return Found(rows[:MOST], len(rows) > MOST)


def _saying(text: str) -> Q:
    """Dialogues in which somebody said it, or had before a file replaced them."""
    turns = Turn.objects.filter(contains("raw", text) | contains("text", text), dialogue=OuterRef("pk"))
    same_id = {name: OuterRef(name) for name in ("dataset", "source_id")}
    return Q(Exists(turns)) | Q(Exists(ReplacedDialogue.objects.filter(contains("said", text), **same_id)))
