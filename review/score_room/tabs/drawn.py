"""What a tab shows: a figure, what it says in one line, and the same as rows that lead to what is behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

Cell = str | int | float | None  # a float is a score or a share


@dataclass(frozen=True)
class Row:
    """query: of the part that it stands for (PartForm), empty where it leads nowhere."""

    cells: Sequence[Cell]
    query: str = ""


@dataclass(frozen=True)
class Drawn:
    """figure: None where there is nothing to draw; reading says why then. Its traces carry queries as `meta`."""

    figure: dict | None
    reading: str
    columns: Sequence[str] = ()
    rows: Sequence[Row] = field(default_factory=list)


def query_of(**part: Any) -> str:
    """A part as the address has it."""
    return urlencode({name: _plain(value) for name, value in part.items()})


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
