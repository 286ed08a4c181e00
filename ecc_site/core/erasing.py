"""What the apps' parts of erasing a dialogue share: the mark that stands for erased words, and how rows are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.db.models import QuerySet

ERASED = "[erased]"
Parts = Mapping[str, QuerySet]  # by the kind of row: all that goes


def counts(parts: Parts) -> Counter[str]:
    """How many rows of each kind there are."""
    return Counter({kind: rows.count() for kind, rows in parts.items()})
