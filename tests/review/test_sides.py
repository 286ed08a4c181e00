"""Sides, blind rounds and scores after the verdict."""

import pytest
from django.urls import reverse

from review.desk.assignment import next_item
from review.desk.item import Desk, show
from review.desk.sides import choice_of, left_side, preference_of
from review.desk.verdicts import decide, record
from review.models import Round
from tests.build import make_round

pytestmark = pytest.mark.django_db


def test_a_place_and_a_preference_are_each_others_opposite():
    for left in ("end", "reference"):
        for preference in ("end", "reference", "tie", "both_bad"):
            assert preference_of(choice_of(preference, left), left) == preference
    assert (preference_of("left", "reference"), preference_of("right", "reference")) == ("reference", "end")


def test_sides_are_fixed_or_drawn_for_each_person(round_, annotator):
    items = list(round_.items.all())
    assert {left_side(round_, item, annotator.pk) for item in items} == {"end"}
    round_.sides = "random"
    drawn = [[left_side(round_, items[0], person) for person in range(400)] for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert 150 < drawn[0].count("end") < 250


@pytest.fixture
def blind(round_):
    Round.objects.update(blind=True, sides="random")
    round_.refresh_from_db()
    return round_


def test_a_blind_page_gives_nothing_away(as_annotator, blind):
    page = as_annotator.get(reverse("review:desk", args=[blind.pk])).content.decode()
    items = page[page.index('id="items"') : page.index('class="strip"')]
    for secret in ("End model", "Human agent", "v1</span>", 'side end"', 'side human"', "0.10", "data-remembered"):
        assert secret not in items
    for shown in ("Answer A", "Answer B", "A better", "shown after your verdict"):
        assert shown in items


def test_in_a_blind_round_the_correction_starts_where_chance_put_an_answer(blind, annotator):
    items = list(blind.items.all())
    desks = show(blind, items, annotator)
    assert {desk.better for desk in desks} == {"left"}
    assert {left_side(blind, item, annotator.pk) for item in items} == {"end", "reference"}


def test_which_items_are_gold_is_known_only_afterwards(spec, annotator, verdict_input):
    source = make_round(spec(name="source"))
    known = source.items.last()  # the worst is in the round by itself
    record(annotator, known, verdict_input("end"))
    decide(annotator, known, verdict_input("end"))
    round_ = make_round(spec(name="with gold", gold_round=source.pk, gold_count=1, size=1))
    items = list(round_.items.all())
    assert "gold" in {item.stratum for item in items}
    assert {desk.why for desk in show(round_, items, annotator)} == {""}
    gold = round_.items.get(stratum="gold")
    record(annotator, gold, verdict_input("end"))
    assert Desk.at(gold, annotator).why == "gold"


def test_the_verdict_knows_what_was_shown_where(as_annotator, annotator, blind, verdict_input):
    item = next_item(blind, annotator)
    item.round = blind
    left = left_side(blind, item, annotator.pk)
    verdict = record(annotator, item, verdict_input(left))
    assert verdict.current.left_side == left
    assert (verdict.current.scores_seen, verdict.current.after_reveal) == (False, False)
    assert Desk.at(item, annotator).choice == "left"


def test_a_second_look_keeps_both_verdicts_and_marks_the_later(annotator, blind, verdict_input):
    item = next_item(blind, annotator)
    item.round = blind
    record(annotator, item, verdict_input("end"))
    desk = Desk.at(item, annotator)
    assert desk.score is not None
    assert {side.kind for side in desk.sides} == {"end", "human"}
    verdict = record(annotator, item, verdict_input("tie"))
    seen = [(r.preference, r.scores_seen, r.after_reveal) for r in verdict.revisions.all()]
    assert seen == [("end", False, False), ("tie", True, True)]


def test_scores_that_come_after_the_verdict_are_told_beside_the_desk(as_annotator, annotator, round_, verdict_input):
    Round.objects.update(scores="after")
    page = as_annotator.get(reverse("review:desk", args=[round_.pk])).content.decode()
    assert "End model" in page
    assert "0.10" not in page
    item = next_item(round_, annotator)
    item.round.refresh_from_db()
    record(annotator, item, verdict_input())
    assert "0.10" in as_annotator.get(reverse("review:desk", args=[round_.pk])).content.decode()


def test_scores_alongside_are_seen_from_the_start(annotator, round_, verdict_input):
    verdict = record(annotator, next_item(round_, annotator), verdict_input())
    assert (verdict.current.scores_seen, verdict.current.after_reveal) == (True, False)
