"""When something is measured, how often, what an alert follows from, and what it costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dialogues.models import AnswerJob, Comparison
from ecc_site import tasks
from ecc_site.models import Alert, Bound, Measurement
from ecc_site.watch import words
from ecc_site.watch.bounds import change
from ecc_site.watch.material.scope import Scope
from ecc_site.watch.measuring import _store, watch
from ecc_site.watch.subjects import SUBJECTS
from ecc_site.watch.subjects.base import Reading
from scoring.models import Score, ScoreJob
from serving.models import Alias
from tests import build

pytestmark = pytest.mark.django_db

OF_ANSWERS = [key for key, subject in SUBJECTS.items() if subject.source != "verdicts"]


def test_too_few_answers_are_not_measured(shop):
    shop.goes_on(149)
    watch()
    assert list(Measurement.objects.values_list("subject", flat=True)) == ["coverage"]


@pytest.mark.database
def test_everything_is_measured_once_and_again_when_a_fifth_of_a_window_is_new(shop):
    shop.goes_on(300)
    assert watch() == len(OF_ANSWERS)
    assert watch() == 0
    shop.goes_on(10)
    assert watch() == 0
    shop.goes_on(60)
    assert watch() == len(OF_ANSWERS)
    assert Measurement.objects.filter(subject="median").count() == 2


def test_the_beat_task_measures(shop):
    shop.goes_on(160)
    tasks.watch.apply(throw=True)
    assert Measurement.objects.count() == len(OF_ANSWERS)


@pytest.mark.database
def test_a_task_that_is_delivered_twice_measures_once_and_raises_once(shop):
    shop.goes_on(160)
    row = shop.dataset.comparisons.latest("pk")
    found = Reading(0.5, 0.4, 0.6, 160, 0.0, row.pk, row.pk, row.created_at, row.created_at)
    scope = Scope(shop.dataset, shop.version, "human")
    assert [_store(scope, "empty", found, 0.02) for _ in range(2)] == [True, False]
    assert (Measurement.objects.count(), Alert.objects.count()) == (1, 1)


@pytest.mark.parametrize("job", [AnswerJob, ScoreJob])
def test_a_dataset_that_is_being_answered_or_scored_is_left_alone(shop, job):
    shop.goes_on(160)
    more = {"version": shop.version} if job is AnswerJob else {}
    made = job.objects.create(dataset=shop.dataset, state="running", **more)
    assert watch() == 0
    job.objects.filter(pk=made.pk).update(state="done")
    assert watch() > 0


def test_without_a_champion_nothing_is_watched(shop):
    shop.goes_on(160)
    Alias.objects.all().delete()
    assert watch() == 0


def test_a_quiet_shop_is_left_in_peace(shop):
    for _ in range(12):
        shop.goes_on(120)
        watch()
    assert Measurement.objects.filter(subject="median").count() >= 8
    assert not Alert.objects.exists()


def test_a_drop_is_told_once_lasts_and_is_over_when_the_score_is_back(shop):
    shop.goes_on(600)
    watch()
    shop.goes_on(finals=[0.3] * 300)
    watch()
    alert = Alert.objects.get(subject="median")
    assert alert.state == "open"
    assert words.sentence(alert).startswith("Median of the final score fell from 0.")
    assert " to 0.30 (−0." in words.sentence(alert)
    for _ in range(8):  # until the low scores fill what would be the baseline
        shop.goes_on(finals=[0.3] * 400)
        watch()
    assert Alert.objects.filter(subject="median").count() == 1
    alert.refresh_from_db()
    assert alert.state == "open"
    assert alert.latest.value == pytest.approx(-0.3, abs=0.02)
    shop.goes_on(600)
    watch()
    alert.refresh_from_db()
    assert (alert.state, alert.ending) == ("over", "within")


def test_the_sentence_says_all_that_a_manager_wants_to_know(shop):
    shop.goes_on(texts=["in stock"] * 298 + [""] * 2)
    shop.goes_on(texts=["in stock"] * 120 + [""] * 30)
    watch()
    said = words.sentence(Alert.objects.get(subject="empty"))
    assert said.startswith("Empty answers rose from 0.7% to 20% [13%, 30%] of 150 answers of v1 in shop; ")
    assert said.endswith("the bound is 2.0%.")


def test_a_bound_of_the_dataset_goes_before_the_general_one_and_none_is_no_watch(shop):
    shop.goes_on(texts=["in stock"] * 150 + [""] * 150)
    Bound.objects.create(subject="empty", dataset=shop.dataset, value=None)
    watch()
    assert not Alert.objects.filter(subject="empty").exists()
    Bound.objects.filter(dataset=shop.dataset).update(value=0.9)
    shop.goes_on(texts=[""] * 150)
    watch()
    assert Alert.objects.get(subject="empty").bound == 0.9


def test_an_alert_about_what_is_no_longer_watched_is_over(shop):
    shop.goes_on(texts=[""] * 200)
    watch()
    Bound.objects.create(subject="empty", value=None)
    shop.goes_on(texts=[""] * 100)
    watch()
    assert Alert.objects.get(subject="empty").ending == "unwatched"


@pytest.mark.parametrize(("bound", "ending"), [(None, "unwatched"), (0.999, "within")])
def test_a_bound_that_is_loosened_ends_the_alert_at_once(shop, manager, bound, ending):
    shop.goes_on(texts=["in stock"] * 140 + [""] * 60)
    watch()
    assert Alert.objects.lasting().filter(subject="empty").exists()
    change(None, {"empty": bound}, own=["empty"], by=manager)
    assert Alert.objects.get(subject="empty").ending == ending


def test_a_bound_that_the_figure_is_still_beyond_ends_nothing(shop, manager):
    shop.goes_on(texts=[""] * 200)
    watch()
    change(shop.dataset, {"empty": 0.5}, own=["empty"], by=manager)
    assert Alert.objects.lasting().filter(subject="empty").exists()


def test_a_drop_whose_baseline_was_erased_is_measured_against_what_is_left(shop):
    shop.goes_on(600)
    watch()
    shop.goes_on(finals=[0.3] * 300)
    watch()
    assert Alert.objects.lasting().filter(subject="median").exists()
    shop.forgets(600)
    shop.goes_on(finals=[0.3] * 600)
    watch()
    assert not Alert.objects.lasting().filter(subject="median").exists()


def test_what_was_raised_beside_one_kind_ends_also_where_another_is_measured_first(shop):
    shop.goes_on(texts=[""] * 200)
    beside_a_cloud(200)
    watch()
    assert Alert.objects.lasting().get(subject="empty").kind == "cloud"
    shop.goes_on(900)
    beside_a_cloud(600)
    watch()
    assert Measurement.objects.filter(subject="empty", kind="human").exists()
    assert not Alert.objects.lasting().filter(subject="empty").exists()


def beside_a_cloud(count: int) -> None:
    """The newest so many were compared with a cloud model's answers."""
    newest = list(Comparison.objects.order_by("-pk").values_list("pk", flat=True)[:count])
    Comparison.objects.filter(pk__in=newest).update(kind="cloud")
    Score.objects.filter(comparison__in=newest).update(kind="cloud")


def test_what_a_version_did_that_no_longer_answers_is_over(shop):
    shop.goes_on(texts=[""] * 200)
    watch()
    assert Alert.objects.open().exists()
    Alias.move("champion", build.version("v2"))
    watch()
    assert not Alert.objects.lasting().exists()
    assert set(Alert.objects.values_list("ending", flat=True)) == {"replaced"}


@pytest.mark.database
def test_looking_costs_as_many_queries_whatever_there_is(shop):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            watch()
        return len(seen)

    shop.goes_on(400)
    few = queries()
    shop.goes_on(1200)
    assert queries() == pytest.approx(few, abs=4)  # coverage asks for its turns in parts
    assert few <= 150
