"""Cleaning as the paper has it: what was said is organised, cleaned and prepared, step by step. No Django.

A further step is one function beside its neighbours and its line in TEXT_STEPS or DIALOGUE_STEPS. The raw text of a
turn is never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from dialogues.importing.cleaning import structure, text
from dialogues.importing.cleaning.counts import Counts
from dialogues.importing.records import ParsedDialogue, ParsedTurn

TEXT_STEPS: dict[str, Callable[[str], str]] = {
    "control": text.without_control_characters,
    "unicode": text.in_one_form,
    "emoticons": text.without_emoticon_codes,
    "spaces": text.without_needless_spaces,
}
"""Each takes what was said and returns it cleaned; the order counts."""

DIALOGUE_STEPS: dict[str, Callable[[list[ParsedTurn]], list[ParsedTurn]]] = {
    "empty": structure.without_empty_turns,
    "joined": structure.joined,
    "formulas": structure.with_formulas_marked,
}
"""Each takes the turns of a dialogue and returns them; the order counts."""

DUPLICATE_STEP, REDACTION_STEP = "near_duplicates", "redaction"
STEPS = (*TEXT_STEPS, *DIALOGUE_STEPS, DUPLICATE_STEP, REDACTION_STEP)


def clean(said: str) -> str:
    """The text after every step for texts."""
    for step in TEXT_STEPS.values():
        said = step(said)
    return said


def cleaned(dialogue: ParsedDialogue, steps: Collection[str], counts: Counts) -> ParsedDialogue:
    """The dialogue after the chosen steps for texts and for dialogues; `counts` is told what each of them changed."""
    turns = dialogue.turns
    for name, text_step in TEXT_STEPS.items():
        if name in steps:
            turns = [_cleaned(turn, name, text_step, counts) for turn in turns]
    for name, step in DIALOGUE_STEPS.items():
        if name in steps:
            after = step(turns)
            if after is not turns:
                counts.compare(name, turns, after)
            turns = after
    dialogue.turns = turns
    return dialogue


def _cleaned(turn: ParsedTurn, name: str, step: Callable[[str], str], counts: Counts) -> ParsedTurn:
    said = step(turn.text)
    if said == turn.text:
        return turn
    counts.changed(name, turn.text, said)
    return turn._replace(text=said)
