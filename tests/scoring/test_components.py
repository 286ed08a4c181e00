import inspect

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from dialogues.models import Comparison
from scoring import components as stored
from scoring.components import MATCH, STORED, Component, Scorers, components, labels
from scoring.fusion import COMPONENTS, final_score
from scoring.models import Profile, Score
from tests.scoring.by_length import ByLength

UNKNOWN = float("nan")


@pytest.fixture
def pair():
    return Scorers(ByLength(), ByLength())


def test_the_list_is_what_final_score_takes_and_all_of_it_is_stored():
    assert tuple(inspect.signature(final_score).parameters) == (*COMPONENTS, "alpha", "theta")
    assert set(COMPONENTS) <= set(STORED)


def test_each_scorer_reads_the_texts_of_its_components(pair):
    found = components(pair, ["qq", "q"], ["eee", ""], ["cccc", "c"])
    assert list(found) == list(STORED)
    assert found["similarity"] == pytest.approx([3 / 4, 0])
    assert found["match_end"] == pytest.approx([2 / 3, 0])
    assert found["match_cloud"] == pytest.approx([2 / 4, 1])


@pytest.mark.parametrize(
    ("texts", "unknown"),
    [
        ((None, "e", "r"), ["match_end", "match_cloud"]),
        (("q", None, "r"), ["similarity", "match_end"]),
        (("q", "e", None), ["similarity", "match_cloud"]),
        (("q", "", "r"), []),  # an empty answer is known
    ],
)
def test_what_needs_a_text_that_is_not_there_is_unknown(pair, texts, unknown):
    found = components(pair, *([text] for text in texts))
    assert [name for name in COMPONENTS if np.isnan(found[name][0])] == unknown


def test_each_scorer_is_called_once(pair, monkeypatch):
    calls = []
    monkeypatch.setattr(pair.match, "score", lambda left, right: calls.append((left, right)) or np.zeros(len(left)))
    components(pair, ["q"], ["e"], ["r"])
    assert calls == [(["q", "q"], ["e", "r"])]


def test_no_comparisons_have_no_scores(pair):
    assert {name: len(scores) for name, scores in components(pair, [], [], []).items()} == dict.fromkeys(STORED, 0)


def test_a_component_beside_eq_1_is_one_more_entry(pair, monkeypatch):
    class Always:
        def score(self, left, right):
            return np.full(len(left), 0.25)

    monkeypatch.setitem(
        stored.STORED, "politeness", Component(lambda scorers: Always(), "question", "end", "politeness")
    )
    monkeypatch.setitem(stored.STORED, "match_back", Component(MATCH, "end", "question", "match back"))
    assert {"politeness", "match back", "similarity", "final score"} <= set(labels().values())
    found = components(pair, ["qq"], ["eee"], ["cccc"])
    assert (found["politeness"][0], found["match_back"][0]) == pytest.approx((0.25, 2 / 3))
    assert final_score(**{name: found[name] for name in COMPONENTS}) == pytest.approx(0.8 * 3 / 4 + 0.2 * 2 / 3)


def test_it_is_among_the_parts_of_a_score(monkeypatch):
    monkeypatch.setitem(stored.STORED, "politeness", Component(MATCH, "question", "end", "politeness"))
    monkeypatch.setattr(Score, "politeness", 0.25, raising=False)
    score = Score(similarity=0.5, match_end=0.6)
    expected = [("similarity", 0.5), ("match", 0.6), ("reference match", None), ("politeness", 0.25)]
    assert score.parts == expected


@pytest.mark.django_db
@pytest.mark.parametrize("name", STORED)
def test_each_has_a_column_that_takes_nothing_or_a_share(compared, scorer_set, name):
    comparison, profile = Comparison.objects.first(), Profile.objects.active_for(compared, scorer_set)
    row = {"dataset": compared, "version": comparison.version, "kind": "human", "split": "train", "profile": profile}
    score = Score.objects.create(comparison=comparison, scorer_set=scorer_set, **row)
    assert getattr(score, name) is None
    for value in (-0.1, 1.1):
        with pytest.raises(IntegrityError), transaction.atomic():
            Score.objects.update(**{name: value})
    assert Score.objects.update(**{name: 1.0}) == 1
