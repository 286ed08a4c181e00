"""Giving a dialogue back, putting it off, and why nothing is left."""

import pytest
from django.urls import reverse

from review.desk.assignment import next_item, next_items
from review.desk.nothing_left import NothingLeft
from review.desk.skipping import defer, skip
from review.desk.verdicts import record
from review.models import Assignment, Skip
from tests.build import make_round

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def walked(round_, annotator, verdict_input) -> list[int]:
    """Dialogues in the order in which the annotator gets them to the end."""
    seen = []
    while item := next_item(round_, annotator):
        seen.append(item.dialogue_id)
        record(annotator, item, verdict_input())
    return list(dict.fromkeys(seen))


def test_what_is_skipped_goes_to_another_and_does_not_come_back(round_, annotator, person, verdict_input):
    item = next_item(round_, annotator)
    record(annotator, item, verdict_input())
    second = next_item(round_, annotator)
    for _ in range(2):
        skip(second, annotator, "unclear", "which size?")
    assert Skip.objects.get().note == "which size?"
    assert second.dialogue_id not in walked(round_, annotator, verdict_input)
    assert next_item(round_, person("bob", "annotator")) == second  # behind the turn that has its verdict


def test_what_is_deferred_comes_after_everything_else(round_, annotator, verdict_input):
    first = next_item(round_, annotator)
    defer(first, annotator)
    order = walked(round_, annotator, verdict_input)
    assert order[-1] == first.dialogue_id
    assert len(order) == 3


def test_the_lookahead_passes_by_what_is_deferred(round_, annotator):
    first = next_item(round_, annotator)
    defer(first, annotator)
    ahead = next_items(round_, annotator, 3)
    assert first.dialogue_id not in {item.dialogue_id for item in ahead}


def test_a_skip_needs_a_reason(as_annotator, round_, annotator):
    item = next_item(round_, annotator)
    url = reverse("review:skip", args=[round_.pk, item.pk])
    as_annotator.post(url, {"reason": "lazy"})
    assert not Skip.objects.exists()
    page = as_annotator.get(reverse("review:desk", args=[round_.pk])).content.decode()
    assert "Say why you skip" in page
    as_annotator.post(url, {"reason": "broken"})
    assert Skip.objects.get().reason == "broken"
    assert not Assignment.objects.filter(dialogue=item.dialogue_id, annotator=annotator).exists()


def test_later_is_a_button_as_well(as_annotator, round_, annotator):
    item = next_item(round_, annotator)
    as_annotator.post(reverse("review:defer", args=[round_.pk, item.pk]))
    assert next_item(round_, annotator).dialogue_id != item.dialogue_id


# --- why nothing is left


def test_who_has_what_is_left_is_named_with_the_time(as_annotator, spec, person):
    round_ = make_round(spec(size=2), by=None)
    next_item(round_, person("bob", "annotator"))
    page = as_annotator.get(reverse("review:desk", args=[round_.pk])).content.decode()
    assert "Others are at work on what is left" in page
    assert "bob, until " in page
    assert "Every verdict" not in page


def test_what_others_have_to_judge_is_said_to_be_free(spec, annotator, verdict_input):
    round_ = make_round(spec(size=2, overlap=2), by=None)
    walked(round_, annotator, verdict_input)
    left = NothingLeft.of(round_, annotator)
    assert (left.is_done, left.is_capped, left.leased) == (False, True, [])


def test_a_finished_round_is_done(as_annotator, round_, annotator, verdict_input):
    walked(round_, annotator, verdict_input)
    page = as_annotator.get(reverse("review:desk", args=[round_.pk])).content.decode()
    assert "This round has all its verdicts" in page
