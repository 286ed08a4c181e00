"""JSON with a list of messages: the `turns` of this site, the `messages` of OpenAI, the `conversations` of ShareGPT."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.importing.formats.base import Choices, Format, Records
from dialogues.importing.given import GIVEN, given
from dialogues.importing.records import Items, RawDialogue, RawTurn
from dialogues.importing.refused import Refused
from dialogues.importing.texts import is_plain, plain, storable

ROLE_FIELDS = ("role", "from", "speaker", "sender", "author")
TEXT_FIELDS = ("text", "content", "value", "utterance", "message", "parts")
CALLS = ("tool_calls", "function_call")
SATISFACTION, MOST_SATISFIED = "satisfaction", 1e9
NUMBER = re.compile(r"[+-]?[0-9]{1,10}(?:\.[0-9]{1,20})?")
ID_FIELDS = ("id", "dialogue_id", "conversation_id", "session_id")


def reader(*lists: str) -> Callable[[Records, Choices], Items]:
    """Reads records whose messages are in the first of these fields that they have."""

    def read(records: Records, _choices: Choices) -> Items:
        for number, record in records:
            try:
                yield number, record if isinstance(record, Refused) else dialogue(record, *lists)
            except Refused as refused:
                yield number, refused

    return read


def dialogue(record: dict[str, Any], *lists: str) -> RawDialogue:
    """The record's dialogue. Raises Refused."""
    name = next((name for name in lists if isinstance(record.get(name), list)), lists[0])
    messages = record.get(name)
    if not isinstance(messages, list) or not messages:
        raise Refused("list", name)
    left_out: Counter[str] = Counter()
    turns = [message(item, f"{name}[{i}]", left_out) for i, item in enumerate(messages)]
    split = record.get("split") or ""
    if not isinstance(split, str):
        raise Refused("split", "split")
    satisfaction = satisfaction_of(record, left_out)
    return RawDialogue(turns, id_of(record), split, satisfaction=satisfaction, left_out=dict(left_out))


def id_of(record: dict[str, Any]) -> str:
    """The record's own id; 0 is one. Raises Refused."""
    name = next((name for name in ID_FIELDS if record.get(name) not in (None, "")), ID_FIELDS[0])
    if not is_plain(found := record.get(name)):
        raise Refused("plain", name)
    return plain(found)


def satisfaction_of(record: dict[str, Any], left_out: Counter[str]) -> float | None:
    """How satisfied the customer was, in whatever range the file has; a number may stand as a text.

    What is none is counted by its name: the dialogue is worth as much without.
    """
    found = record.get(SATISFACTION)
    if found in (None, ""):
        return None
    if isinstance(found, str) and NUMBER.fullmatch(found):
        found = float(found)
    if isinstance(found, int | float) and not isinstance(found, bool) and abs(found) <= MOST_SATISFIED:
        return float(found)
    left_out[SATISFACTION] += 1
    return None


def message(item: object, place: str, left_out: Counter[str]) -> RawTurn:
    """One message; what of it is no text is counted by its name. Raises Refused."""
    if not isinstance(item, dict):
        raise Refused("object", place)
    role = item.get(_first(item, ROLE_FIELDS))
    if role is None or not is_plain(role):
        raise Refused("plain", f"{place}.role")
    calls = [name for name in CALLS if item.get(name)]
    if calls:
        left_out["tool call"] += 1
    name = _first(item, TEXT_FIELDS)
    if item.get(name) is None and calls:
        return RawTurn(plain(role), "")
    said = _text(item.get(name), f"{place}.{name}", left_out)
    return RawTurn(plain(role), said, given(item, place) if GIVEN & item.keys() else None)


def _first(item: dict[str, Any], names: Sequence[str]) -> str:
    """The first of these fields that holds something, or else the first of them."""
    for name in names:
        if item.get(name) is not None:
            return name
    return names[0]


def _text(content: object, place: str, left_out: Counter[str]) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise Refused("text", place)
    texts = []
    for part in content:
        text = part if isinstance(part, str) else part.get("text") if isinstance(part, dict) else None
        if isinstance(text, str):
            texts.append(text)
        else:
            left_out[_kind(part)] += 1
    return "\n".join(texts)


def _kind(part: object) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    return storable(kind).removesuffix("_url")[:30] if isinstance(kind, str) else "part"


def has_list(*names: str) -> Callable[[Sequence[Any]], bool]:
    """Whether one of the sample's records has a list of objects in one of these fields."""

    def matches(sample: Sequence[Any]) -> bool:
        lists = (record.get(name) for record in sample for name in names)
        return any(isinstance(found, list) for found in lists)

    return matches


def _example(name: str, speakers: tuple[str, str, str], text: str) -> str:
    role, customer, agent = speakers
    messages = [{role: customer, text: "在吗，什么时候发货"}, {role: agent, text: "亲，48小时内发出哦"}]
    return json.dumps({"id": "a1", name: messages}, ensure_ascii=False)


LEFT_OUT = {
    "tool call": _("calls of tools"),
    "image": _("images"),
    "audio": _("recordings"),
    "input_audio": _("recordings"),
    "video": _("videos"),
    "file": _("files"),
    "part": _("parts without a text"),
    "satisfaction": _("satisfactions that are no number"),
}
_TURNS = ("turns", "dialogue", "dialog", "utterances")
TURNS = Format(
    "turns",
    _("JSON with turns"),
    "records",
    has_list(*_TURNS),
    reader(*_TURNS),
    _example("turns", ("role", "customer", "agent"), "text"),
    left_out=LEFT_OUT,
)
MESSAGES = Format(
    "messages",
    _("OpenAI messages"),
    "records",
    has_list("messages", "contents"),
    reader("messages", "contents"),
    _example("messages", ("role", "user", "assistant"), "content"),
    left_out=LEFT_OUT,
)
CONVERSATIONS = Format(
    "conversations",
    _("ShareGPT conversations"),
    "records",
    has_list("conversations", "conversation"),
    reader("conversations", "conversation"),
    _example("conversations", ("from", "human", "gpt"), "value"),
    left_out=LEFT_OUT,
)
