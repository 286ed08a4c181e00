"""Takes personal data out of what is stored for training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from dialogues.importing.records import ParsedDialogue
from serving.redaction import Redactor
from serving.redaction.spans import Detector

REDACTED = ("end", "cloud", "correction")  # of what is given


def redact(dialogue: ParsedDialogue, detectors: Collection[Detector]) -> Counter[str]:
    """Put placeholders for personal data into the cleaned texts of the dialogue; returns how many of each kind.

    A value has the same placeholder in the whole dialogue, also in the answers that came with it. The raw texts stay
    as they are.
    """
    redactor = Redactor(detectors)
    redactions = redactor.redact_all([turn.text for turn in dialogue.turns])
    kinds = Counter(found.kind for redaction in redactions for found in redaction.found)
    if kinds:
        dialogue.turns = [
            turn._replace(text=redaction.text) if redaction.found else turn
            for turn, redaction in zip(dialogue.turns, redactions, strict=True)
        ]
    if any(turn.given for turn in dialogue.turns):
        dialogue.turns = [turn._replace(given=_given(turn.given, redactor, kinds)) for turn in dialogue.turns]
    return kinds


def _given(given: dict[str, Any] | None, redactor: Redactor, kinds: Counter[str]) -> dict[str, Any] | None:
    """The answers and the correction that came with a turn, redacted like it."""
    if not given:
        return given
    redactions = {name: redactor.redact(given[name]) for name in REDACTED if name in given}
    kinds.update(found.kind for redaction in redactions.values() for found in redaction.found)
    return given | {name: redaction.text for name, redaction in redactions.items()}
