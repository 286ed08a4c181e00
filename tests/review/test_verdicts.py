import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from review.assignment import next_item
from review.models import Assignment, Verdict, VerdictRevision
from review.verdicts import AssignmentLost, record, undo

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.mark.parametrize(
    ("preference", "end", "reference"),
    [("end", True, False), ("reference", False, True), ("tie", True, True), ("both_bad", False, False)],
)
def test_one_key_says_a_preference_and_marks_the_rest_as_default(
    round_, annotator, verdict_input, preference, end, reference
):
    verdict = record(annotator, next_item(round_, annotator), verdict_input(preference))
    current = verdict.current
    assert (current.preference, current.end_acceptable, current.reference_acceptable) == (preference, end, reference)
    assert current.acceptable_is_default


def test_the_same_request_twice_is_one_verdict(round_, annotator, verdict_input):
    item, said = next_item(round_, annotator), verdict_input()
    assert record(annotator, item, said) == record(annotator, item, said)
    assert VerdictRevision.objects.count() == 1
    round_.refresh_from_db()
    assert round_.verdict_count == 1


def test_a_second_verdict_is_a_revision_not_another_row(round_, annotator, verdict_input):
    item = next_item(round_, annotator)
    record(annotator, item, verdict_input("end"))
    verdict = record(annotator, item, verdict_input("tie", correction="better so"))
    assert [r.preference for r in verdict.revisions.all()] == ["end", "tie"]
    assert (verdict.current.preference, verdict.current.correction) == ("tie", "better so")
    round_.refresh_from_db()
    assert round_.verdict_count == 1


@pytest.mark.parametrize("side", ["end", "reference"])
def test_text_equal_to_what_was_offered_is_no_correction(round_, annotator, verdict_input, side):
    item = next_item(round_, annotator)
    offered = getattr(item.comparison, side)
    offered.text = "in stock,\nsent today"
    verdict = record(annotator, item, verdict_input("end", correction=" in stock,\r\nsent today "))
    assert verdict.current.correction == ""


def test_a_correction_is_kept_as_it_was_written(round_, annotator, verdict_input):
    item = next_item(round_, annotator)
    text = f"{item.comparison.reference.text}!"
    assert record(annotator, item, verdict_input("end", correction=text)).current.correction == text


def test_undo_reopens_the_last_verdict_and_keeps_its_history(round_, annotator, verdict_input):
    first = next_item(round_, annotator)
    record(annotator, first, verdict_input("both_bad", note="rude"))
    assert undo(annotator, round_, uuid.uuid4()) == first
    assert next_item(round_, annotator) == first
    verdict = Verdict.objects.get()
    assert (verdict.withdrawn, verdict.current.note, verdict.revisions.count()) == (True, "rude", 2)
    round_.refresh_from_db()
    assert round_.verdict_count == 0


def test_undo_walks_back_into_a_finished_dialogue(round_, annotator, verdict_input):
    items = []
    for _ in range(3):
        items.append(next_item(round_, annotator))
        record(annotator, items[-1], verdict_input())
    next_item(round_, annotator)
    undo(annotator, round_, uuid.uuid4())
    assert undo(annotator, round_, uuid.uuid4()) == items[1]
    assert next_item(round_, annotator) == items[1]


def test_undo_sent_twice_withdraws_one(round_, annotator, verdict_input):
    for _ in range(2):
        record(annotator, next_item(round_, annotator), verdict_input())
    key = uuid.uuid4()
    assert undo(annotator, round_, key) == undo(annotator, round_, key)
    assert Verdict.objects.active().count() == 1


def test_undo_without_a_verdict_does_nothing(round_, annotator):
    assert undo(annotator, round_, uuid.uuid4()) is None


def test_who_lost_the_assignment_is_told_and_nothing_is_saved(round_, annotator, person, verdict_input):
    item = next_item(round_, annotator)
    Assignment.objects.filter(annotator=annotator).update(leased_until=timezone.now() - timedelta(seconds=1))
    bob = person("bob", "annotator")
    assert next_item(round_, bob) == item
    with pytest.raises(AssignmentLost):
        record(annotator, item, verdict_input())
    assert not VerdictRevision.objects.exists()


def test_somebody_elses_key_gives_nothing_away(round_, annotator, person, verdict_input):
    said = verdict_input()
    record(annotator, next_item(round_, annotator), said)
    bob = person("bob", "annotator")
    item = next_item(round_, bob)
    assert record(bob, item, verdict_input(key=uuid.uuid4())).annotator == bob
    assert Verdict.objects.count() == 2
