import numpy as np
import pytest

from dialogues.importing.parsers import parse_turns
from dialogues.importing.store import store_batch
from dialogues.models import Answer, Comparison, Dataset, Turn
from scoring import running
from scoring.loading import Scorers
from scoring.models import ScorerSet
from serving.models import Version


class ByLength:
    """A scorer whose score can be worked out by hand: the shorter length over the longer, 0 for an empty text."""

    def __init__(self):
        self.pairs = 0

    def score(self, left, right):
        self.pairs += len(left)
        return np.array([min(map(len, pair)) / max(1, *map(len, pair)) for pair in zip(left, right, strict=True)])


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
    dataset = Dataset.objects.create(name="shop")
    split = ["train", "train", "dev", "test"]
    records = [
        {
            "turns": [{"role": "customer", "text": "q" * (i + 2)}, {"role": "agent", "text": "r" * (i + 4)}],
            "split": split[i],
        }
        for i in range(4)
    ]
    store_batch(dataset, [parse_turns(record) for record in records])
    version = Version.objects.create(kind="end", name="v1", model="v1")
    turns = list(Turn.objects.open_in(dataset))
    Answer.objects.keep(
        [Answer(turn=t, source="model", version=version, text="e" * i, settings_hash="x") for i, t in enumerate(turns)],
        dataset,
        version,
    )
    Comparison.objects.pair([turn.pk for turn in turns])
    return dataset
