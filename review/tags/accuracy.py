"""How good suggestions are, by what people then said. scikit-learn, which they agree with, is too heavy for a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from review.models import TurnTag

ENOUGH = 20  # turns; with fewer nothing is said
LATEST = 10_000

Pairs = Mapping[tuple[int, int | None], int]  # (suggested tag, the tag it is, None: no tag of the list): how many turns


@dataclass(frozen=True)
class Accuracy:
    """Of the latest n suggestions that people decided about; None where they are too few to say."""

    n: int
    accuracy: float | None
    macro_f1: float | None


def accuracy_of(kind: str) -> Accuracy:
    pairs = decided_pairs(kind)
    n = sum(pairs.values())
    return Accuracy(n, accuracy(pairs), macro_f1(pairs)) if n >= ENOUGH else Accuracy(n, None, None)


def decided_pairs(kind: str) -> Pairs:
    """Of the newest decisions about a suggestion."""
    said = TurnTag.objects.confirmed().filter(turn=OuterRef("turn"), kind=kind).order_by().values("tag")[:1]
    rows = TurnTag.objects.decided().filter(kind=kind, similarity__isnull=False).order_by("-at")
    return Counter(rows.annotate(said=Subquery(said)).values_list("tag", "said")[:LATEST])


def accuracy(pairs: Pairs) -> float:
    """Share of suggestions that were right, in [0, 1]."""
    right = sum(count for (suggested, said), count in pairs.items() if suggested == said)
    return right / sum(pairs.values())


def macro_f1(pairs: Pairs) -> float:
    """Mean over the tags that were suggested or said of F1 = 2 TP / (2 TP + FP + FN), in [0, 1].

    Each tag counts the same, however rare (Sebastiani 2002, ACM Computing Surveys 34, §7.1: macroaveraging).
    """
    right: Counter[int] = Counter()
    occurring: Counter[int] = Counter()  # 2 TP + FP + FN
    for (suggested, said), count in pairs.items():
        occurring[suggested] += count
        if said is not None:
            occurring[said] += count
        if suggested == said:
            right[suggested] += count
    return sum(2 * right[tag] / occurring[tag] for tag in occurring) / len(occurring)
