import uuid

import pytest
from django.db import IntegrityError, transaction

from ecc_site.core.keyset import keyset_page
from review.agreement.adjudication import adjudicate, adjudication_queue, disagreements, disputes_of
from review.desk.assignment import next_item
from review.desk.disputes import mark_disputes
from review.desk.verdicts import KeyTaken, record, take_decision_back, undo
from review.erasing import erase
from review.models import Assignment, Verdict, VerdictRevision

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def disputed(items, people, say):
    """The first item, of which two people say different things."""
    say(people[0], items[0], "end")
    say(people[1], items[0], "reference", note="rude")
    return items[0]


def decision(item, manager, preference="tie", correction="", key=None):
    return adjudicate(item, manager, preference, correction, key or uuid.uuid4())


def test_items_about_which_people_differ_are_disagreements(overlapping, items, people, say, disputed):
    for who in people[:2]:
        say(who, items[1], "tie")
    say(people[0], items[2], "end")
    assert list(disagreements(overlapping)) == list(adjudication_queue(overlapping)) == [disputed]


@pytest.mark.parametrize("how", ["withdrawn", "propagated", "changed"])
def test_what_is_no_opinion_any_more_makes_no_disagreement(overlapping, people, say, disputed, how):
    if how == "withdrawn":
        undo(people[1], overlapping, uuid.uuid4())
    elif how == "propagated":
        VerdictRevision.objects.filter(verdict__annotator=people[1]).update(propagated=True)
        mark_disputes(overlapping, [disputed.pk])
    else:
        say(people[1], disputed, "end")
    assert not disagreements(overlapping).exists()


def test_disagreements_come_in_pages(overlapping, items, people, say):
    for item in items:
        say(people[0], item, "end")
        say(people[1], item, "tie")
    found, cursor = [], ""
    while cursor or not found:
        page = keyset_page(disagreements(overlapping), ("pk",), cursor, size=4)
        found, cursor = [*found, *page.rows], page.next_cursor
    assert found == sorted(items, key=lambda item: item.pk)


def test_a_dispute_has_what_each_said_in_one_query(people, say, items, disputed, django_assert_num_queries):
    say(people[0], items[1], "end")
    say(people[1], items[1], "both_bad")
    with django_assert_num_queries(1):
        first, second = disputes_of([disputed, items[1]])
        said = [(str(v.annotator), v.current.preference, v.current.note) for v in first.verdicts]
    assert said == [("ann", "end", ""), ("bob", "reference", "rude")]
    assert (len(second.verdicts), first.decision) == (2, None)


def test_a_decision_settles_and_is_no_verdict_that_was_wanted(overlapping, disputed, manager):
    verdict = decision(disputed, manager, "reference", "better so")
    overlapping.refresh_from_db()
    assert (overlapping.verdict_count, verdict.assignment, verdict.adjudicates) == (2, None, True)
    assert (verdict.current.correction, verdict.current.adjudicates) == ("better so", True)
    assert not Assignment.objects.filter(annotator=manager).exists()
    assert not adjudication_queue(overlapping).exists()
    dispute = disputes_of(disagreements(overlapping))[0]
    assert (dispute.decision, len(dispute.verdicts)) == (verdict, 2)


def test_the_same_decision_sent_twice_is_one(disputed, manager):
    key = uuid.uuid4()
    assert decision(disputed, manager, key=key) == decision(disputed, manager, key=key)
    assert VerdictRevision.objects.filter(adjudicates=True).count() == 1


def test_a_manager_may_decide_anew_and_the_newest_decision_counts(person, overlapping, disputed, manager):
    decision(disputed, manager, "tie")
    decision(disputed, person("other", "manager"), "both_bad")
    assert disputes_of([disputed])[0].decision.current.preference == "both_bad"
    decision(disputed, manager, "end")
    assert disputes_of([disputed])[0].decision.current.preference == "end"
    overlapping.refresh_from_db()
    assert overlapping.verdict_count == 2


def test_somebody_elses_key_is_refused(people, disputed, manager):
    key = Verdict.objects.get(annotator=people[0]).current.key
    with pytest.raises(KeyTaken):
        decision(disputed, manager, key=key)


def test_what_a_manager_said_at_the_desk_settles_too(overlapping, manager, say, disputed):
    say(manager, disputed, "tie")
    assert list(disagreements(overlapping)) == [disputed]
    assert not adjudication_queue(overlapping).exists()


def test_a_gold_item_waits_for_nobody(overlapping, people, say, disputed):
    overlapping.items.filter(pk=disputed.pk).update(expected="end")
    say(people[0], disputed, "tie")
    assert list(disagreements(overlapping)) == [disputed]
    assert not adjudication_queue(overlapping).exists()


def test_a_managers_own_verdict_may_become_the_decision_and_counts_as_before(overlapping, manager, say, disputed):
    own = say(manager, disputed, "tie")
    assert decision(disputed, manager, "end") == own
    overlapping.refresh_from_db()
    own.refresh_from_db()
    assert (overlapping.verdict_count, own.assignment.annotator, own.adjudicates) == (3, manager, True)


def test_the_desk_takes_no_decision_back(overlapping, manager, disputed):
    decision(disputed, manager)
    assert undo(manager, overlapping, uuid.uuid4()) is None
    assert Verdict.objects.active().get(annotator=manager).adjudicates


def test_a_decision_after_an_undo_leaves_the_place_to_others(overlapping, manager, say, disputed):
    say(manager, disputed, "tie")
    undo(manager, overlapping, uuid.uuid4())
    assert decision(disputed, manager, "end").assignment is None
    overlapping.refresh_from_db()
    assert overlapping.verdict_count == 2


def test_the_dialogue_of_a_decision_is_not_offered_to_the_manager(overlapping, manager, disputed):
    decision(disputed, manager)
    assert next_item(overlapping, manager).dialogue_id != disputed.dialogue_id


def test_who_decided_and_then_reviews_counts_and_still_decides(
    overlapping, manager, say, items, disputed, verdict_input
):
    say(manager, items[1], "tie")  # of the same dialogue, so that the manager has its assignment
    decision(disputed, manager, "end")
    verdict = record(manager, disputed, verdict_input("both_bad"))
    overlapping.refresh_from_db()
    assert (overlapping.verdict_count, verdict.assignment.annotator) == (4, manager)
    assert disputes_of([disputed])[0].decision.current.preference == "both_bad"


def test_only_a_decision_needs_no_assignment(people, disputed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Verdict.objects.filter(annotator=people[0]).update(assignment=None)


def test_erasing_a_dialogue_erases_its_decisions_and_counts_right(overlapping, manager, disputed):
    decision(disputed, manager)
    erase(disputed.dialogue)
    overlapping.refresh_from_db()
    assert (overlapping.verdict_count, Verdict.objects.count()) == (0, 0)


# --- taking a decision back


def test_a_decision_that_is_taken_back_waits_again(overlapping, disputed, manager, person):
    decision(disputed, manager)
    key = uuid.uuid4()
    assert not take_decision_back(person("other", "manager"), disputed, uuid.uuid4())
    for _ in range(2):
        assert take_decision_back(manager, disputed, key)
    assert list(adjudication_queue(overlapping)) == [disputed]
    assert disputes_of([disputed])[0].decision is None
    assert [r.withdrawn for r in VerdictRevision.objects.filter(verdict__annotator=manager).order_by("pk")] == [
        False,
        True,
    ]
    assert decision(disputed, manager, "end").adjudicates


def test_what_a_manager_had_said_at_the_desk_stays_when_the_decision_is_taken_back(overlapping, manager, say, disputed):
    own = say(manager, disputed, "tie")
    decision(disputed, manager, "end")
    assert take_decision_back(manager, disputed, uuid.uuid4())
    own.refresh_from_db()
    overlapping.refresh_from_db()
    assert (own.withdrawn, own.adjudicates, own.current.preference, overlapping.verdict_count) == (
        False,
        False,
        "end",
        3,
    )
