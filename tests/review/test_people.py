"""An annotator's own page, and what managers see of it."""

import pytest
from django.urls import reverse

from review.desk.assignment import next_item, next_items
from review.desk.verdicts import record
from review.models import Assignment, Round
from review.people.fatigue import BLOCK, stretches
from tests.build import make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(spec, annotator, person, verdict_input):
    """A round that two people review, who agree about every second item."""
    round_ = make_round(spec(overlap=2))
    bob = person("bob", "annotator")
    for reviewer in (annotator, bob):
        for i in range(4):
            preference = "tie" if reviewer == bob and i % 2 else "end"
            record(reviewer, next_item(round_, reviewer), verdict_input(preference, seconds=i + 0.5))
    return round_, bob


def test_one_sees_ones_own_figures_and_how_fresh_one_stays(as_annotator, annotator, shared):
    page = as_annotator.get(reverse("review:reviewer", args=[annotator.pk])).content.decode()
    for shown in ("My reviews", "week 47", "My pace and agreement over time", "n = 4", "50%"):
        assert shown in page


def test_a_round_that_is_closed_is_named_without_a_link_to_its_desk(as_annotator, annotator, shared):
    address = reverse("review:reviewer", args=[annotator.pk])
    desk = reverse("review:desk", args=[shared[0].pk])
    assert desk in as_annotator.get(address).content.decode()
    Round.objects.update(is_open=False)
    page = as_annotator.get(address).content.decode()
    assert desk not in page
    assert "week 47" in page


def test_of_others_an_annotator_sees_nothing(as_annotator, shared):
    assert as_annotator.get(reverse("review:reviewer", args=[shared[1].pk])).status_code == 404


def test_a_manager_sees_all_but_what_is_private(as_manager, shared):
    page = as_manager.get(reverse("review:reviewer", args=[shared[1].pk])).content.decode()
    assert "Reviews by bob" in page
    assert "My pace and agreement over time" not in page


def test_a_stretch_has_fifty_verdicts_with_pace_and_agreement(annotator, shared):
    [stretch] = stretches(annotator)
    assert (stretch.first, stretch.last, stretch.shared) == (1, 4, 4)
    assert (stretch.seconds, stretch.agreement) == (2.0, 0.5)
    assert BLOCK == 50


def test_who_has_said_nothing_has_no_stretch(person):
    assert stretches(person("carol", "annotator")) == []


def test_a_manager_frees_what_somebody_holds(as_manager, annotator, round_, verdict_input):
    record(annotator, next_items(round_, annotator, 3)[0], verdict_input())
    page = as_manager.get(reverse("review:reviewer", args=[annotator.pk])).content.decode()
    assert "Release their dialogues" in page
    response = as_manager.post(reverse("review:release", args=[round_.pk, annotator.pk]), follow=True)
    assert "2 dialogues are free for others" in response.content.decode()
    assert not Assignment.objects.filter(annotator=annotator, state="taken").exists()
    assert round_.verdicts.count() == 1
