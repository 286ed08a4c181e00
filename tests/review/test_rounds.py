import pytest

from review.models import Assignment
from review.rounds.making import NothingToReview, make_round
from scoring.models import Score

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_a_teaching_round_has_no_test_dialogue(round_):
    assert set(round_.items.values_list("comparison__split", flat=True)) == {"train"}
    assert (round_.item_count, round_.wanted_count) == (6, 6)


def test_a_measuring_round_has_test_dialogues_alone(spec):
    made = make_round(spec(purpose="measure"), by=None)
    assert set(made.items.values_list("comparison__split", flat=True)) == {"test"}


def test_the_worst_are_chosen_and_their_dialogues_come_first(spec):
    Score.objects.filter(comparison__turn__text="customer 2.1").update(final=0.01)
    made = make_round(spec(size=3), by=None)
    texts = [assignment.dialogue.turns.first().text for assignment in Assignment.objects.filter(round=made)]
    assert texts == ["customer 2.0", "customer 0.0"]
    assert made.items.get(comparison__turn__text="customer 2.1").reason == "0.01"


def test_a_random_round_has_as_many_as_were_asked_for(spec):
    made = make_round(spec(order="random", size=4), by=None)
    assert (made.item_count, made.items.filter(stratum="random").count()) == (4, 4)


def test_each_dialogue_has_as_many_assignments_as_the_overlap(spec):
    made = make_round(spec(overlap=3), by=None)
    assert Assignment.objects.filter(round=made).count() == 3 * 3
    assert made.wanted_count == 18


def test_nothing_that_fits_is_said_and_nothing_made(spec):
    with pytest.raises(NothingToReview):
        make_round(spec(kind="cloud"), by=None)
    assert not Assignment.objects.exists()
