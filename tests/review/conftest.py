import uuid

import pytest

from dialogues.importing.parsers import parse_turns
from dialogues.importing.store import store_batch
from dialogues.models import Answer, Comparison, Dataset, Turn
from review.rounds import RoundSpec, make_round
from review.verdicts import VerdictInput
from scoring.models import Profile, Score, ScorerSet
from serving.models import Version

DIALOGUES, TURNS = 4, 2


@pytest.fixture
def reviewed(db):
    """Four dialogues of two open turns, answered, compared with the human agent and scored: the later the better."""
    dataset = Dataset.objects.create(name="shop")
    records = [
        {
            "split": "test" if i == DIALOGUES - 1 else "train",
            "turns": [
                {"role": role, "text": f"{role} {i}.{k}"} for k in range(TURNS) for role in ("customer", "agent")
            ],
        }
        for i in range(DIALOGUES)
    ]
    store_batch(dataset, [parse_turns(record) for record in records])
    version = Version.objects.create(kind="end", name="v1", model="v1")
    turns = list(Turn.objects.open_in(dataset))
    answers = [Answer(turn=t, source="model", version=version, text=f"end {t.text}", settings_hash="x") for t in turns]
    Answer.objects.keep(answers, dataset, version)
    Comparison.objects.pair([turn.pk for turn in turns])
    _score(dataset, version)
    return dataset


def _score(dataset, version):
    scorer_set = ScorerSet.objects.create(similarity="s", match="m", digest="0" * 64)
    profile = Profile.objects.active_for(dataset, scorer_set)
    parts = {"similarity": 0.5, "match_end": 0.5, "match_cloud": 0.5}
    Score.objects.bulk_create(
        Score(
            comparison=comparison,
            scorer_set=scorer_set,
            profile=profile,
            dataset=dataset,
            version=version,
            kind=comparison.kind,
            split=comparison.split,
            final=(i + 1) / 10,
            **parts,
        )
        for i, comparison in enumerate(Comparison.objects.order_by("turn"))
    )


@pytest.fixture
def spec(reviewed):
    """What a manager may ask for; keyword arguments change it."""

    def ask(**changes):
        usual = {
            "dataset": reviewed,
            "version": Version.objects.get(name="v1"),
            "kind": "human",
            "purpose": "teach",
            "order": "worst",
            "size": 100,
            "name": "week 47",
        }
        return RoundSpec(**(usual | changes))

    return ask


@pytest.fixture
def round_(spec):
    """Three train dialogues, six items."""
    return make_round(spec(), by=None)


@pytest.fixture
def verdict_input():
    def make(preference="end", **values):
        return VerdictInput(**({"key": uuid.uuid4(), "preference": preference} | values))

    return make
