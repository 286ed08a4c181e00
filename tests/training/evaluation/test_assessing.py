import threading

import pytest
from django.db import connection

from dialogues.models import AnswerJob, Comparison, EvalSet
from scoring.models import ScoreJob
from tests import build
from training.evaluation.assessing import assess, assess_measured, start_assessment
from training.evaluation.models import Assessment, AssessmentJob
from training.evaluation.sets import gate_set
from training.tasks import assess_candidate

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PATIENCE_S = 120


@pytest.fixture
def dataset(db):
    return build.shop(splits=["test"] * 30)


@pytest.fixture
def champion(dataset):
    version = build.version("v1")
    build.scored(dataset, version, [0.4] * 30)
    return version


@pytest.fixture
def frozen(dataset):
    return gate_set(dataset, "human")


@pytest.fixture
def measured(dataset, champion):
    """Make a version that has answered everything."""

    def make(name):
        version = build.version(name)
        build.scored(dataset, version, [0.5] * 30)
        return version

    return make


def test_candidates_are_numbered_in_the_order_in_which_they_are_assessed(frozen, champion, measured):
    assert [assess(measured(name), champion, frozen) for name in ("v2", "v3", "v4")] == [1, 2, 3]
    assert Assessment.objects.on(frozen, "human").last_number() == 3


def test_a_candidate_that_is_looked_at_again_counts_once(frozen, champion, measured):
    first, second = measured("v2"), measured("v3")
    assert [assess(version, champion, frozen) for version in (first, second, first, second)] == [1, 2, 1, 2]
    assert Assessment.objects.count() == 2


def test_against_another_champion_it_is_assessed_anew(frozen, champion, measured):
    first, second = measured("v2"), measured("v3")
    assert [assess(second, champion, frozen), assess(second, first, frozen)] == [1, 2]


def test_a_run_that_freezes_the_same_test_turns_again_does_not_begin_anew(dataset, frozen, champion, measured):
    assess(measured("v2"), champion, frozen)
    of_run = EvalSet.objects.freeze(
        "held out",
        Comparison.objects.filter(version=champion),
        purpose=EvalSet.Purpose.HELD_OUT,
        dataset=dataset,
        kind="human",
    )
    assert assess(measured("v3"), champion, of_run) == 2


def test_the_test_dialogues_of_another_dataset_begin_anew(frozen, champion, measured):
    candidate = measured("v2")
    assess(candidate, champion, frozen)
    newer = build.shop("newer", ["test"] * 25)
    for version in (champion, candidate):
        build.scored(newer, version, [0.5] * 25)
    assert assess(candidate, champion, gate_set(newer, "human")) == 1


def test_what_cannot_be_promoted_is_no_candidate(dataset, frozen, champion, measured):
    arm = measured("v2").with_memory(1)
    build.scored(dataset, arm, [0.5] * 30)
    assert assess(arm, champion, frozen) is None
    assert start_assessment(arm, champion, frozen) is None
    assert assess(champion, champion, frozen) is None
    assert not Assessment.objects.exists()


def test_a_candidate_that_is_half_measured_is_not_assessed_yet(dataset, frozen, champion):
    half = build.version("v2")
    build.scored(dataset, half, [0.5] * 25 + [...] * 5)
    assert assess(half, champion, frozen) is None
    assert assess(build.version("v3"), champion, frozen) is None


def test_the_job_waits_for_answers_and_scores_and_then_gives_the_number(dataset, frozen, champion, measured):
    candidate = measured("v2")
    job = start_assessment(candidate, champion, frozen)
    assert start_assessment(candidate, champion, frozen) is None, "the button was pressed twice"
    AssessmentJob.objects.update(sent_at="2020-01-01T00:00Z")
    for work in (
        AnswerJob.objects.create(dataset=dataset, version=candidate),
        ScoreJob.objects.create(dataset=dataset),
    ):
        with pytest.raises(Exception, match="Retry"):
            assess_candidate.apply(args=[job.pk], throw=True, retries=0)
        assert not Assessment.objects.exists()
        assert not AssessmentJob.objects.unsent().exists(), "its message goes round already"
        type(work).objects.update(state="done")
    for _ in range(2):  # a task may be delivered twice
        assess_candidate.apply(args=[job.pk], throw=True)
    job.refresh_from_db()
    assert job.state == "done"
    assert Assessment.objects.get().number == 1


def test_a_worker_that_dies_half_way_gives_the_number_once(frozen, champion, measured):
    job = AssessmentJob.objects.create(candidate=measured("v2"), champion=champion, eval_set=frozen)

    def die(job):
        assess_measured(job)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job.run(die)
    job.resume()
    job.run(assess_measured)
    assert (job.state, Assessment.objects.get().number) == ("running", 1)
    job.refresh_from_db()
    assert job.state == "done"


@pytest.mark.django_db(transaction=True)
def test_of_many_that_are_assessed_at_once_each_gets_one_number(frozen, champion, measured):
    candidates = [measured(f"candidate {i}") for i in range(4)]
    start, numbers = threading.Barrier(8), []

    def count(candidate):
        start.wait(PATIENCE_S)
        numbers.append(Assessment.objects.add(candidate, champion, frozen, "human"))
        connection.close()

    threads = [threading.Thread(target=count, args=[candidate]) for candidate in candidates * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert sorted(numbers) == [1, 1, 2, 2, 3, 3, 4, 4]
    assert Assessment.objects.count() == 4
