"""A job whose work is made of other jobs: each part is done once, here or elsewhere, and stops with the whole."""

import pytest

from ecc_site.core import job_parts
from ecc_site.core.job_parts import part_of
from ecc_site.core.jobs import Job, JobError
from scoring.models import ScoreJob
from tests import build
from training.models import MergeJob

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def dataset(db):
    return build.shop()


@pytest.fixture
def whole(manager):
    return MergeJob.objects.create(version=build.version("v1"), created_by=manager)


@pytest.fixture
def looks(monkeypatch):
    """What happens elsewhere each time that the job looks; nobody sleeps."""
    acts = []
    monkeypatch.setattr(job_parts, "pause", lambda seconds: acts.pop(0)())
    return acts


def made_of(whole: Job, dataset, work) -> Job:
    """The whole after its work: scoring a dataset, which `work` stands for."""
    whole.run(lambda job: part_of(job)(ScoreJob, work, dataset=dataset))
    whole.refresh_from_db()
    return whole


def test_a_part_is_done_in_the_name_of_who_started_the_whole(whole, dataset, manager):
    assert made_of(whole, dataset, lambda part: part.advance(done=3)).state == "done"
    part = ScoreJob.objects.get()
    assert (part.state, part.done, part.created_by) == ("done", 3, manager)


def test_a_part_that_fails_fails_the_whole_with_its_reason(whole, dataset):
    def fail(part):
        raise JobError("No scorer.")

    assert made_of(whole, dataset, fail).error == "Scoring shop: No scorer."
    assert (whole.state, ScoreJob.objects.get().state) == ("failed", "failed")


def test_cancelling_the_whole_stops_the_part_at_its_next_step(whole, dataset):
    def cancelled(part):
        whole.cancel()
        part.advance(done=1)
        pytest.fail("it went on")

    assert made_of(whole, dataset, cancelled).state == "cancelled"
    assert ScoreJob.objects.get().state == "cancelled"


def test_a_part_that_somebody_cancels_fails_the_whole(whole, dataset):
    def cancelled(part):
        part.cancel()
        part.advance(done=1)

    assert made_of(whole, dataset, cancelled).error == "Scoring shop: cancelled"


def test_the_same_that_is_under_way_elsewhere_is_waited_for(whole, dataset, looks):
    elsewhere = ScoreJob.objects.create(dataset=dataset)
    looks += [elsewhere.claim, lambda: elsewhere._end("done")]
    worked = []
    assert made_of(whole, dataset, worked.append).state == "done"
    assert worked == [ScoreJob.objects.exclude(pk=elsewhere.pk).get()]
    assert looks == []


def test_waiting_ends_when_the_whole_is_cancelled(whole, dataset, looks):
    ScoreJob.objects.create(dataset=dataset)
    looks.append(whole.cancel)
    assert made_of(whole, dataset, lambda part: pytest.fail("not its turn")).state == "cancelled"
