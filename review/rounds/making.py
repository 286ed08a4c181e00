"""Making a round: choosing its comparisons, and the assignments of their dialogues."""

from __future__ import annotations

import random
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.models import Comparison, Dataset
from ecc_site.core.errors import ExpectedError
from ecc_site.core.models import Act, AuditEntry
from review.models import Assignment, Round, RoundItem
from scoring.models import Score, ScorerSet
from serving.models import Version

SPLITS = {"teach": ("train", "dev"), "measure": ("test",)}
MAX_SIZE = 5_000  # comparisons in a round


class NothingToReview(ExpectedError):
    """No comparison matches the spec of the round."""


@dataclass(frozen=True)
class RoundSpec:
    """What a manager wants reviewed: at most `size` comparisons of one version with one kind of reference."""

    dataset: Dataset
    version: Version
    kind: str
    purpose: str
    order: str  # worst | random
    size: int
    name: str
    overlap: int = 1
    guideline: str = ""
    teach_preferred: bool = False
    teach_ties: bool = False


def make_round(spec: RoundSpec, by: User | None) -> Round:
    """Create the round with its items and assignments, all or nothing. Raises NothingToReview."""
    chosen = _worst(spec) if spec.order == RoundItem.Stratum.WORST else _random(spec)
    if not chosen:
        raise NothingToReview(_("No comparison matches. Answer and score the dataset first, or change the selection."))
    with transaction.atomic():
        round_ = Round.objects.create(
            name=spec.name,
            dataset=spec.dataset,
            kind=spec.kind,
            purpose=spec.purpose,
            overlap=spec.overlap,
            guideline=spec.guideline,
            teach_preferred=spec.teach_preferred,
            teach_ties=spec.teach_ties,
            item_count=len(chosen),
            wanted_count=len(chosen) * spec.overlap,
            created_by=by,
        )
        items = [_item(round_, spec, comparison, reason) for comparison, reason in chosen]
        RoundItem.objects.bulk_create(items, batch_size=500)
        Assignment.objects.bulk_create(assignments_of(round_, items), batch_size=500)
        AuditEntry.objects.record(Act.OPENED_ROUND, round_, by=by, detail=str(spec.dataset))
    return round_


def _worst(spec: RoundSpec) -> list[tuple[Comparison, str]]:
    """Comparisons with the lowest final scores, worst first; each with its score as the reason."""
    scorer_set = ScorerSet.objects.current()
    scores = Score.objects.of(scorer_set, spec.dataset, spec.kind, version=spec.version)
    scores = scores.filter(split__in=SPLITS[spec.purpose]).worst_first().order_by("final", "id")
    chosen = scores.select_related("comparison__turn")[: min(spec.size, MAX_SIZE)]
    return [(score.comparison, f"{score.final:.2f}") for score in chosen]


def _random(spec: RoundSpec) -> list[tuple[Comparison, str]]:
    """Comparisons at random, without a reason."""
    matching = spec.dataset.comparisons.filter(version=spec.version, kind=spec.kind, split__in=SPLITS[spec.purpose])
    ids = list(matching.values_list("pk", flat=True))
    drawn = random.sample(ids, min(spec.size, MAX_SIZE, len(ids)))
    comparisons = Comparison.objects.select_related("turn").in_bulk(drawn)
    return [(comparisons[pk], "") for pk in drawn]


def _item(round_: Round, spec: RoundSpec, comparison: Comparison, reason: str) -> RoundItem:
    return RoundItem(
        round=round_,
        comparison=comparison,
        dialogue_id=comparison.turn.dialogue_id,
        position=comparison.turn.position,
        stratum=spec.order,
        reason=reason,
    )


def assignments_of(round_: Round, items: list[RoundItem]) -> list[Assignment]:
    """`overlap` assignments for each dialogue; dialogues have priority in the order of their first items."""
    dialogues = dict.fromkeys(item.dialogue_id for item in items)
    return [
        Assignment(round=round_, dialogue_id=dialogue, n=n, priority=priority)
        for priority, dialogue in enumerate(dialogues, start=1)
        for n in range(1, round_.overlap + 1)
    ]
