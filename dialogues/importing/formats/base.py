"""What a format of dialogues is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dialogues.importing.containers import Lines, Records
from dialogues.importing.records import Items


@dataclass(frozen=True)
class Choices:
    """What a person chose for one import, where the file does not say it or says it differently."""

    columns: Mapping[str, str] = field(default_factory=dict)  # field of the format: name of the column
    roles: Mapping[str, str] = field(default_factory=dict)  # name in the file: role


@dataclass(frozen=True)
class Format:
    """A form in which dialogues are written. `sample` is what the first records or lines are."""

    name: str
    label: Any  # translated
    of: str  # "records" (dicts of JSON or of a table) or "lines"
    matches: Callable[[Sequence[Any]], bool]  # takes the sample
    read: Callable[[Any, Choices], Items]  # takes Records or Lines
    example: str  # a file of one dialogue, for people
    fields: tuple[str, ...] = ()  # that a person can name the columns of
    needed: tuple[str, ...] = ()  # of them, those that have to be in a column
    left_out: Mapping[str, Any] = field(default_factory=dict)  # by the names it counts by: in words, translated


__all__ = ["Choices", "Format", "Lines", "Records"]
