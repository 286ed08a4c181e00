"""What a verdict leaves in the memory, for as long as somebody stands by it."""

from itertools import permutations

import pytest

from dialogues.models import Dataset
from knowledge import erasing as memory_parts
from knowledge.models import Clock, Entry, Pair
from review.desk.verdicts import decide, record, take_decision_back, undo
from review.models import RoundItem, Verdict
from review.remembering import OVERRULED
from tests import build
from tests.build import make_round

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(reviewed):
    Dataset.objects.update(remembers_at_once=True)


def judge(person, item, preference="both_bad", **values):
    return record(person, item, build.verdict_input(preference, **values))


def second_item(round_):
    """The second question of the first dialogue."""
    return RoundItem.objects.filter(round=round_, position__gt=0).order_by("id").first()


def active():
    return [entry.text for entry in Entry.objects.filter(state="active").order_by("id")]


@pytest.mark.database
def test_a_correction_is_remembered_with_its_question_and_conversation(annotator, round_):
    item = second_item(round_)
    verdict = judge(annotator, item, correction="within 7 days")
    entry = verdict.entry
    turn, dialogue = item.comparison.turn, item.dialogue
    assert (entry.kind, entry.source, entry.state, entry.text) == ("reply", "verdict", "active", "within 7 days")
    assert [wording.text for wording in entry.wordings.all()] == [turn.text]
    assert entry.context == dialogue.turns.filter(role="customer").order_by("position").first().text
    assert (entry.origin, entry.language, entry.author) == (dialogue.content_hash, dialogue.language, annotator)


def test_it_waits_for_approval_where_its_dataset_says_so(annotator, round_):
    Dataset.objects.update(remembers_at_once=False)
    assert judge(annotator, second_item(round_), correction="within 7 days").entry.state == "proposed"


def test_a_verdict_without_a_reply_leaves_nothing(annotator, round_):
    assert judge(annotator, second_item(round_), "end", note="good").entry is None
    assert Clock.now() == 0


@pytest.mark.database
def test_what_is_taken_back_or_rewritten_is_so_in_the_memory(annotator, round_):
    item = second_item(round_)
    judge(annotator, item, correction="within 7 days")
    verdict = judge(annotator, item, correction="within 15 days")
    assert active() == ["within 15 days"]
    undo(annotator, round_, build.verdict_input().key)
    assert active() == []
    judge(annotator, item, correction="within 7 days")
    assert active() == ["within 7 days"]
    judge(annotator, item, "end")
    assert active() == []
    assert Entry.objects.get() == verdict.entry
    assert [revision.state for revision in verdict.entry.revisions.order_by("number")] == [
        *("active", "active", "removed", "active", "removed")
    ]


# --- entries that were merged


@pytest.fixture
def merged(person, round_):
    """Three people have said the same of three questions; the third entry was merged into the second, that into the
    first. Who said it, and of what."""
    items = RoundItem.objects.filter(round=round_, position=0).order_by("id")[:3]
    people = [person(name, "annotator") for name in ("ann", "bob", "carol")]
    said = list(zip(people, items, strict=True))
    for who, item in said:
        judge(who, item, correction="within 7 days")
    first, second, third = Entry.objects.order_by("id")
    for older, newer in ((second, third), (first, second)):
        pair = Pair.objects.create(first=older, second=newer, kind="duplicate", similarity=1, likeness=1)
        pair.decide("merge", None)
    assert first.wordings.count() == 3
    return said


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_was_merged_stays_as_long_as_one_person_stands_by_any(merged, order):
    for place in order:
        assert active() == ["within 7 days"]
        judge(*merged[place], "end")
    assert active() == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_was_merged_is_left_by_those_who_say_something_else(merged, order):
    for i, place in enumerate(order):
        assert active() == ["within 7 days"] + ["within 9 days"] * i
        judge(*merged[place], correction="within 9 days")
    assert active() == ["within 9 days"] * 3


def test_a_decision_that_is_taken_back_brings_back_what_was_merged(merged, manager):
    (ann, first), (bob, second), (carol, third) = merged
    judge(ann, first, "end")
    judge(carol, third, "end")
    decision(manager, second, "end")
    assert active() == []
    take_back(manager, second)
    assert active() == ["within 7 days"]
    judge(bob, second, "end")
    assert active() == []


def test_an_entry_that_was_erased_is_none(annotator, round_):
    """A copy of the dialogue went, and with it what was learned."""
    item = second_item(round_)
    erased = judge(annotator, item, correction="within 7 days").entry
    memory_parts.erase("", [erased.pk], (), None)
    again = judge(annotator, item, correction="within 15 days").entry
    assert again != erased
    assert [wording.text for wording in again.wordings.all()] == [item.comparison.turn.text]
    assert active() == ["within 15 days"]


@pytest.mark.database
def test_it_stays_as_long_as_one_person_stands_by_it(person, spec):
    round_ = make_round(spec(overlap=2), by=None)
    item, people = second_item(round_), [person(name, "annotator") for name in ("ann", "bob")]
    for who in people:
        judge(who, item, correction="within 7 days")
    assert active() == ["within 7 days"]
    judge(people[0], item, "end")
    assert active() == ["within 7 days"]
    judge(people[1], item, "end")
    assert active() == []
    for who in people:
        judge(who, item, correction="within 7 days")
    assert active() == ["within 7 days"]
    judge(people[0], item, correction="within 9 days")
    judge(people[1], item, correction="within 8 days")
    assert active() == ["within 8 days", "within 9 days"]


def test_an_agents_reply_is_remembered_where_the_round_says_so(annotator, spec):
    judge(annotator, second_item(make_round(spec(), by=None)), "reference")
    assert active() == []
    item = second_item(make_round(spec(teach_preferred=True), by=None))
    judge(annotator, item, "reference")
    assert active() == [item.comparison.reference.text]


def test_nothing_of_a_test_dialogue_is_remembered(annotator, spec):
    round_ = make_round(spec(purpose="measure"), by=None)
    judge(annotator, round_.items.first(), correction="within 7 days")
    assert not Entry.objects.exists()


def test_what_a_test_dialogue_has_as_well_is_not_remembered(annotator, round_):
    turn = second_item(round_).comparison.turn
    build.dataset(build.record(turn.text, "within 7 days", split="test"), name="another")
    judge(annotator, second_item(round_), correction="Within 7 days!")
    assert not Entry.objects.exists()


def test_an_entry_from_a_dialogue_that_never_leaves_never_leaves(annotator, round_):
    item = second_item(round_)
    type(item.dialogue).objects.update(never_leaves=True)
    assert judge(annotator, RoundItem.objects.get(pk=item.pk), correction="within 7 days").entry.never_leaves


@pytest.mark.database
def test_marking_its_dataset_marks_the_entry(annotator, round_):
    entry = judge(annotator, second_item(round_), correction="within 7 days").entry
    dataset = round_.dataset
    dataset.never_leaves = True
    dataset.save()
    entry.refresh_from_db()
    assert entry.never_leaves
    assert not Entry.objects.all_may_leave([entry.pk])
    assert Clock.now() == 2


def test_a_note_does_not_undo_what_a_manager_has_made_of_it(annotator, manager, round_):
    item = second_item(round_)
    entry = judge(annotator, item, correction="within 7 days").entry
    entry.remove(by=manager)
    judge(annotator, item, correction="within 7 days", note="typo")
    assert active() == []
    entry.change(by=manager, state="active", text="within 8 days")
    judge(annotator, item, correction="within 7 days", note="typo mended")
    assert active() == ["within 8 days"]
    judge(annotator, item, correction="within 9 days")
    assert active() == ["within 9 days"]


@pytest.mark.database
def test_the_same_verdict_sent_twice_is_one_entry(annotator, round_):
    said = build.verdict_input("both_bad", correction="within 7 days")
    for _ in range(2):
        record(annotator, second_item(round_), said)
    assert Entry.objects.count() == Clock.now() == 1


# --- what a manager's decision overrules


@pytest.fixture
def two(person, spec):
    """An item for which two people wrote replies of their own, and those people."""
    item = second_item(make_round(spec(overlap=3), by=None))
    ann, bob = person("ann", "annotator"), person("bob", "annotator")
    judge(ann, item, correction="within 7 days")
    judge(bob, item, correction="within 9 days")
    return item, ann, bob


def decision(manager, item, preference="both_bad", correction=""):
    return decide(manager, item, build.verdict_input(preference, correction=correction))


def take_back(manager, item):
    return take_decision_back(manager, item, build.verdict_input().key)


@pytest.mark.parametrize(
    ("preference", "correction", "left"),
    [
        ("both_bad", "within 7 days", ["within 7 days"]),
        ("both_bad", "within 30 days", ["within 30 days"]),
        ("end", "", []),
        ("tie", "", []),
    ],
)
@pytest.mark.database
def test_a_decision_takes_what_it_overrules_out_of_the_memory(manager, two, preference, correction, left):
    item, *_people = two
    decision(manager, item, preference, correction)
    assert active() == left
    gone = Entry.objects.filter(state="removed")
    assert {entry.revisions.order_by("-number").first().reason for entry in gone} == {OVERRULED}
    assert take_back(manager, item)
    assert active() == ["within 7 days", "within 9 days"]
    assert not Verdict.objects.filter(overruled=True).exists()


def test_a_changed_decision_brings_back_what_it_stands_by(manager, person, two):
    item, *_people = two
    decision(manager, item, "end")
    decision(manager, item, correction="within 9 days")
    assert active() == ["within 9 days"]
    decision(person("other", "manager"), item, correction="within 7 days")  # the newest counts
    assert active() == ["within 7 days"]


def test_a_decision_that_was_changed_and_taken_back_leaves_all_as_it_was(manager, two):
    item, *_people = two
    decision(manager, item, correction="within 7 days")
    decision(manager, item, "end")
    take_back(manager, item)
    assert active() == ["within 7 days", "within 9 days"]


def test_who_has_said_something_else_meanwhile_stands_by_nothing(manager, two):
    item, ann, bob = two
    judge(bob, item, correction="within 7 days")
    decision(manager, item, "end")
    judge(ann, item, "end")
    take_back(manager, item)
    assert active() == ["within 7 days"]
    judge(bob, item, "end")
    assert active() == []


def test_an_accepted_reply_stays_where_the_decision_prefers_it(manager, person, spec):
    item = second_item(make_round(spec(overlap=2, teach_preferred=True), by=None))
    judge(person("ann", "annotator"), item, "reference")
    judge(person("bob", "annotator"), item, correction="within 7 days")
    decision(manager, item, "reference")
    assert active() == [item.comparison.reference.text]


@pytest.mark.database
def test_what_is_said_after_the_decision_is_not_remembered_until_it_is_taken_back(manager, two):
    item, ann, _bob = two
    decision(manager, item, "end")
    judge(ann, item, correction="within 5 days")
    assert active() == []
    take_back(manager, item)
    assert active() == ["within 5 days", "within 9 days"]


def test_what_somebody_stands_by_elsewhere_stays(manager, two, spec):
    item, ann, _bob = two
    judge(ann, second_item(make_round(spec(), by=None)), correction="within 7 days")
    decision(manager, item, "end")
    assert active() == ["within 7 days"]


def test_what_was_proposed_or_removed_by_hand_is_so_again(manager, two):
    item, ann, bob = two
    of_ann, of_bob = (Entry.objects.get(verdicts__annotator=who) for who in (ann, bob))
    of_ann.change(by=manager, state="proposed")
    of_bob.remove(by=manager)
    decision(manager, item, "end")
    take_back(manager, item)
    states = [Entry.objects.get(pk=entry.pk).state for entry in (of_ann, of_bob)]
    assert states == ["proposed", "removed"]
