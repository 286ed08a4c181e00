"""A question and its answer in each row of a table or object of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.importing.formats.base import Choices, Format, Records
from dialogues.importing.formats.columns import all_of, cell, guessed, mapping, text
from dialogues.importing.given import given
from dialogues.importing.records import Items, RawDialogue, RawTurn
from dialogues.importing.refused import Refused

FIELDS = ("question", "answer", "id", "split", "end", "cloud", "verdict", "correction", "by")

BESIDE = FIELDS[4:]


def read(records: Records, choices: Choices) -> Items:
    """A dialogue of two turns for each record; of one, where there is no answer yet."""
    for number, record in records:
        try:
            yield number, record if isinstance(record, Refused) else _dialogue(record, choices)
        except Refused as refused:
            yield number, refused


def _dialogue(record: dict[str, Any], choices: Choices) -> RawDialogue:
    names = mapping(record, FIELDS, choices.columns)
    question, answer = text(record, names, "question"), text(record, names, "answer")
    if not question.strip():
        raise Refused("field", names.get("question", "question"))
    beside = given({name: cell(record, names, name) or None for name in BESIDE})
    turns = [RawTurn("customer", question, beside)] + ([RawTurn("agent", answer)] if answer.strip() else [])
    return RawDialogue(turns, source_id=cell(record, names, "id"), split=cell(record, names, "split"))


def matches(sample: Sequence[Any]) -> bool:
    return {"question", "answer"} <= set(guessed(all_of(sample), FIELDS))


LABEL, EXAMPLE = _("one question and answer a row"), "question,answer\n在吗，什么时候发货,亲，48小时内发出哦"
FORMAT = Format("pairs", LABEL, "records", matches, read, EXAMPLE, FIELDS, needed=("question",))
