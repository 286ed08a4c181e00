"""The formats of dialogues. A further one is a module beside these and its line in FORMATS: docs/formats.md."""

from typing import Any

from dialogues.importing.formats import chat_log, ecd, jddc, label_studio, messages, pairs, turn_rows
from dialogues.importing.formats.base import Choices, Format

_IN_ORDER = (  # of two that match, the earlier is taken
    messages.TURNS,
    messages.MESSAGES,
    messages.CONVERSATIONS,
    label_studio.FORMAT,
    turn_rows.FORMAT,
    pairs.FORMAT,
    ecd.FORMAT,
    jddc.FORMAT,
    chat_log.FORMAT,
)
FORMATS: dict[str, Format] = {known.name: known for known in _IN_ORDER}


def left_out_in_words(name: str) -> Any:
    """What is counted by this name where a format leaves it out; the name itself where no format has words for it."""
    return next((known.left_out[name] for known in FORMATS.values() if name in known.left_out), name)


__all__ = ["FORMATS", "Choices", "Format", "left_out_in_words"]
