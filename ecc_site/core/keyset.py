"""Keyset pages: the cost of a page does not depend on how many come before it, and nothing is counted."""

import base64
import json
import math
import re
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

PAGE_SIZE = 50
NO_DATABASE_TAKES = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Page:
    rows: list
    next_cursor: str  # empty on the last page


def keyset_page(rows: QuerySet, order: tuple[str, ...], cursor: str = "", size: int = PAGE_SIZE) -> Page:
    """One page of `rows` in `order`: names of columns without NULL, the last unique, all in one direction.

    A leading "-" on every name turns the direction round. A cursor that cannot be read gives the first page.
    """
    names = [name.lstrip("-") for name in order]
    after = _read(cursor, len(names))
    if after is not None:
        rows = _rows_after(rows, names, after, "lt" if order[0].startswith("-") else "gt")
    found = list(rows.order_by(*order).annotate(**{f"key_{i}": F(n) for i, n in enumerate(names)})[: size + 1])
    page = found[:size]
    more = len(found) > size
    return Page(page, _write([getattr(page[-1], f"key_{i}") for i in range(len(names))]) if more else "")


def _rows_after(rows: QuerySet, names: list[str], after: list, way: str) -> QuerySet:
    try:
        return rows.filter(_beyond(names, after, way))
    except (ValueError, TypeError, OverflowError):  # a value that its column cannot have
        return rows


def _beyond(names: list[str], after: list, way: str) -> Q:
    """(a, b) > (x, y) as `a >= x and (a > x or b > y)`, which an index on (a, b) can walk."""
    beyond = Q(**{f"{names[-1]}__{way}": after[-1]})
    for name, value in zip(reversed(names[:-1]), reversed(after[:-1]), strict=True):
        beyond = Q(**{f"{name}__{way}e": value}) & (Q(**{f"{name}__{way}": value}) | beyond)
    return beyond


def _write(values: list) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> list | None:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        return None
    readable = isinstance(values, list) and len(values) == length and all(map(_is_key, values))
    return values if readable else None


def _is_key(value: object) -> bool:
    if isinstance(value, str):
        return not NO_DATABASE_TAKES.search(value)
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
