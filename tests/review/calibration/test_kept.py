"""The figures of a filter: quick ones for the page, the others by a job, kept, stale by verdicts or by the profile."""

from dataclasses import replace

import pytest

from review import kept_figures
from review.calibration import kept
from review.calibration.kept import ON_ITS_PAGE, board_of, job_of, same_work, work_out
from review.calibration.material import Filter, judged_material_of, material_of
from review.calibration.source import Source, tell_nobody
from review.calibration.subjects import SUBJECTS
from review.models import CalibrationFigures, CalibrationJob
from scoring import profiles
from scoring.models import Score
from tests import build

pytestmark = pytest.mark.django_db
CYCLE = ["end", "reference", "tie", "both_bad"]


@pytest.fixture
def people(person):
    return [person(name, "annotator") for name in ("ann", "bob", "cid", "dan")]


@pytest.fixture
def round_(scored, reviewed_by, people):
    """Two people have reviewed the first dozen dialogues."""
    made = build.make_round(build.round_spec(scored, order="random", overlap=4, scores="after"))
    for who in people[:2]:
        reviewed_by(made, who, CYCLE * 3)
    return made


@pytest.fixture
def worked_out(chosen, round_, slow):
    CalibrationJob.objects.create(**same_work(chosen())).run(work_out)
    return chosen()


def test_what_is_quick_is_worked_out_for_the_page(chosen, round_, manager):
    board = board_of(chosen())
    assert not board.slow and board.oldest is None and job_of(board, manager) is None
    found = board["agreement"].found
    assert (found.replies, found.dialogues, found.verdicts, found.people) == (12, 12, 24, 2)
    assert board["learned"].found.missing == 176 and board["fit"].found.replies == 12
    assert not CalibrationFigures.objects.exists()


def test_without_verdicts_nothing_is_worked_out(chosen, slow, manager):
    board = board_of(chosen())
    assert [shown.found for shown in board.subjects.values()] == [None] * len(ON_ITS_PAGE)
    assert job_of(board, manager) is None


@pytest.mark.database
def test_what_is_kept_is_what_would_be_worked_out_now(worked_out):
    board = board_of(worked_out, SUBJECTS)
    for name, subject in SUBJECTS.items():
        assert board[name].found == subject.work(Source.of(worked_out), tell_nobody)
    assert board.slow and not board.is_stale and board.oldest.at
    job = CalibrationJob.objects.get()
    assert (job.state, job.done, job.total) == ("done", *[sum(subject.parts for subject in SUBJECTS.values())] * 2)
    kept_row = CalibrationFigures.objects.get(subject="agreement")
    assert (kept_row.verdict_count, kept_row.score_count, kept_row.chosen) == (24, 12, worked_out.as_json())


@pytest.mark.database
def test_opening_what_is_slow_starts_one_job(chosen, round_, slow, manager):
    for _ in range(2):
        board = board_of(chosen())
        assert board.is_stale and board["agreement"].found is None
        job = job_of(board, manager)
        assert (job.state, job.created_by, job.chosen) == ("queued", manager, chosen().as_json())
    assert CalibrationJob.objects.count() == 1


@pytest.mark.database
def test_a_job_that_is_delivered_twice_works_once(chosen, round_, slow):
    job = CalibrationJob.objects.create(**same_work(chosen()))
    job.run(work_out)
    before = list(CalibrationFigures.objects.order_by("pk").values("pk", "at"))
    CalibrationJob.objects.get(pk=job.pk).run(work_out)
    assert list(CalibrationFigures.objects.order_by("pk").values("pk", "at")) == before
    CalibrationJob.objects.create(**same_work(chosen())).run(work_out)
    assert [row["pk"] for row in before] == list(CalibrationFigures.objects.order_by("pk").values_list("pk", flat=True))


def test_a_job_that_is_cancelled_stops_on_the_way(chosen, round_, slow):
    job = CalibrationJob.objects.create(**same_work(chosen()))
    job.on_progress = lambda: CalibrationJob.objects.filter(pk=job.pk).update(cancel_requested=True)
    job.run(work_out)
    job.refresh_from_db()
    assert job.state == "cancelled" and job.done < job.total
    assert not CalibrationFigures.objects.exists()


@pytest.mark.database
def test_new_verdicts_and_another_profile_make_it_stale(
    worked_out, round_, reviewed_by, people, manager, scored, monkeypatch
):
    monkeypatch.setattr(kept_figures, "SHARE", 0.1)
    reviewed_by(round_, people[2], CYCLE[:2])
    shown = board_of(worked_out)["agreement"]
    assert (shown.since, shown.is_stale) == (2, False)
    reviewed_by(round_, people[3], CYCLE[:1])
    shown = board_of(worked_out)["agreement"]
    assert (shown.since, shown.has_more, shown.is_stale) == (3, False, True)
    CalibrationJob.objects.create(**same_work(worked_out)).run(work_out)
    assert not board_of(worked_out).is_stale
    profiles.change(scored, build.scorer_set(), manager, alpha=0.5, theta=0.2, threshold=0.5)
    assert board_of(worked_out).is_stale


def test_what_reads_all_scores_is_stale_by_scores_too(worked_out, round_, scored, monkeypatch):
    monkeypatch.setitem(SUBJECTS, "agreement", replace(SUBJECTS["agreement"], reads_all=True))
    CalibrationJob.objects.create(**same_work(worked_out)).run(work_out)
    assert CalibrationFigures.objects.get(subject="agreement").score_count == 30
    assert not board_of(worked_out).is_stale
    build.scored(scored, build.version("v2"), [0.5] * 2 + [...] * 28)
    assert board_of(worked_out)["agreement"].is_stale
    assert not board_of(worked_out)["fit"].is_stale


def test_what_reads_all_scores_is_quick_only_where_they_are_few(chosen, round_, monkeypatch):
    monkeypatch.setitem(SUBJECTS, "agreement", replace(SUBJECTS["agreement"], reads_all=True))
    assert not board_of(chosen()).slow
    monkeypatch.setattr(kept, "QUICK_SCORES", 29)
    assert board_of(chosen()).slow


def test_what_an_earlier_site_kept_in_another_form_counts_as_missing(worked_out):
    CalibrationFigures.objects.filter(subject="agreement").update(figures={"replies": 12})
    board = board_of(worked_out)
    assert board["agreement"].found is None and board["agreement"].is_stale and board["fit"].found is not None


@pytest.mark.database
def test_filters_that_nobody_comes_back_to_do_not_pile_up(worked_out, chosen, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 1)
    CalibrationJob.objects.create(**same_work(chosen(without_sight=True))).run(work_out)
    assert set(CalibrationFigures.objects.values_list("digest", flat=True)) == {chosen(without_sight=True).digest}


@pytest.mark.database
def test_a_board_costs_the_same_however_many_verdicts(
    worked_out, round_, reviewed_by, people, django_assert_num_queries
):
    with django_assert_num_queries(6):  # profile, verdicts of the rounds, rows, and later verdicts of three subjects
        board_of(worked_out)
    reviewed_by(round_, people[2], CYCLE * 3)
    with django_assert_num_queries(6):
        board_of(worked_out)


# --- filters and what they read


def test_a_filter_is_the_same_after_json(chosen, scored):
    several = chosen(versions=(3, 1), languages=("zh", "en"), without_sight=True)
    again = Filter.of_json(scored, build.scorer_set(), several.kind, several.as_json())
    assert again.as_json() == several.as_json() and again.digest == several.digest
    assert chosen(versions=(1, 3), languages=("en", "zh"), without_sight=True).digest == several.digest
    assert chosen().digest != several.digest


def test_the_judged_replies_are_those_of_all_that_somebody_judged(chosen, round_, django_assert_num_queries):
    Score.objects.filter(comparison__round_items__isnull=False)[:1].get().delete()
    all_of_it = chosen()
    with django_assert_num_queries(3):
        judged = judged_material_of(all_of_it)
    everything = material_of(all_of_it)
    part = everything.where(~(everything.mean() != everything.mean()))
    assert judged.replies.comparison.tolist() == part.replies.comparison.tolist()
    assert judged.said.person.tolist() == part.said.person.tolist()
    assert judged.mean().tolist() == part.mean().tolist()
