import pytest

from scoring import running
from scoring.loading import Scorers
from scoring.models import ScorerSet
from tests import build
from tests.scoring.by_length import ByLength


@pytest.fixture
def scorer_set(db):
    return ScorerSet.objects.create(similarity="by-length", match="by-length", digest="0" * 64, theta=0.2)


@pytest.fixture
def scorers(scorer_set, monkeypatch):
    pair = Scorers(ByLength(), ByLength())
    monkeypatch.setattr(running, "configured_scorers", lambda store: pair)
    monkeypatch.setattr(running, "configured_set", lambda: scorer_set)
    return pair


@pytest.fixture
def compared(db):
    """A dataset whose four open turns were answered by an end model, each beside the human agent's reply."""
    splits = ("train", "train", "dev", "test")
    made = build.dataset(*(build.record("q" * (i + 2), "r" * (i + 4), split=split) for i, split in enumerate(splits)))
    build.answered(made, build.version("v1"), ["e" * i for i in range(len(splits))])
    return made
