"""Dialogues that the site itself has in the form `turns`: those of the corpus and of Table VI."""

from __future__ import annotations

from typing import Any

from dialogues.importing.cleaning import clean
from dialogues.importing.formats import messages
from dialogues.importing.records import ParsedDialogue, parsed
from dialogues.importing.refused import Refused
from dialogues.importing.roles import AGENT, CUSTOMER, EVENT

ROLES = {role: role for role in (CUSTOMER, AGENT, EVENT)}


def parse_turns(record: dict[str, Any]) -> ParsedDialogue:
    """The dialogue of `{turns: [{role, text}], id?, split?}` with cleaned texts. Raises Refused."""
    dialogue = parsed(messages.dialogue(record, "turns"), ROLES.get)
    if not any(turn.role == CUSTOMER for turn in dialogue.turns):
        raise Refused("no_customer", "turns")
    dialogue.turns = [turn._replace(text=clean(turn.raw)) for turn in dialogue.turns]
    return dialogue
