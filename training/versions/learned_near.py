"""Which of the questions that a version has learned replies to are nearest to a customer's turn."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from dialogues.models import Turn
from ecc_site.core.batching import batched
from scoring.measures.nearest import Encoder, nearest
from serving.models import Version
from training.labels.models import Label
from training.runs.models import Checkpoint, LearnedTurn, Run

READ_MOST = 20_000  # turns of a run, those with the newest dialogues


@dataclass(frozen=True)
class LearnedReply:
    """A turn that a run learned a reply to; label: None where that was the human agent's, as it was imported."""

    turn: Turn
    label: Label | None


def run_behind(version: Version) -> Run | None:
    """The run that made the version's weights; None for a model as it came."""
    made = Checkpoint.objects.filter(version=version.weights_of_id or version.pk).select_related("run").first()
    return made.run if made else None


def learned_near(version: Version, turn: Turn, encoder: Encoder, count: int) -> tuple[list[tuple[int, float]], int]:
    """Ids of at most `count` turns that its run learned, with the similarity of their text in [0, 1], the nearest
    first; and among how many was looked.
    """
    run = run_behind(version)
    if run is None:
        return [], 0
    newest = LearnedTurn.objects.filter(run=run).order_by("-turn_id").values_list("turn_id", flat=True)
    texts: dict[int, str] = {}
    for ids in batched(list(newest[:READ_MOST])):
        texts |= dict(Turn.objects.filter(pk__in=ids).values_list("pk", "text"))
    near = nearest(encoder, turn.text, list(texts.values()), count)
    turns = list(texts)
    return [(turns[hit.place], hit.similarity) for hit in near], len(turns)


def learned_at(run: Run, turns: Collection[int]) -> dict[int, LearnedReply]:
    """By the id of the turn; those that were erased meanwhile are missing. Two queries."""
    found = Turn.objects.in_bulk(turns)
    labels = _labels_learned(run, turns)
    return {pk: LearnedReply(turn, labels.get(pk)) for pk, turn in found.items()}


def _labels_learned(run: Run, turns: Collection[int]) -> dict[int, Label]:
    """By the id of the turn: the label by people that the run noted, else the best that was there when it started."""
    fixed = run.learned or []
    was_there = Q(pk__in=fixed) | Q(created_at__lte=run.started_at or run.created_at)
    labels = Label.objects.filter(was_there, turn__in=turns).order_by("chosen", "pk")
    ranked = sorted(labels, key=lambda label: label.pk in fixed)
    return {label.turn_id: label for label in ranked}  # the last of each turn
