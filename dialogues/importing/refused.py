"""A record that cannot be used. No Django."""

from __future__ import annotations

import re
from typing import Any

from dialogues.importing.texts import storable

_INDEX = re.compile(r"\[[0-9]+\]")


class Refused(Exception):
    """The kind of problem (a key of `problems.SENTENCES`), in which field, with which values."""

    def __init__(self, kind: str, field: str = "", **values: Any) -> None:
        super().__init__(kind, field, values)
        self.kind, self.field = kind, storable(field)
        self.values = {name: storable(value) if isinstance(value, str) else value for name, value in values.items()}

    @property
    def general_field(self) -> str:
        """The field without the numbers of turns: `turns[3].role` is `turns[].role`, so equal problems are counted
        together."""
        return _INDEX.sub("[]", self.field)
