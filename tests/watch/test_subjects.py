"""What each subject counts, over which rows."""

import uuid

import numpy as np
import pytest

from dialogues.models import Comparison, UsedEntry
from ecc_site.models import Measurement
from ecc_site.watch.measuring import watch
from ecc_site.watch.subjects import SUBJECTS
from knowledge.models import Entry
from review.models import VerdictRevision
from scoring.models import Score
from tests import build

pytestmark = pytest.mark.django_db

GOOD, LONG, LOOP = "in stock", "we look into it " * 50, "yes yes yes yes yes "


def test_every_subject_has_words_a_direction_and_a_bound_on_the_scale_of_its_values():
    for subject in SUBJECTS.values():
        assert str(subject.name)
        assert str(subject.of)
        assert -1 <= subject.bound <= 1
        assert subject.is_within(subject.bound, subject.bound)


@pytest.mark.database
@pytest.mark.parametrize(
    ("subject", "bad"),
    [("empty", " "), ("overlong", LONG), ("loops", LOOP), ("invented_numbers", "it costs 59 yuan")],
)
def test_a_defect_is_counted_in_the_window_and_in_what_was_before(shop, subject, bad):
    shop.goes_on(texts=[bad] * 6 + [GOOD] * 194)
    shop.goes_on(texts=[GOOD] * 90 + [bad] * 10)
    found = shop.measured(subject)
    assert (found.n, found.value, found.before) == (100, 0.1, 0.03)
    assert 0.03 < found.low < 0.1 < found.high < 0.25


@pytest.mark.parametrize(("finish", "subject"), [("length", "overlong"), ("loop", "loops")])
def test_what_the_runtime_said_of_an_answer_counts(shop, finish, subject):
    shop.goes_on(200)
    shop.goes_on(100, finish=finish)
    assert shop.measured(subject).value == 1


def test_a_number_that_the_customer_or_an_entry_said_is_not_invented(shop):
    shop.goes_on(texts=[f"question {i} has an answer" for i in range(150)])  # its customer said this number
    assert shop.measured("invented_numbers").value == 0
    shop.goes_on(texts=["within 48 hours"] * 30)
    entry = Entry.objects.add(by=None, kind="fact", text="We ship within 48 hours", source="page", wordings=[])
    newest = Comparison.objects.order_by("-pk")[:15]
    UsedEntry.objects.bulk_create(UsedEntry(answer_id=row.end_id, entry=entry, use="note") for row in newest)
    assert shop.measured("invented_numbers").value == 15 / 60


@pytest.mark.database
def test_a_drop_of_the_score_is_the_difference_of_its_quantiles(shop):
    shop.goes_on(finals=np.linspace(0.4, 0.8, 300))
    shop.goes_on(finals=np.linspace(0.2, 0.6, 150))
    for subject, before in (("lower_quartile", 0.5), ("median", 0.6), ("upper_quartile", 0.7)):
        found = shop.measured(subject)
        assert found.value == pytest.approx(-0.2, abs=0.005)
        assert found.before == pytest.approx(before, abs=0.005)
        assert found.low < -0.2 < found.high < 0


@pytest.mark.database
def test_unknown_scores_lower_the_coverage_and_are_in_no_quantile(shop):
    shop.goes_on(finals=[0.5, None] * 90)
    assert shop.measured("coverage").value == 0.5
    assert shop.measured("median").n == 30
    assert Measurement.objects.get(subject="coverage").n == 180


def test_questions_that_came_after_the_newest_answer_are_not_missing(shop):
    shop.goes_on(180)
    build.dataset(*(build.record(f"later {i}", "reply") for i in range(100)), name="shop")
    assert shop.measured("coverage").value == 1


def test_answers_that_wait_for_their_scores_are_not_missing(shop):
    shop.goes_on(240)
    waiting = Score.objects.order_by("-pk").values_list("pk", flat=True)[:60]
    Score.objects.filter(pk__in=list(waiting)).delete()
    found = shop.measured("coverage")
    assert (found.n, found.value) == (180, 1)


def test_a_defect_is_measured_once_whatever_the_answers_are_compared_with(shop):
    shop.goes_on(160)
    build.answered(shop.dataset, build.version("teacher", kind="cloud"))
    watch()
    kinds = {
        key: set(Measurement.objects.filter(subject=key).values_list("kind", flat=True)) for key in ("empty", "loops")
    }
    assert kinds == {"empty": {"human"}, "loops": {"human"}}


@pytest.mark.database
def test_the_theta_rule_counts_known_scores_alone(shop):
    shop.goes_on(180)
    newest = Score.objects.order_by("-pk").values_list("pk", flat=True)
    Score.objects.filter(pk__in=list(newest[:30])).update(match_cloud=0.1)
    Score.objects.filter(pk__in=list(newest[30:45])).update(match_cloud=None)
    found = shop.measured("theta_rule")
    assert (found.n, found.value, found.before) == (45, pytest.approx(30 / 45), 0)


def review(shop, people, count: int, accepts) -> None:
    """Each of the people reviews the same `count` answers; accepts: from the number of an answer and a person."""
    round_ = build.make_round(build.round_spec(shop.dataset, size=count, overlap=len(people), version=shop.version))
    for number, item in enumerate(round_.items.select_related("comparison").order_by("pk")):
        for n, person in enumerate(people):
            assignment = round_.assignments.get(dialogue=item.dialogue, n=n + 1)
            round_.assignments.filter(pk=assignment.pk).update(annotator=person, state="taken")
            given = {"round": round_, "comparison": item.comparison, "annotator": person}
            verdict = item.verdicts.create(assignment=assignment, **given)
            good = accepts(number, n)
            verdict.current = VerdictRevision.objects.create(
                verdict=verdict,
                preference="end" if good else "reference",
                end_acceptable=good,
                reference_acceptable=True,
                key=uuid.uuid4(),
            )
            verdict.save()


def test_the_score_agrees_with_people_as_far_as_it_tells_what_they_accept(shop, person):
    shop.goes_on(finals=[i / 200 for i in range(200)])
    people = [person(name, "annotator") for name in ("ann", "bob")]
    review(shop, people, 60, lambda number, n: number >= 30)
    found = shop.measured("with_people")
    assert (found.n, found.value) == (60, 1)
    assert found.low == found.high == 1


@pytest.mark.database
def test_people_agree_as_far_as_pairs_of_them_say_the_same(shop, person):
    shop.goes_on(200)
    people = [person(name, "annotator") for name in ("ann", "bob")]
    review(shop, people, 60, lambda number, n: number % 4 != n)
    found = shop.measured("among_people")
    assert (found.n, found.value) == (60, 0.5)


def test_corrections_are_no_sample_and_so_not_watched(shop, annotator):
    shop.goes_on(180)
    Comparison.objects.update(kind="correction")
    assert watch() == 0
