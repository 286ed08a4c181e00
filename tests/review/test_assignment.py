import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from review.desk.assignment import next_item
from review.desk.verdicts import record
from review.models import Assignment
from tests.build import make_round

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_the_turns_of_a_dialogue_are_walked_in_order(round_, annotator, verdict_input):
    walked = []
    while item := next_item(round_, annotator):
        walked.append(item.comparison.turn.text)
        record(annotator, item, verdict_input())
    assert walked == [f"customer {i}.{k}" for i in range(3) for k in range(2)]
    assert set(Assignment.objects.values_list("state", flat=True)) == {"done"}


def test_an_assignment_left_half_way_goes_on_where_it_stopped(round_, annotator, verdict_input):
    record(annotator, next_item(round_, annotator), verdict_input())
    assert next_item(round_, annotator).comparison.turn.text == "customer 0.1"
    assert Assignment.objects.filter(state="taken").count() == 1


def test_two_annotators_get_different_dialogues(round_, annotator, person):
    other = person("bob", "annotator")
    assert next_item(round_, annotator).dialogue_id != next_item(round_, other).dialogue_id


def test_with_overlap_both_get_the_same_dialogue_and_a_third_does_not(spec, annotator, person):
    round_ = make_round(spec(overlap=2, size=1), by=None)
    bob, carol = person("bob", "annotator"), person("carol", "annotator")
    assert next_item(round_, annotator) == next_item(round_, bob)
    assert next_item(round_, carol) is None


def test_an_assignment_whose_lease_ran_out_goes_to_the_next_who_asks(spec, annotator, person, verdict_input):
    round_ = make_round(spec(size=2), by=None)
    record(annotator, next_item(round_, annotator), verdict_input())
    Assignment.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    bob = person("bob", "annotator")
    assert next_item(round_, bob).comparison.turn.text == "customer 0.1"
    assert next_item(round_, annotator) is None


def test_who_opens_the_desk_again_has_the_lease_renewed(spec, annotator, person):
    round_ = make_round(spec(size=2), by=None)
    item = next_item(round_, annotator)
    Assignment.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert next_item(round_, annotator) == item
    assert next_item(round_, person("bob", "annotator")) is None


def test_nobody_gets_a_dialogue_twice_through_another_assignment(spec, annotator, person, verdict_input):
    round_ = make_round(spec(size=2, overlap=2), by=None)
    record(annotator, next_item(round_, annotator), verdict_input())
    Assignment.objects.filter(annotator=annotator).update(leased_until=timezone.now() - timedelta(seconds=1))
    Assignment.objects.filter(state="free").update(state="done", annotator=person("carol", "annotator"))
    next_item(round_, person("bob", "annotator"))
    Assignment.objects.filter(state="done").update(state="free", annotator=None)
    assert next_item(round_, annotator) is None


def test_taking_an_assignment_takes_one_in_a_few_statements(round_, annotator, django_assert_num_queries):
    for count in (1, 2):
        with django_assert_num_queries(6):  # with the savepoint around them
            Assignment.objects.take(round_, annotator, timedelta(minutes=1))
        assert Assignment.objects.filter(state="taken").count() == count


def test_the_abandoned_come_first_and_what_was_had_before_is_passed_by(spec, annotator, person, verdict_input):
    round_ = make_round(spec(overlap=2), by=None)
    bob = person("bob", "annotator")
    for _ in range(2):
        record(annotator, next_item(round_, annotator), verdict_input())
    first, second = next_item(round_, bob), next_item(round_, annotator)
    assert first.dialogue_id != second.dialogue_id
    Assignment.objects.filter(annotator=bob).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert next_item(round_, person("carol", "annotator")).dialogue_id == first.dialogue_id


def test_what_becomes_free_again_behind_ones_own_is_still_found(spec, annotator, person, verdict_input):
    round_ = make_round(spec(), by=None)
    bob = person("bob", "annotator")
    freed = next_item(round_, bob).dialogue_id
    seen = set()
    while item := next_item(round_, annotator):
        seen.add(item.dialogue_id)
        record(annotator, item, verdict_input())
    assert freed not in seen
    Assignment.objects.filter(annotator=bob).update(annotator=None, state="free", leased_until=None)
    assert next_item(round_, annotator).dialogue_id == freed


@pytest.mark.parametrize("overlap", [1, 2])
def test_the_next_assignment_is_found_in_the_order_of_an_index(spec, annotator, overlap):
    round_ = make_round(spec(overlap=overlap), by=None)
    next_item(round_, annotator)
    Assignment.objects.filter(annotator=annotator).update(leased_until=timezone.now() - timedelta(seconds=1))
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a small table whole, whatever indexes it has")
    plans = [queryset.explain() for queryset in Assignment.objects.free_for(round_, annotator)]
    assert len(plans) == 3
    for plan in plans:
        assert "USING" in plan.splitlines()[0]
        assert "TEMP B-TREE" not in plan


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_never_share_an_assignment(spec, person, verdict_input):
    """Twelve people, three dialogues, overlap two: each item ends with exactly two verdicts."""
    round_ = make_round(spec(overlap=2), by=None)
    people = [person(f"p{i}", "annotator") for i in range(12)]
    problems = []

    def review(one):
        try:
            while item := next_item(round_, one):
                record(one, item, verdict_input())
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=review, args=[one]) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    round_.refresh_from_db()
    assert round_.verdict_count == round_.wanted_count == 12
    per_item = [item.verdicts.count() for item in round_.items.all()]
    assert per_item == [2] * 6
