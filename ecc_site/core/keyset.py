"""Keyset pages: a page costs the same however many come before it, and nothing is counted."""

import base64
import json
import math
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

PAGE_SIZE = 50
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # NUL and lone surrogates, which databases refuse


@dataclass(frozen=True)
class Page:
    rows: list
    next_cursor: str  # empty on the last page


def keyset_page(rows: QuerySet, order: tuple[str, ...], cursor: str = "", size: int = PAGE_SIZE) -> Page:
    """One page of `rows` in `order`: names of columns without NULL, the last unique, all in one direction.

    A "-" before every name sorts downwards. A cursor that cannot be read gives the first page.
    """
    names = [name.lstrip("-") for name in order]
    last_key = decode_cursor(cursor, len(names))
    if last_key is not None:
        rows = _rows_after(rows, names, last_key, "lt" if order[0].startswith("-") else "gt")
    found = list(rows.order_by(*order).annotate(**{f"key_{i}": F(n) for i, n in enumerate(names)})[: size + 1])
    page = found[:size]
    if len(found) <= size:
        return Page(page, "")
    return Page(page, encode_cursor([getattr(page[-1], f"key_{i}") for i in range(len(names))]))


def _rows_after(rows: QuerySet, names: list[str], key: list, comparison: str) -> QuerySet:
    try:
        return rows.filter(_after(names, key, comparison))
    except (ValueError, TypeError, OverflowError):  # a value that its column cannot hold
        return rows


def _after(names: list[str], key: list, comparison: str) -> Q:
    """(a, b) > (x, y) as `a >= x and (a > x or b > y)`, for which the database can use an index on (a, b)."""
    after = Q(**{f"{names[-1]}__{comparison}": key[-1]})
    for name, value in zip(reversed(names[:-1]), reversed(key[:-1]), strict=True):
        after = Q(**{f"{name}__{comparison}e": value}) & (Q(**{f"{name}__{comparison}": value}) | after)
    return after


def encode_cursor(key: list) -> str:
    """The key as a value for the address."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[Any] | None:
    """The key of `length` values that a database can compare with; None for what is no cursor."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        return None
    valid = isinstance(key, list) and len(key) == length and all(map(_is_comparable, key))
    return key if valid else None


def _is_comparable(value: object) -> bool:
    """Whether a database can compare a column with the value."""
    if isinstance(value, str):
        return not UNSTORABLE.search(value)
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
