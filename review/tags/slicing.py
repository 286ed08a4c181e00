"""Comparisons by the tag of the customer's turn."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from dialogues.querysets import ComparisonQuerySet
from review.models import Tag, TurnTag


def tagged(comparisons: ComparisonQuerySet, tag: Tag, *, only_confirmed: bool = False) -> ComparisonQuerySet:
    """Those whose customer's turn has the tag: confirmed by a person or, unless `only_confirmed`, suggested.

    One look at an index for each comparison on the way.
    """
    rows = TurnTag.objects.filter(tag=tag, turn=OuterRef("turn"))
    return comparisons.filter(Exists(rows.confirmed() if only_confirmed else rows.valid()))
