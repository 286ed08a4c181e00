"""The figures of large rounds: calculated by a job, kept, shown with their age, and worked out again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from review import kept_figures
from review.agreement import kept, ratings
from review.agreement.adjudication import adjudicate
from review.agreement.kept import FORMAT, shown_of, work_out
from review.agreement.of_round import agreement_of
from review.models import FiguresJob, RoundFigures, Tag, TurnTag

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def large(overlapping, say, people, items, monkeypatch):
    """A round that counts as large: five verdicts, two of them about one item."""
    monkeypatch.setattr(kept, "QUICK", 1)
    monkeypatch.setattr(ratings, "BATCH", 2)
    for who, item, preference in zip(
        (0, 1, 0, 0, 0), (0, 0, 1, 2, 3), ("end", "tie", "end", "tie", "end"), strict=True
    ):
        say(people[who], items[item], preference)
    overlapping.refresh_from_db()
    return overlapping


@pytest.fixture
def worked_out(large):
    FiguresJob.objects.create(round=large).run(work_out)
    return large


def opened(client, name, round_):
    return client.get(reverse(name, args=[round_.pk]), headers=ENGLISH).content.decode()


@pytest.mark.database
def test_what_is_kept_is_what_would_be_worked_out_now(worked_out, items, people, manager):
    tag = Tag.objects.create(name="returns", kind="intent")
    TurnTag.objects.decide(items[0].comparison.turn, "intent", tag, people[0])
    adjudicate(items[0], manager, "end", "", "6f1c0b52-6f3f-4d0e-9d5c-5f2f3c1f7a31")
    FiguresJob.objects.create(round=worked_out).run(work_out)
    shown = shown_of(worked_out)
    assert shown.found == agreement_of(worked_out)
    assert (shown.found.figures.opinions, shown.found.consensus.adjudicated, len(shown.found.tags)) == (5, 1, 1)
    assert (shown.since, shown.is_stale, RoundFigures.objects.count()) == (0, False, 1)
    job = FiguresJob.objects.first()
    assert (job.state, job.done, job.total) == ("done", 9, 9)  # three batches of verdicts and six parts


@pytest.mark.parametrize("count", [3, 4])
@pytest.mark.database
def test_a_round_is_read_once_whether_its_last_batch_is_full_or_not(large, people, say, items, count, monkeypatch):
    monkeypatch.setattr(ratings, "BATCH", count + 2)
    for item in items[1:count]:
        say(people[1], item, "end")
    assert len(ratings.ratings_of(large)) == 5 + count - 1


@pytest.mark.parametrize("page", ["round", "review:agreement"])
@pytest.mark.database
def test_opening_a_large_round_starts_one_job_and_shows_it(as_manager, manager, large, page):
    for _ in range(2):
        assert "calculated by a job" in opened(as_manager, page, large)
    job = FiguresJob.objects.get()
    assert (job.round, job.created_by, job.state) == (large, manager, "queued")
    job.run(work_out)
    shown = opened(as_manager, page, large)
    assert "no verdict since" in shown and "What do they prefer?" in shown
    assert FiguresJob.objects.count() == 1


def test_the_age_of_the_figures_is_told_in_verdicts(worked_out, say, people, items, monkeypatch):
    monkeypatch.setattr(kept_figures, "SHARE", 0.5)
    say(people[1], items[1], "tie")
    say(people[0], items[0], "tie")  # changed
    shown = shown_of(worked_out)
    assert (shown.since, shown.has_more, shown.is_stale) == (2, False, False)
    for item in items[2:4]:
        say(people[1], item, "tie")
    shown = shown_of(worked_out)
    assert (shown.since, shown.has_more, shown.is_stale) == (3, True, True)


def test_after_an_hour_one_verdict_makes_them_stale_and_none_does_not(worked_out, say, people, items, monkeypatch):
    monkeypatch.setattr(kept_figures, "SHARE", 1.0)
    RoundFigures.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert not shown_of(worked_out).is_stale
    say(people[1], items[1], "tie")
    assert shown_of(worked_out).is_stale
    RoundFigures.objects.update(at=timezone.now() - timedelta(minutes=59))
    assert not shown_of(worked_out).is_stale


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_what_failed_or_was_cancelled_rests_for_an_hour(as_manager, large, state):
    job = FiguresJob.objects.create(round=large, state=state, ended_at=timezone.now(), error="no memory")
    page = opened(as_manager, "round", large)
    assert FiguresJob.objects.count() == 1
    assert ("no memory" in page) == (state == "failed")
    assert "Calculate again" in page
    FiguresJob.objects.filter(pk=job.pk).update(ended_at=timezone.now() - timedelta(minutes=61))
    opened(as_manager, "round", large)
    assert FiguresJob.objects.active().count() == 1


def test_a_button_works_them_out_again(as_manager, worked_out):
    for _ in range(2):
        response = as_manager.post(reverse("review:refresh-figures", args=[worked_out.pk]))
        assert response.url == reverse("review:agreement", args=[worked_out.pk])
    assert FiguresJob.objects.active().count() == 1


def test_a_job_that_is_cancelled_stops_on_the_way_and_keeps_nothing(large):
    job = FiguresJob.objects.create(round=large)
    job.on_progress = lambda: FiguresJob.objects.filter(pk=job.pk).update(cancel_requested=True)
    job.run(work_out)
    job.refresh_from_db()
    assert (job.state, job.done) == ("cancelled", 2)
    assert not RoundFigures.objects.exists()


def test_what_an_earlier_site_kept_in_another_form_is_worked_out_anew(worked_out):
    RoundFigures.objects.update(figures={"figures": {"items": 3}})
    shown = shown_of(worked_out)
    assert (shown.found, shown.is_stale) == (None, True)


def test_a_small_round_is_worked_out_for_the_page(as_manager, large, monkeypatch):
    monkeypatch.setattr(kept, "QUICK", 5)
    assert "What do they prefer?" in opened(as_manager, "round", large)
    assert not FiguresJob.objects.exists()


@pytest.mark.database
def test_showing_kept_figures_takes_two_queries_however_many_verdicts(
    worked_out, say, people, items, django_assert_num_queries
):
    for item in items[1:]:
        say(people[1], item, "tie")
    with django_assert_num_queries(2):
        assert FORMAT.dump_python(shown_of(worked_out).found)["figures"]["opinions"] == 5
