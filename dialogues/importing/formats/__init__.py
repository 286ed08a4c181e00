"""The formats of dialogues. A further one is a module beside these and its line in FORMATS: docs/formats.md."""

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

__all__ = ["FORMATS", "Choices", "Format"]
