import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from review.desk import verdicts
from review.desk.assignment import next_item
from review.desk.verdicts import AssignmentLost, KeyTaken, Overtaken, record, undo
from review.models import Assignment, Verdict, VerdictRevision
from tests.build import make_round

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


# --- keys of requests


def test_one_key_with_another_opinion_is_a_new_revision(round_, annotator, verdict_input):
    item, said = next_item(round_, annotator), verdict_input("end")
    record(annotator, item, said)
    changed = replace(said, preference="tie", note="hm")
    for _ in range(2):
        assert record(annotator, item, changed).current.note == "hm"
    assert [revision.preference for revision in VerdictRevision.objects.all()] == ["end", "tie"]
    round_.refresh_from_db()
    assert round_.verdict_count == 1


def test_a_request_that_arrives_again_late_takes_nothing_back(round_, annotator, verdict_input):
    item, said = next_item(round_, annotator), verdict_input("end")
    record(annotator, item, said)
    record(annotator, item, replace(said, preference="tie"))
    assert record(annotator, item, said).current.preference == "tie"


def test_one_key_for_two_items_saves_both(round_, annotator, verdict_input):
    said = verdict_input()
    for _ in range(2):
        record(annotator, next_item(round_, annotator), said)
    assert Verdict.objects.active().count() == 2


def test_somebody_elses_key_is_refused(round_, annotator, person, verdict_input):
    said, bob = verdict_input(), person("bob", "annotator")
    record(annotator, next_item(round_, annotator), said)
    with pytest.raises(KeyTaken):
        record(bob, next_item(round_, bob), said)
    with pytest.raises(KeyTaken):
        undo(bob, round_, said.key)
    assert VerdictRevision.objects.count() == 1


def test_who_was_second_with_a_key_sees_what_the_first_wrote(round_, annotator, verdict_input, monkeypatch):
    """As if both had looked for the key before either of them had written it."""
    item, said = next_item(round_, annotator), verdict_input()
    record(annotator, item, said)
    look, looks = verdicts._unused_key, []

    def look_too_early(*asked):
        looks.append(asked)
        return said.key if len(looks) == 1 else look(*asked)

    monkeypatch.setattr(verdicts, "_unused_key", look_too_early)
    assert record(annotator, item, said).current.key == said.key
    assert VerdictRevision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", ["record", "undo"])
def test_many_with_the_same_key_at_once_write_one(round_, annotator, verdict_input, action):
    item, key, problems = next_item(round_, annotator), uuid.uuid4(), []
    record(annotator, item, verdict_input("tie"))
    record(annotator, next_item(round_, annotator), verdict_input("tie"))
    before = VerdictRevision.objects.count()

    def send():
        try:
            undo(annotator, round_, key) if action == "undo" else record(annotator, item, verdict_input(key=key))
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert VerdictRevision.objects.count() == before + 1
    round_.refresh_from_db()
    assert round_.verdict_count == Verdict.objects.active().count()


# --- two tabs


def test_a_verdict_that_does_not_know_the_newest_is_refused(round_, annotator, verdict_input):
    item = next_item(round_, annotator)
    record(annotator, item, verdict_input("end", note="from the first tab", revision=0))
    with pytest.raises(Overtaken, match="end better"):
        record(annotator, item, verdict_input("tie", revision=0))
    known = Verdict.objects.get().current
    assert known.preference == "end"
    assert record(annotator, item, verdict_input("tie", revision=known.pk)).current.preference == "tie"


def test_a_page_that_sends_again_overtakes_nobody(round_, annotator, verdict_input):
    item, said = next_item(round_, annotator), verdict_input("end", revision=0)
    for preference in ("end", "tie", "both_bad"):
        assert record(annotator, item, replace(said, preference=preference)).current.preference == preference


# --- leases that ran out


@pytest.fixture
def bob(person):
    return person("bob", "annotator")


def let_run_out(of):
    Assignment.objects.filter(annotator=of).update(leased_until=timezone.now() - timedelta(seconds=1))


def test_who_comes_back_to_a_dialogue_that_nobody_holds_saves_the_verdict(round_, annotator, bob, verdict_input):
    item = next_item(round_, annotator)
    for one in (annotator, bob):
        let_run_out(one)
        assert next_item(round_, bob) == item
    let_run_out(bob)
    assert record(annotator, item, verdict_input()).assignment.annotator == annotator


def test_a_verdict_given_in_time_does_not_keep_its_author_from_going_on(spec, annotator, bob, verdict_input):
    round_ = make_round(spec(size=2), by=None)
    record(annotator, next_item(round_, annotator), verdict_input())
    let_run_out(annotator)
    second = next_item(round_, bob)
    let_run_out(bob)
    assert next_item(round_, annotator) == second


def test_a_late_undo_leaves_the_item_to_who_has_the_dialogue_now(spec, annotator, bob, verdict_input):
    round_ = make_round(spec(size=2), by=None)
    first = next_item(round_, annotator)
    record(annotator, first, verdict_input())
    let_run_out(annotator)
    second = next_item(round_, bob)
    assert undo(annotator, round_, uuid.uuid4()) == first
    record(bob, second, verdict_input())
    assert next_item(round_, bob) == first


def test_a_late_undo_of_a_dialogue_that_others_finished_gives_it_back(spec, annotator, bob, verdict_input):
    round_ = make_round(spec(size=2), by=None)
    first = next_item(round_, annotator)
    record(annotator, first, verdict_input())
    let_run_out(annotator)
    record(bob, next_item(round_, bob), verdict_input())
    undo(annotator, round_, uuid.uuid4())
    assert next_item(round_, annotator) == first
    record(annotator, first, verdict_input())
    round_.refresh_from_db()
    assert round_.verdict_count == round_.wanted_count
    assert Assignment.objects.get().state == "done"


def test_a_withdrawn_verdict_given_again_counts_for_the_assignment_of_today(spec, annotator, bob, verdict_input):
    round_ = make_round(spec(size=1, overlap=2), by=None)
    item = next_item(round_, annotator)
    record(annotator, item, verdict_input())
    undo(annotator, round_, uuid.uuid4())
    Assignment.objects.filter(annotator=annotator).update(annotator=bob)
    assert next_item(round_, annotator) == item
    record(annotator, item, verdict_input())
    assert next_item(round_, annotator) is None
    assert next_item(round_, bob) == item
