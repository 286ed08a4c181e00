"""JSON with a list of messages: the `turns` of this site, the `messages` of OpenAI, the `conversations` of ShareGPT."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.importing.formats.base import Choices, Format, Records
from dialogues.importing.records import Items, RawDialogue, RawTurn
from dialogues.importing.refused import Refused

ROLE_FIELDS = ("role", "from", "speaker", "sender", "author")
TEXT_FIELDS = ("text", "content", "value", "utterance", "message", "parts")
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
    name = next((name for name in lists if name in record), lists[0])
    messages = record.get(name)
    if not isinstance(messages, list) or not messages:
        raise Refused("list", name)
    left_out: Counter[str] = Counter()
    turns = [message(item, f"{name}[{i}]", left_out) for i, item in enumerate(messages)]
    split = record.get("split") or ""
    if not isinstance(split, str):
        raise Refused("split", "split")
    return RawDialogue(turns, source_id=id_of(record), split=split, left_out=dict(left_out))


def id_of(record: dict[str, Any]) -> str:
    """The record's own id; 0 is one."""
    found = next((record[name] for name in ID_FIELDS if record.get(name) not in (None, "")), "")
    return str(found) if isinstance(found, str | int | float) else ""


def message(item: object, place: str, left_out: Counter[str]) -> RawTurn:
    """One message; what of it is no text is counted by its name. Raises Refused."""
    if not isinstance(item, dict):
        raise Refused("object", place)
    role = next((item[name] for name in ROLE_FIELDS if name in item), None)
    if not isinstance(role, str | int) or isinstance(role, bool):
        raise Refused("text", f"{place}.role")
    name = next((name for name in TEXT_FIELDS if name in item), "text")
    for extra in ("tool_calls", "function_call"):
        if item.get(extra):
            left_out["tool call"] += 1
    return RawTurn(str(role), _text(item.get(name), f"{place}.{name}", left_out, calls="tool_calls" in item))


def _text(content: object, place: str, left_out: Counter[str], *, calls: bool) -> str:
    if isinstance(content, str):
        return content
    if content is None and calls:
        return ""
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
    return kind.removesuffix("_url")[:30] if isinstance(kind, str) else "part"


def has_list(*names: str) -> Callable[[Sequence[Any]], bool]:
    """Whether one of the sample's records has a list of objects in one of these fields."""

    def matches(sample: Sequence[Any]) -> bool:
        lists = (record.get(name) for record in sample for name in names)
        return any(isinstance(found, list) for found in lists)

    return matches


TURNS = Format("turns", _("JSON with turns"), "records", has_list("turns"), reader("turns"))
MESSAGES = Format(
    "messages", _("OpenAI messages"), "records", has_list("messages", "contents"), reader("messages", "contents")
)
CONVERSATIONS = Format(
    "conversations",
    _("ShareGPT conversations"),
    "records",
    has_list("conversations", "conversation"),
    reader("conversations", "conversation"),
)
