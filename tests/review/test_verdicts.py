import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from review.assignment import next_item
from review.models import Seat, Verdict, VerdictRevision
from review.verdicts import SeatLost, record, undo

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.mark.parametrize(
    ("preference", "end", "reference"),
    [("end", True, False), ("reference", False, True), ("tie", True, True), ("both_bad", False, False)],
)
def test_one_key_says_a_preference_and_marks_the_rest_as_default(
    round_, annotator, opinion, preference, end, reference
):
    verdict = record(annotator, next_item(round_, annotator), opinion(preference))
    current = verdict.current
    assert (current.preference, current.end_acceptable, current.reference_acceptable) == (preference, end, reference)
    assert current.acceptable_is_default


def test_the_same_request_twice_is_one_verdict(round_, annotator, opinion):
    item, said = next_item(round_, annotator), opinion()
    assert record(annotator, item, said) == record(annotator, item, said)
    assert VerdictRevision.objects.count() == 1
    round_.refresh_from_db()
    assert round_.verdict_count == 1


def test_a_second_opinion_is_a_revision_not_a_second_verdict(round_, annotator, opinion):
    item = next_item(round_, annotator)
    record(annotator, item, opinion("end"))
    verdict = record(annotator, item, opinion("tie", correction="better so"))
    assert [r.preference for r in verdict.revisions.all()] == ["end", "tie"]
    assert (verdict.current.preference, verdict.current.correction) == ("tie", "better so")
    round_.refresh_from_db()
    assert round_.verdict_count == 1


def test_undo_reopens_the_last_verdict_and_keeps_its_history(round_, annotator, opinion):
    first = next_item(round_, annotator)
    record(annotator, first, opinion("both_bad", note="rude"))
    assert undo(annotator, round_, uuid.uuid4()) == first
    assert next_item(round_, annotator) == first
    verdict = Verdict.objects.get()
    assert (verdict.withdrawn, verdict.current.note, verdict.revisions.count()) == (True, "rude", 2)
    round_.refresh_from_db()
    assert round_.verdict_count == 0


def test_undo_walks_back_into_a_finished_dialogue(round_, annotator, opinion):
    items = []
    for _ in range(3):
        items.append(next_item(round_, annotator))
        record(annotator, items[-1], opinion())
    next_item(round_, annotator)
    undo(annotator, round_, uuid.uuid4())
    assert undo(annotator, round_, uuid.uuid4()) == items[1]
    assert next_item(round_, annotator) == items[1]


def test_undo_sent_twice_withdraws_one(round_, annotator, opinion):
    for _ in range(2):
        record(annotator, next_item(round_, annotator), opinion())
    key = uuid.uuid4()
    assert undo(annotator, round_, key) == undo(annotator, round_, key)
    assert Verdict.objects.standing().count() == 1


def test_undo_without_a_verdict_does_nothing(round_, annotator):
    assert undo(annotator, round_, uuid.uuid4()) is None


def test_who_lost_the_seat_is_told_and_nothing_is_saved(round_, annotator, person, opinion):
    item = next_item(round_, annotator)
    Seat.objects.filter(annotator=annotator).update(leased_until=timezone.now() - timedelta(seconds=1))
    bob = person("bob", "annotator")
    assert next_item(round_, bob) == item
    with pytest.raises(SeatLost):
        record(annotator, item, opinion())
    assert not VerdictRevision.objects.exists()


def test_somebody_elses_key_gives_nothing_away(round_, annotator, person, opinion):
    said = opinion()
    record(annotator, next_item(round_, annotator), said)
    bob = person("bob", "annotator")
    item = next_item(round_, bob)
    assert record(bob, item, opinion(key=uuid.uuid4())).annotator == bob
    assert Verdict.objects.count() == 2
