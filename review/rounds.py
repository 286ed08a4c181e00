"""Making a round: which comparisons are in it, and the seats at their dialogues."""

from __future__ import annotations

import random
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.models import Comparison, Dataset
from ecc_site.core.jobs import JobError
from review.models import Round, RoundItem, Seat
from scoring.models import Score, ScorerSet
from serving.models import Version

SPLITS = {"teach": ("train", "dev"), "measure": ("test",)}
LARGEST = 5_000


class NothingToReview(JobError):
    """No comparison fits what was asked for."""


@dataclass(frozen=True)
class Wanted:
    """What a manager asks for: at most `size` comparisons of one version with one kind of reference."""

    dataset: Dataset
    version: Version
    kind: str
    purpose: str
    order: str  # worst | random
    size: int
    name: str
    overlap: int = 1
    guideline: str = ""


def make_round(wanted: Wanted, by) -> Round:
    """The round with its items and seats, all or nothing. Raises NothingToReview."""
    chosen = _worst(wanted) if wanted.order == RoundItem.Stratum.WORST else _random(wanted)
    if not chosen:
        raise NothingToReview(_("No comparison fits: answer and score the dataset first, or choose otherwise."))
    with transaction.atomic():
        made = Round.objects.create(
            name=wanted.name,
            dataset=wanted.dataset,
            kind=wanted.kind,
            purpose=wanted.purpose,
            overlap=wanted.overlap,
            guideline=wanted.guideline,
            item_count=len(chosen),
            wanted_count=len(chosen) * wanted.overlap,
            created_by=by,
        )
        items = [_item(made, wanted, comparison, reason) for comparison, reason in chosen]
        RoundItem.objects.bulk_create(items, batch_size=500)
        Seat.objects.bulk_create(_seats(made, items), batch_size=500)
    return made


def _worst(wanted: Wanted) -> list[tuple[Comparison, str]]:
    """Lowest final score first, each with its final score as the reason."""
    scorer_set = ScorerSet.objects.current()
    scores = Score.objects.of(scorer_set, wanted.dataset, wanted.kind, version=wanted.version)
    scores = scores.filter(split__in=SPLITS[wanted.purpose]).worst_first().order_by("final", "id")
    chosen = scores.select_related("comparison__turn")[: min(wanted.size, LARGEST)]
    return [(score.comparison, f"{score.final:.2f}") for score in chosen]


def _random(wanted: Wanted) -> list[tuple[Comparison, str]]:
    fitting = wanted.dataset.comparisons.filter(
        version=wanted.version, kind=wanted.kind, split__in=SPLITS[wanted.purpose]
    )
    ids = list(fitting.values_list("pk", flat=True))
    drawn = random.sample(ids, min(wanted.size, LARGEST, len(ids)))
    comparisons = Comparison.objects.select_related("turn").in_bulk(drawn)
    return [(comparisons[pk], "") for pk in drawn]


def _item(made: Round, wanted: Wanted, comparison: Comparison, reason: str) -> RoundItem:
    return RoundItem(
        round=made,
        comparison=comparison,
        dialogue_id=comparison.turn.dialogue_id,
        position=comparison.turn.position,
        stratum=wanted.order,
        reason=reason,
    )


def _seats(made: Round, items: list[RoundItem]) -> list[Seat]:
    """`overlap` seats a dialogue, in the order in which the dialogues' first items were chosen."""
    dialogues = dict.fromkeys(item.dialogue_id for item in items)
    return [
        Seat(round=made, dialogue_id=dialogue, n=n, priority=priority)
        for priority, dialogue in enumerate(dialogues, start=1)
        for n in range(1, made.overlap + 1)
    ]
