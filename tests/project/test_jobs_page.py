"""The page of all jobs: every kind in one list, whatever their number, with what failed and how to go on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from dialogues.models import AnswerJob, ImportJob
from ecc_site.core import presence
from ecc_site.core.job_list import job_kinds, newest_jobs
from ecc_site.core.jobs import Job, job_models
from scoring.models import ScoreJob
from training.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_import():
    def make(**values) -> ImportJob:
        return ImportJob.objects.create(**({"dataset_name": "d", "path": "/nowhere", "file_name": "f.jsonl"} | values))

    return make


@pytest.fixture
def many(world, make_import):
    """Jobs of two kinds that alternate in time."""
    for _ in range(4):
        make_import(state="done")
        AnswerJob.objects.create(dataset=world.dataset, version=world.end_version, state="done")


def all_pages(**chosen) -> list[list[Job]]:
    pages, cursor = [], ""
    while not pages or cursor:
        page = newest_jobs(cursor=cursor, **chosen)
        pages.append(page.rows)
        cursor = page.next_cursor
    return pages


def stored(job: Job) -> Job:
    return type(job).objects.get(pk=job.pk)


# --- the list


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.database
def test_the_pages_have_every_job_of_every_kind_once_the_newest_first(many, size):
    pages = all_pages(size=size)
    jobs = [job for page in pages for job in page]
    assert all(len(page) == size for page in pages[:-1])
    assert {(type(job), job.pk) for job in jobs} == {
        (m, pk) for m in job_models() for pk in m.objects.values_list("pk", flat=True)
    }
    assert len(jobs) == sum(model.objects.count() for model in job_models())
    assert [job.created_at for job in jobs] == sorted((job.created_at for job in jobs), reverse=True)


@pytest.mark.database
def test_a_job_that_comes_meanwhile_moves_none_to_another_page(many, make_import):
    first = newest_jobs(size=5)
    expected = newest_jobs(size=5, cursor=first.next_cursor).rows
    make_import()
    assert newest_jobs(size=5, cursor=first.next_cursor).rows == expected


@pytest.mark.database
def test_kind_and_state_choose(many):
    for kind, model in job_kinds().items():
        assert {type(job) for page in all_pages(kind=kind, size=2) for job in page} == {model}
    assert {job.state for page in all_pages(state="done", size=2) for job in page} == {"done"}


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMl0", "WyJhIiwiYiIsImMiLCJkIiwiZSIsImYiLCJnIl0"])
def test_a_cursor_that_cannot_be_read_gives_the_first_page(many, cursor):
    assert newest_jobs(cursor=cursor).rows == newest_jobs().rows


@pytest.mark.parametrize("state", ["", "failed"])
@pytest.mark.database
def test_a_page_costs_one_query_a_kind_along_an_index_and_counts_and_sorts_nothing(many, state):
    cursor = newest_jobs(size=2).next_cursor
    with CaptureQueriesContext(connection) as asked:
        for job in newest_jobs(state=state, cursor=cursor).rows:
            str(job), str(job.created_by)
    assert len(asked) == len(job_models())
    for query in asked.captured_queries:
        assert "COUNT(" not in query["sql"]
        assert "LIMIT" in query["sql"]
        if connection.vendor == "sqlite":
            assert "TEMP B-TREE" not in plan(query["sql"])
            assert not state or "_newest" in plan(query["sql"])


def plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return str(cursor.fetchall())


def test_every_kind_has_a_name_in_both_languages():
    for model in job_models():
        english = str(model.kind_name)
        with translation.override("zh-hans"):
            assert str(model.kind_name) != english, model


# --- the page


def test_a_row_says_what_who_when_and_the_error_in_full(world, manager, make_import, as_manager):
    error = "Line 3 is no JSON. " * 40
    job = make_import(state="failed", error=error, created_by=manager, ended_at=timezone.now())
    page = as_manager.get("/jobs/?state=failed").content.decode()
    for words in (str(job), error.strip(), "manager", "failed", reverse("resume-job", args=["import", job.pk])):
        assert words in page


def test_htmx_gets_the_list_alone(as_manager):
    page = as_manager.get("/jobs/", headers={"HX-Request": "true"}).content.decode()
    assert page.startswith('<div id="jobs"')
    assert "No jobs" in page


def test_the_page_shows_which_processes_live_and_what_waits_for_them(as_manager):
    presence.mark_alive("models")
    presence.connection().lpush(presence.queue_key("light"), "a", "b")
    page = as_manager.get("/jobs/").content.decode()
    assert page.count("not running</span>") == 3
    assert page.partition(">light<")[2].partition("</tr>")[0].count(">2<") == 1
    assert "celery -A ecc_site worker -Q training" in page


def test_without_redis_the_jobs_are_still_there(world, settings, as_manager):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    presence.connection.cache_clear()
    page = as_manager.get("/jobs/").content.decode()
    assert str(world.score_job) in page
    assert "Redis does not answer" in page


def test_the_page_of_a_run_shows_its_log(world, as_manager):
    world.run.folder.mkdir(parents=True)
    world.run.log.write_text("step 1 <loss 2.0>")
    assert "step 1 &lt;loss 2.0&gt;" in as_manager.get(f"/jobs/run/{world.run.pk}/").content.decode()


@pytest.mark.parametrize(("ended", "linked"), [(timedelta(hours=1), True), (timedelta(days=8), False)])
def test_the_overview_links_to_what_failed_lately(make_import, as_manager, ended, linked):
    make_import(state="failed", error="x", ended_at=timezone.now() - ended)
    page = as_manager.get("/").content.decode()
    assert ("1 job failed in the last 7 days" in page) == linked
    assert ("/jobs/?state=failed" in page) == linked


# --- going on


@pytest.mark.parametrize("state", ["failed", "cancelled"])
@pytest.mark.database
def test_an_ended_job_is_queued_again_with_what_it_has_done(make_import, as_manager, state):
    job = make_import(state=state, error="x", cancel_requested=True, attempts=5, done=7, ended_at=timezone.now())
    address = reverse("resume-job", args=["import", job.pk])
    back = as_manager.post(address, headers={"Referer": "http://testserver/jobs/?state=failed"})
    assert back["Location"] == "http://testserver/jobs/?state=failed"
    again = stored(job)
    assert (again.state, again.error, again.attempts, again.done, again.ended_at) == ("queued", "", 0, 7, None)
    assert again.claim()
    again.advance(done=1)  # the earlier wish to cancel is forgotten


@pytest.mark.parametrize("state", ["draft", "queued", "running", "done"])
def test_no_other_job_is(make_import, as_manager, state):
    job = make_import(state=state)
    page = as_manager.post(reverse("resume-job", args=["import", job.pk]), follow=True).content.decode()
    assert stored(job).state == state
    assert "already waiting or running" in page


def test_a_job_whose_work_another_one_does_by_now_is_left_alone(world, as_manager):
    failed = ScoreJob.objects.create(dataset=world.dataset, state="failed", error="x")
    as_manager.post(reverse("resume-job", args=["score", failed.pk]))
    assert stored(failed).state == "failed"


def test_every_kind_of_job_can_go_on(world):
    for model in job_models():
        model.objects.update(state="done")
        job = model.objects.first()
        model.objects.filter(pk=job.pk).update(state="failed")
        assert job.resume(), model
        assert stored(job).state == "queued"


def test_nobody_is_sent_to_a_site_that_is_not_ours(make_import, as_manager):
    job = make_import(state="failed")
    address = reverse("resume-job", args=["import", job.pk])
    assert (
        as_manager.post(address, headers={"Referer": "http://evil.example/"})["Location"] == f"/jobs/import/{job.pk}/"
    )


def test_a_run_that_waits_can_be_cancelled_from_the_list(world, as_manager):
    Run.objects.filter(pk=world.draft_run.pk).update(state="queued")
    as_manager.post(reverse("cancel-job", args=["run", world.draft_run.pk]))
    assert stored(world.draft_run).state == "cancelled"
