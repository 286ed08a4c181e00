"""A shop with a test split that two versions have answered, scored by hand: no model is loaded."""

from dialogues.importing.parsers import parse_turns
from dialogues.importing.store import store_batch
from dialogues.models import Answer, Comparison, Dataset, Turn
from scoring.models import Profile, Score, ScorerSet
from serving.models import Version
from serving.runtimes.protocol import EVALUATION


def make_dataset(name="shop", count=30, split="test"):
    dataset = Dataset.objects.create(name=name)
    records = [
        {
            "turns": [{"role": "customer", "text": f"问题{i}"}, {"role": "agent", "text": f"回复{i}"}],
            "split": split,
        }
        for i in range(count)
    ]
    store_batch(dataset, [parse_turns(record) for record in records])
    dataset.refresh_from_db()
    return dataset


def make_version(name, **values):
    return Version.objects.create(kind="end", name=name, model=values.pop("model", name), **values)


def make_scorer_set():
    return ScorerSet.objects.get_or_create(
        digest="0" * 64, defaults={"similarity": "by-hand", "match": "by-hand", "theta": 0.2}
    )[0]


def answer(dataset, version, finals, settings_hash=EVALUATION.digest):
    """One answer a turn whose final score is the given one; None leaves it unknown, ... leaves the turn unanswered."""
    turns = list(Turn.objects.open_in(dataset))
    said = [
        Answer(
            turn=t, source="model", version=version, text=f"{version} {i}", settings_hash=settings_hash, latency_ms=5
        )
        for i, (t, final) in enumerate(zip(turns, finals, strict=True))
        if final is not ...
    ]
    Answer.objects.keep(said, dataset, version)
    Comparison.objects.pair([turn.pk for turn in turns])
    of_turn = dict(zip((turn.pk for turn in turns), finals, strict=True))
    profile = Profile.objects.active_for(dataset, make_scorer_set())
    comparisons = Comparison.objects.filter(dataset=dataset, version=version, scores__isnull=True)
    Score.objects.bulk_create(_score(comparison, of_turn[comparison.turn_id], profile) for comparison in comparisons)


def _score(comparison, final, profile):
    # match_cloud under Θ: the final score is the similarity, whatever α is.
    return Score(
        comparison=comparison,
        scorer_set=profile.scorer_set,
        profile=profile,
        similarity=final,
        match_end=0.5,
        match_cloud=0.1,
        final=final,
        dataset=comparison.dataset,
        version=comparison.version,
        kind=comparison.kind,
        split=comparison.split,
    )
