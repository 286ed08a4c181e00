from dataclasses import replace

import numpy as np
import pytest

from dialogues.models import Comparison
from review.calibration.material import Filter
from review.calibration.subjects import SUBJECTS
from review.desk.outbox import record_all
from review.models import RoundItem
from scoring.models import Score
from tests import build

SPLITS = ("train",) * 24 + ("test",) * 6


@pytest.fixture
def scored(db):
    """A shop of 30 dialogues of one question; v1 has answered all, the i-th with the final score i / 30."""
    shop = build.shop(splits=SPLITS)
    build.scored(shop, build.version("v1"), [i / 30 for i in range(30)])
    return shop


@pytest.fixture
def chosen(scored):
    """A filter of that shop."""
    return lambda **values: Filter(scored, build.scorer_set(), Comparison.Kind.HUMAN, **values)


@pytest.fixture
def reviewed_by():
    """Somebody reviews the first items of a round: what they prefer, in the order of the queue."""

    def give(round_, who, preferences):
        items = RoundItem.objects.filter(round=round_).select_related("comparison__turn", "round")
        order = dict(round_.assignments.values_list("dialogue_id", "priority"))
        chosen = sorted(items, key=lambda item: order[item.dialogue_id])[: len(preferences)]
        free = round_.assignments.filter(annotator=None, dialogue__in=[item.dialogue_id for item in chosen])
        first = {place.dialogue_id: place.pk for place in free.order_by("-n")}
        round_.assignments.filter(pk__in=first.values()).update(annotator=who, state="taken")
        sent = [(item, build.verdict_input(said)) for item, said in zip(chosen, preferences, strict=False)]
        outcomes = record_all(who, round_, sent)
        assert not any(outcome.refused for outcome in outcomes)
        round_.assignments.filter(pk__in=first.values()).update(state="done")
        return [outcome.verdict for outcome in outcomes]

    return give


@pytest.fixture
def finals():
    """The stored final scores of these comparisons."""

    def of(comparisons):
        stored = dict(Score.objects.values_list("comparison", "final"))
        return np.array([stored[pk] for pk in comparisons.tolist()])

    return of


@pytest.fixture
def slow(monkeypatch):
    """Nothing is quick any more."""
    for name, subject in SUBJECTS.items():
        monkeypatch.setitem(SUBJECTS, name, replace(subject, quick=0))
