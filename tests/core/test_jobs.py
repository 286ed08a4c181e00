import base64
import json
import logging
import threading
import time
import uuid
from datetime import timedelta

import pytest
from celery import Celery
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from dialogues.models import ImportJob
from ecc_site.core import jobs, presence
from ecc_site.core.jobs import JobError, job_models
from ecc_site.core.tasks import reap

pytestmark = [pytest.mark.django_db, pytest.mark.database]
State = ImportJob.State
PATIENCE_S = 60


@pytest.fixture
def make_job():
    def make(**values) -> ImportJob:
        return ImportJob.objects.create(dataset_name="d", path="/nowhere", file_name="f.jsonl", **values)

    return make


@pytest.fixture
def job(make_job):
    return make_job()


@pytest.fixture
def silent(make_job):
    """Make a job whose worker has not been heard of for too long."""

    def make(**values) -> ImportJob:
        long_ago = timezone.now() - timedelta(seconds=settings.JOB_SILENCE_S + 1)
        values = {"attempts": 1, "token": uuid.uuid4(), **values}
        return make_job(state=State.RUNNING, heartbeat_at=long_ago, started_at=long_ago, **values)

    return make


def sent(queue: str = "light") -> list[tuple[str, list]]:
    """Task and arguments of every message that waits in the real queue, oldest first."""
    messages = presence.connection().lrange(f"ecc-{settings.INSTALLATION}:{queue}", 0, -1)
    read = [json.loads(message) for message in reversed(messages)]
    return [(m["headers"]["task"], json.loads(base64.b64decode(m["body"]))[0]) for m in read]


def stored(job: ImportJob) -> ImportJob:
    return ImportJob.objects.get(pk=job.pk)


# --- claiming


def test_a_waiting_job_is_claimed_once(job):
    other = stored(job)
    assert job.claim()
    assert not other.claim()
    assert stored(job).token == job.token
    assert stored(job).attempts == 1


@pytest.mark.parametrize("state", [s for s in State if s != State.QUEUED])
def test_only_a_waiting_job_can_be_claimed(make_job, state):
    job = make_job(state=state)
    assert not job.claim()
    assert stored(job).state == state


@pytest.mark.django_db(transaction=True)
def test_of_many_threads_that_claim_at_once_one_gets_the_job(job):
    start, won = threading.Barrier(6), []

    def claim():
        mine = stored(job)
        start.wait(PATIENCE_S)
        won.append(mine.claim())
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(start.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert sorted(won) == [False] * 5 + [True]
    assert stored(job).attempts == 1


# --- working


def test_the_work_moves_the_progress_and_ends_as_done(job):
    def work(job):
        job.set_total(10)
        job.advance(done=6, skipped=1)
        assert (stored(job).state, stored(job).done, stored(job).percent) == (State.RUNNING, 6, 70)
        job.advance(done=3)

    job.run(work)
    kept = stored(job)
    assert (kept.state, kept.done, kept.skipped, kept.total) == (State.DONE, 9, 1, 10)
    assert kept.token is None
    assert kept.error == ""
    assert kept.started_at <= kept.ended_at


def test_a_task_that_is_delivered_twice_works_once(job):
    calls = []
    job.run(calls.append)
    stored(job).run(calls.append)
    assert len(calls) == 1


def test_somebody_who_watches_is_told_of_every_step(job):
    steps = []
    job.on_progress = lambda: steps.append(job.done)
    job.run(lambda job: [job.advance(done=2), job.advance(done=3)])
    assert steps == [2, 5]


def test_an_expected_failure_shows_its_sentence_and_is_no_failure_of_the_task(job):
    def work(job):
        job.advance(done=3)
        raise JobError("The file is no longer there; upload it again.")

    job.run(work)
    kept = stored(job)
    assert (kept.state, kept.error) == (State.FAILED, "The file is no longer there; upload it again.")
    assert kept.done == 3
    assert kept.ended_at


def test_an_unexpected_error_is_logged_whole_raised_again_and_shown_without_its_text(job, caplog):
    def work(job):
        raise LookupError("password=secret")

    with pytest.raises(LookupError):
        job.run(work)
    kept = stored(job)
    assert (kept.state, kept.token) == (State.FAILED, None)
    assert "LookupError" in kept.error
    assert "secret" not in kept.error
    (record,) = [r for r in caplog.records if r.exc_info]
    assert record.levelno == logging.ERROR
    assert "secret" in str(record.exc_info[1])


@pytest.mark.parametrize("error", [OperationalError("database is locked"), InterfaceError("connection already closed")])
def test_a_database_that_fails_for_a_while_delays_the_job_and_loses_nothing(job, error, caplog):
    def work(job):
        job.advance(done=3)
        raise error

    job.run(work)
    kept = stored(job)
    assert (kept.state, kept.token, kept.done, kept.error) == (State.QUEUED, None, 3, "")
    assert str(error) in caplog.text
    kept.run(lambda job: job.advance(done=2))
    assert (stored(job).state, stored(job).done) == (State.DONE, 5)


def test_a_database_that_always_fails_at_the_same_point_ends_the_job_with_its_words(job):
    def work(job):
        raise OperationalError("no such column: shop")

    for _ in range(jobs.MAX_ATTEMPTS):
        assert stored(job).state == State.QUEUED
        stored(job).run(work)
    kept = stored(job)
    assert (kept.state, kept.attempts) == (State.FAILED, jobs.MAX_ATTEMPTS)
    assert "no such column: shop" in kept.error


def test_where_not_even_the_delay_can_be_written_the_job_is_found_by_its_silence(job, monkeypatch):
    def full(self, **values):
        raise OperationalError("database or disk is full")

    def work(job):
        monkeypatch.setattr(jobs.JobQuerySet, "update", full)
        job.advance(done=1)

    with pytest.raises(OperationalError):
        job.run(work)
    monkeypatch.undo()
    assert stored(job).state == State.RUNNING
    ImportJob.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=settings.JOB_SILENCE_S + 1))
    reap()
    assert stored(job).state == State.QUEUED


def test_ctrl_c_in_a_command_leaves_a_cancelled_job(job):
    def work(job):
        job.advance(done=1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job.run(work)
    assert (stored(job).state, stored(job).done) == (State.CANCELLED, 1)


def test_a_worker_that_was_believed_dead_cannot_write_any_more(job):
    successor = uuid.uuid4()
    after = []

    def work(job):
        job.advance(done=1)
        ImportJob.objects.filter(pk=job.pk).update(token=successor, attempts=2)
        job.advance(done=100)
        after.append("went on")

    job.run(work)
    kept = stored(job)
    assert (kept.state, kept.token, kept.done, kept.ended_at) == (State.RUNNING, successor, 1, None)
    assert after == []


def test_neither_success_nor_failure_of_a_superseded_worker_ends_the_job_of_its_successor(job):
    def is_superseded(job):
        ImportJob.objects.filter(pk=job.pk).update(token=uuid.uuid4())

    def fails_then(job):
        is_superseded(job)
        raise JobError("too late")

    job.run(is_superseded)
    assert stored(job).state == State.RUNNING
    ImportJob.objects.filter(pk=job.pk).update(state=State.QUEUED, token=None)
    stored(job).run(fails_then)
    assert (stored(job).state, stored(job).error) == (State.RUNNING, "")


@pytest.mark.django_db(transaction=True)
def test_the_heart_beats_while_the_work_is_silent_and_stops_with_it(job, settings):
    settings.JOB_HEARTBEAT_S = 0.01
    beats, threads = set(), set(threading.enumerate())

    def work(job):
        deadline = time.monotonic() + PATIENCE_S
        while len(beats) < 3 and time.monotonic() < deadline:
            beats.add(stored(job).heartbeat_at)

    job.run(work)
    assert len(beats) >= 3
    assert set(threading.enumerate()) <= threads


@pytest.mark.django_db(transaction=True)
def test_a_heart_that_misses_a_beat_is_logged_and_beats_on(job, settings, monkeypatch, caplog):
    settings.JOB_HEARTBEAT_S = 0.01
    update, failures = jobs.JobQuerySet.update, []

    def failing_once(self, **values):
        if threading.current_thread() is not threading.main_thread() and not failures:
            failures.append("once")
            raise ConnectionError("gone for a moment")
        return update(self, **values)

    def work(job):
        first, deadline = stored(job).heartbeat_at, time.monotonic() + PATIENCE_S
        while stored(job).heartbeat_at == first:
            assert time.monotonic() < deadline, "the heart has stopped"

    monkeypatch.setattr(jobs.JobQuerySet, "update", failing_once)
    job.run(work)
    assert stored(job).state == State.DONE
    assert f"heartbeat of dialogues.ImportJob {job.pk}" in caplog.text


# --- stopping


def test_a_waiting_job_is_cancelled_at_once(job):
    job.cancel()
    assert stored(job).state == State.CANCELLED
    assert stored(job).ended_at
    assert not job.claim()


def test_a_running_job_stops_at_its_next_step_and_keeps_what_it_did(job):
    after = []

    def work(job):
        job.advance(done=1)
        stored(job).cancel()
        assert stored(job).state == State.RUNNING
        job.advance(done=1)
        after.append("went on")

    job.run(work)
    assert (stored(job).state, stored(job).done) == (State.CANCELLED, 2)
    assert after == []


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.CANCELLED, State.DRAFT])
def test_what_has_ended_or_not_begun_cannot_be_cancelled(make_job, state):
    job = make_job(state=state)
    job.cancel()
    assert (stored(job).state, stored(job).cancel_requested) == (state, False)


# --- sending


def test_a_job_is_sent_once_its_row_is_committed(job, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job.enqueue()
        assert sent() == []
    assert sent() == [("dialogues.tasks.import_file", [job.pk])]


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_row_is_rolled_back_is_never_sent(make_job):
    class RolledBack(Exception):
        pass

    with pytest.raises(RolledBack), transaction.atomic():
        make_job().enqueue()
        raise RolledBack
    assert sent() == []


def test_every_kind_of_job_goes_to_a_task_that_exists_and_a_queue_that_a_worker_reads():
    from ecc_site.celery import app

    app.loader.import_default_modules()
    assert len(job_models()) >= 3
    for model in job_models():
        assert model.task_name in app.tasks
        assert model.queue in presence.COMMANDS


def test_a_draft_that_is_started_twice_is_sent_once(make_job, django_capture_on_commit_callbacks):
    job = make_job(state=State.DRAFT)
    with django_capture_on_commit_callbacks(execute=True):
        assert job.start()
        assert not stored(job).start()
    assert stored(job).state == State.QUEUED
    assert sent() == [("dialogues.tasks.import_file", [job.pk])]


def test_a_job_that_redis_cannot_take_stays_queued_and_is_sent_later(job, monkeypatch, caplog):
    away = Celery("away", set_as_current=False)
    away.config_from_object("django.conf:settings", namespace="CELERY")
    away.conf.broker_url = "redis://user:secret@127.0.0.1:1/0"
    long_ago = timezone.now() - timedelta(seconds=2 * settings.JOB_RESEND_S)
    ImportJob.objects.filter(pk=job.pk).update(sent_at=long_ago)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "current_app", away)
        job.send()
    assert stored(job).state == State.QUEUED
    assert "the broker does not answer" in caplog.text
    assert "secret" not in caplog.text
    ImportJob.objects.filter(pk=job.pk).update(sent_at=long_ago)
    reap()
    assert sent() == [("dialogues.tasks.import_file", [job.pk])]


# --- the reaper


def test_a_job_whose_worker_fell_silent_is_queued_and_sent_again(silent):
    job = silent(done=5)
    reap()
    kept = stored(job)
    assert (kept.state, kept.token, kept.done) == (State.QUEUED, None, 5)
    assert sent() == [("dialogues.tasks.import_file", [job.pk])]
    kept.claim()
    assert (kept.attempts, kept.done_before) == (1, 5)  # it got further, so the attempts are counted anew


def test_a_job_that_was_cancelled_while_its_worker_died_stops_at_its_first_step(silent):
    job = silent()
    job.cancel()
    reap()
    stored(job).run(lambda job: job.advance(done=1))
    assert stored(job).state == State.CANCELLED


def test_a_job_whose_workers_always_die_is_given_up(silent):
    job = silent(attempts=jobs.MAX_ATTEMPTS, done=5, done_before=5)
    reap()
    kept = stored(job)
    assert (kept.state, kept.token, kept.done) == (State.FAILED, None, 5)
    assert f"died {jobs.MAX_ATTEMPTS} times" in kept.error
    assert kept.ended_at
    assert sent() == []


def test_a_job_that_gets_further_at_every_attempt_is_never_given_up(silent):
    job = silent(attempts=jobs.MAX_ATTEMPTS, done=3472, done_before=3000)
    reap()
    kept = stored(job)
    assert kept.state == State.QUEUED
    assert kept.claim()
    assert kept.attempts == 1


@pytest.mark.parametrize("hours", [1, 24 * 365])
def test_a_clock_that_was_set_back_hides_neither_a_dead_worker_nor_a_lost_message(silent, make_job, hours):
    ahead = timezone.now() + timedelta(hours=hours)
    dead, lost = silent(), make_job(sent_at=ahead)
    ImportJob.objects.filter(pk=dead.pk).update(heartbeat_at=ahead)
    reap()
    assert stored(dead).state == State.QUEUED
    assert sorted(sent()) == [("dialogues.tasks.import_file", [pk]) for pk in sorted([dead.pk, lost.pk])]


def test_a_job_that_shows_life_is_left_alone(make_job):
    job = make_job(state=State.RUNNING, heartbeat_at=timezone.now(), attempts=jobs.MAX_ATTEMPTS, token=uuid.uuid4())
    reap()
    assert (stored(job).state, stored(job).token) == (State.RUNNING, job.token)
    assert sent() == []


def test_a_job_whose_message_was_lost_is_sent_again_and_not_at_every_call(make_job):
    lost = make_job(sent_at=timezone.now() - timedelta(seconds=settings.JOB_RESEND_S + 1))
    make_job(sent_at=timezone.now())
    make_job(state=State.DRAFT, sent_at=timezone.now() - timedelta(days=1))
    reap()
    reap()
    assert sent() == [("dialogues.tasks.import_file", [lost.pk])]


# --- showing


@pytest.mark.parametrize(
    ("values", "percent"),
    [
        ({}, None),
        ({"total": 0}, None),
        ({"total": 3, "done": 1}, 33),
        ({"total": 4, "done": 1, "skipped": 2}, 75),
        ({"total": 3, "done": 5}, 100),
        ({"total": 0, "state": State.DONE}, 100),
    ],
)
def test_the_percentage_is_whole_capped_and_unknown_without_a_total(values, percent):
    assert ImportJob(**values).percent == percent


def test_the_rate_is_that_of_the_present_attempt():
    start = timezone.now() - timedelta(seconds=10)
    job = ImportJob(state=State.DONE, started_at=start, ended_at=start + timedelta(seconds=4), done=30, done_before=10)
    assert job.rate == pytest.approx(5)
    assert job.seconds_left is None
    assert ImportJob(done=30).rate is None


def test_the_time_left_counts_what_was_skipped_as_done():
    start = timezone.now() - timedelta(seconds=10)
    job = ImportJob(state=State.RUNNING, started_at=start, total=120, done=20, skipped=60)
    assert job.seconds_left == pytest.approx(5, abs=1)
    assert ImportJob(state=State.RUNNING, started_at=start, total=100).seconds_left is None
    assert ImportJob(state=State.RUNNING, started_at=start, done=5).seconds_left is None


def test_what_an_earlier_attempt_did_or_skipped_makes_the_next_one_no_faster(make_job):
    job = make_job(total=100, done=30, skipped=10)
    job.claim()
    job.started_at -= timedelta(seconds=10)
    assert job.rate == 0
    job.advance(done=10, skipped=10)
    assert job.rate == pytest.approx(2, rel=0.1)
