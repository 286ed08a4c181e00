"""Tasks of Label Studio: `{"id": …, "data": {"dialogue": [{"author": …, "text": …}]}}`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.importing.formats import messages
from dialogues.importing.formats.base import Choices, Format, Records
from dialogues.importing.records import Items
from dialogues.importing.refused import Refused


def read(records: Records, _choices: Choices) -> Items:
    """The dialogue of each task; annotations are left out and counted."""
    for number, task in records:
        try:
            if isinstance(task, Refused):
                raise task
            name = list_in(task)
            dialogue = messages.dialogue({**task["data"], "id": task.get("id")}, name)
            if isinstance(annotations := task.get("annotations"), list) and annotations:
                dialogue.left_out["annotation"] = len(annotations)
            yield number, dialogue
        except Refused as refused:
            yield number, refused


def list_in(task: dict[str, Any]) -> str:
    """The field of the task's data that holds the dialogue. Raises Refused."""
    data = task.get("data")
    if not isinstance(data, dict):
        raise Refused("object", "data")
    for name, value in data.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return name
    raise Refused("list", "data")


def matches(sample: Sequence[Any]) -> bool:
    return any(isinstance(task.get("data"), dict) and ("annotations" in task or "id" in task) for task in sample)


EXAMPLE = (
    '{"id": 7, "data": {"dialogue": [{"author": "user", "text": "在吗，什么时候发货"}, '
    '{"author": "agent", "text": "亲，48小时内发出哦"}]}}'
)
LEFT_OUT = {**messages.LEFT_OUT, "annotation": _("annotations")}
FORMAT = Format("label_studio", _("Label Studio tasks"), "records", matches, read, EXAMPLE, left_out=LEFT_OUT)
