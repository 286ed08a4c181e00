"""The containers of records. A further one is a module beside these and its line in CONTAINERS: docs/formats.md."""

from dialogues.importing.containers import json_array, json_lines, lines, tables
from dialogues.importing.containers.base import Beginning, Container, Lines, Records

_IN_ORDER = (  # of two that are equally likely, the earlier is tried first
    json_array.CONTAINER,
    json_lines.CONTAINER,
    tables.CONTAINER,  # by the names of its columns; its rows may look like lines of a log
    lines.CONTAINER,
)
CONTAINERS: dict[str, Container] = {known.name: known for known in _IN_ORDER}

__all__ = ["CONTAINERS", "Beginning", "Container", "Lines", "Records"]
