import json
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from dialogues import answering
from dialogues.models import Answer, AnswerJob, Comparison, EvalSet
from ecc_site.core.command_jobs import doing_here
from scoring import running
from scoring.loading import Scorers
from scoring.models import Score, ScoreJob, ScorerSet
from scoring.running import score_dataset
from serving.models import Alias
from serving.runtimes.protocol import Reply
from tests import build
from training.evaluation.evaluate import evaluate, start_evaluation
from training.evaluation.scores import kinds_of
from training.evaluation.sets import gate_set, references, regression_set
from training.evaluation.summary import mean_scores

pytestmark = pytest.mark.django_db


class Half:
    def score(self, left, right):
        return np.full(len(left), 0.5)


class Echo:
    """An end model that repeats what it heard, and counts how often it was asked."""

    asked = 0

    def reply_batch(self, conversations, decoding):
        Echo.asked += len(conversations)
        return [Reply(messages[-1].text, latency_ms=1) for messages in conversations]


@pytest.fixture(autouse=True)
def models(monkeypatch):
    Echo.asked = 0
    monkeypatch.setattr(answering, "runtime_for", lambda version: Echo())
    monkeypatch.setattr(running, "configured_scorers", lambda store: Scorers(Half(), Half()))
    monkeypatch.setattr(running, "configured_set", build.scorer_set)
    monkeypatch.setattr("scoring.loading.configured_set", build.scorer_set)


@pytest.fixture
def dataset(db):
    dataset = build.shop(splits=["test"] * 30)
    champion = build.version("v1")
    Alias.move("champion", champion)
    build.scored(dataset, champion, [0.4] * 30)
    return dataset


@pytest.fixture
def frozen(dataset):
    return gate_set(dataset, "human")


def test_a_version_answers_the_set_and_is_scored_once(frozen, dataset):
    version = build.version("v2")
    evaluate(version, frozen, do=doing_here(show=False))
    evaluate(version, frozen, do=doing_here(show=False))
    assert Echo.asked == Answer.objects.filter(version=version).count() == 30
    (result,) = mean_scores(version, frozen)
    assert (result.kind, result.pairs, result.coverage) == ("human", 30, 1.0)
    assert result.interval.mean == pytest.approx(0.5)  # 0.8 · 0.5 + 0.2 · 0.5
    assert AnswerJob.objects.count() == ScoreJob.objects.count() == 1


def test_earlier_scorers_are_current_again_where_they_have_scored_everything(frozen, dataset):
    version = build.version("v2")
    evaluate(version, frozen, do=doing_here(show=False))
    ScorerSet.objects.create(similarity="other", match="other", digest="1" * 64).use()
    evaluate(version, frozen, do=doing_here(show=False))
    assert ScorerSet.objects.current() == build.scorer_set()


def test_only_the_turns_of_the_set_are_asked(dataset):
    build.scored(dataset, build.version("v0"), [0.4] * 5 + [...] * 25)
    few = EvalSet.objects.freeze("few", Comparison.objects.filter(version__name="v0"))
    evaluate(build.version("v2"), few, do=doing_here(show=False))
    assert Echo.asked == 5


def test_starting_twice_queues_once(frozen, manager, dataset):
    version = build.version("v2")
    first = start_evaluation(version, frozen, manager)
    assert [type(job) for job in first] == [AnswerJob, ScoreJob]
    assert first[0].created_by == manager
    assert start_evaluation(version, frozen, manager) == []


def test_the_queued_jobs_do_the_work(frozen):
    version = build.version("v2")
    answers, scores = start_evaluation(version, frozen)
    answers.run(answering.answer_dataset)
    scores.run(score_dataset)
    assert mean_scores(version, frozen)[0].coverage == 1.0


def test_answers_from_before_the_reference_are_put_beside_it(dataset, annotator):
    turn = Answer.objects.filter(source="human").first().turn
    correction = Answer.objects.create(turn=turn, source="annotator", author=annotator, settings_hash="c", text="改")
    corrections = EvalSet.objects.create(name="corrections")
    corrections.items.create(turn=turn, reference=correction)
    start_evaluation(build.version("v2"), corrections)
    assert Comparison.objects.filter(reference=correction, version__name="v1").exists()
    assert kinds_of(corrections) == {"correction": 1}


def test_of_several_cloud_models_the_configured_one_is_the_reference(dataset, settings):
    from serving.models import Version

    turn = Answer.objects.filter(source="human").first().turn
    for name, model in (("other", "recorded:bare"), ("ours", settings.CLOUD_MODEL)):
        version = Version.objects.create(kind="cloud", name=name, model=model)
        Answer.objects.create(turn=turn, source="model", version=version, text=name, settings_hash="x")
    Comparison.objects.pair([turn.pk])
    assert [a.text for a in references(dataset, "cloud", "test")] == ["ours"]


def test_the_regression_set_is_made_of_test_questions_and_only_once():
    first = regression_set()
    assert regression_set() == first
    assert first.items.count() > 100
    items = first.items.select_related("turn__dialogue", "reference")
    assert {item.turn.dialogue.split for item in items} == {"test"}
    assert {item.reference.source for item in items} == {"human"}


def test_the_command_prints_mean_interval_and_coverage(dataset):
    build.version("v2")
    out = StringIO()
    call_command("evaluate", "--version", "v2", "--dataset", "shop", "--kind", "human", "--json", stdout=out)
    result = json.loads(out.getvalue())
    assert result["version"] == "v2"
    found = {"mean": 0.5, "interval": [0.5, 0.5], "coverage": 1.0, "pairs": 30, "licence": "unknown"}
    assert result["kinds"]["human"] == found
    assert Score.objects.filter(version__name="v2").count() == 30


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--version", "v9", "--dataset", "shop"], "no end version named 'v9'"),
        (["--dataset", "none"], "no dataset named 'none'"),
        (["--eval-set", "none"], "no frozen set named 'none'"),
        (["--dataset", "shop", "--kind", "cloud"], "no reference answer"),
    ],
)
def test_the_command_names_what_is_missing(dataset, arguments, why):
    with pytest.raises(CommandError, match=why):
        call_command("evaluate", *arguments)
