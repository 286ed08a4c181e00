import uuid

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from dialogues.models import Comparison, Turn
from review.desk.assignment import next_item
from review.desk.verdicts import record, undo
from review.models import Assignment, Tag, TurnTag, Verdict
from review.rounds.making import NothingToReview
from scoring.models import Score
from tests.build import make_round

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


# --- the filter


def texts_of(made) -> list[str]:
    return list(made.items.order_by("pk").values_list("comparison__turn__text", flat=True))


def test_only_scores_in_a_range_are_chosen(spec):
    scores = sorted(Score.objects.filter(split="train").values_list("final", flat=True))
    made = make_round(spec(low=scores[1], high=scores[3]))
    assert [item.reason for item in made.items.order_by("pk")] == [f"{final:.2f}" for final in scores[1:4]]


def test_the_theta_rule_chooses(spec):
    Score.objects.filter(comparison__turn__text="customer 1.0").update(match_cloud=0.9)
    assert texts_of(make_round(spec(theta_rule=False))) == ["customer 1.0"]
    assert "customer 1.0" not in texts_of(make_round(spec(theta_rule=True)))


def test_a_seed_draws_the_same_again(spec):
    first, second = (texts_of(make_round(spec(order="random", size=3, seed=5))) for _ in range(2))
    assert first == second
    assert any(texts_of(make_round(spec(order="random", size=3, seed=seed))) != first for seed in range(5))


def test_the_most_uncertain_are_those_near_the_threshold_or_near_theta(spec):
    Score.objects.update(final=0.9)
    Score.objects.filter(comparison__turn__text="customer 0.0").update(final=0.49, match_cloud=0.9)
    Score.objects.filter(comparison__turn__text="customer 1.1").update(match_cloud=0.205)
    made = make_round(spec(order="uncertain", size=2))
    assert texts_of(made) == ["customer 1.1", "customer 0.0"]
    reasons = [item.reason for item in made.items.order_by("pk")]
    assert reasons[0].endswith("near Θ")
    assert reasons[1] == "0.49, near the threshold"
    assert {item.stratum for item in made.items.all()} == {"uncertain"}


def test_a_random_slice_is_kept_apart_and_spread(spec):
    made = make_round(spec(size=6, random_share=0.5))
    strata = [item.stratum for item in made.items.order_by("pk")]
    assert strata.count("random") == 3
    assert strata[:2] in (["worst", "random"], ["random", "worst"])


def test_where_score_and_people_disagree(spec, round_, annotator, verdict_input):
    while item := next_item(round_, annotator):
        is_first = item.comparison.turn.text == "customer 0.0"
        record(annotator, item, verdict_input("end" if is_first else "both_bad"))
    finals = dict(Score.objects.values_list("comparison__turn__text", "final"))
    against = {text for text, final in finals.items() if (final >= 0.5) != (text == "customer 0.0")}
    made = make_round(spec(against_people=True))
    assert set(texts_of(made)) == {text for text in against if not text.startswith("customer 3")}


def test_only_turns_of_a_tag_are_chosen(spec):
    tag = Tag.objects.create(name="returns", kind="intent")
    turns = Turn.objects.filter(text__in=["customer 0.1", "customer 2.0"])
    states = zip(turns, ("suggested", "confirmed"), strict=True)
    person = User.objects.create(username="tagger")
    for turn, state in states:
        said = {"by": person, "at": timezone.now()} if state == "confirmed" else {"similarity": 0.9}
        TurnTag.objects.create(turn=turn, tag=tag, kind="intent", state=state, **said)
    for order in ("worst", "random"):
        assert set(texts_of(make_round(spec(order=order, tag=tag.pk)))) == {"customer 0.1", "customer 2.0"}


def test_only_a_share_of_the_dialogues_gets_the_overlap(spec):
    drawn = set()
    for seed in range(12):
        made = make_round(spec(overlap=3, overlap_share=0.5, seed=seed))
        counts = [made.assignments.filter(dialogue=pk).count() for pk in made.items.values_list("dialogue", flat=True)]
        assert made.wanted_count == sum(counts)
        drawn |= set(counts)
    assert drawn == {1, 3}


def test_gold_items_come_from_what_was_decided_or_agreed_on(spec, annotator, person, verdict_input):
    source = make_round(spec(overlap=2, name="source"))
    bob = person("bob", "annotator")
    said = {annotator: ["end", "tie", "both_bad"], bob: ["end", "tie", "end"]}
    for reviewer, preferences in said.items():
        for preference in preferences:
            record(reviewer, next_item(source, reviewer), verdict_input(preference))
    made = make_round(spec(order="random", size=3, gold_round=source.pk, gold_count=2, seed=1))
    gold = made.items.filter(stratum="gold")
    agreed = {"customer 0.0": "end", "customer 0.1": "tie"}
    assert gold.count() <= 2
    assert all(agreed[item.comparison.turn.text] == item.expected for item in gold)
    assert made.items.count() == 3 + gold.count()


# --- identical pairs


@pytest.fixture
def twins(spec):
    """A round in which the first turns of all three dialogues are the same pair."""
    for role, text in (("turn", "same question"), ("end", "same answer"), ("reference", "same reply")):
        for comparison in Comparison.objects.filter(turn__position=0):
            row = getattr(comparison, role)
            type(row).objects.filter(pk=row.pk).update(text=text)
    return make_round(spec(propagates=True))


def test_identical_pairs_are_judged_once_and_the_others_follow(twins, annotator, verdict_input):
    originals = twins.items.filter(same_as=None)
    assert (twins.item_count, originals.count(), twins.wanted_count) == (6, 4, 6)
    given = 0
    while item := next_item(twins, annotator):
        record(annotator, item, verdict_input("tie", note="hm"))
        given += 1
    twins.refresh_from_db()
    assert (given, twins.verdict_count) == (4, 6)
    followers = Verdict.objects.filter(current__propagated=True)
    assert {(v.current.preference, v.current.note) for v in followers} == {("tie", "hm")}
    assert twins.participations.get().verdict_count == 4


def test_what_follows_is_undone_and_changed_with_its_original(twins, annotator, verdict_input):
    first = twins.items.filter(same_as=None, copies__isnull=False).first()
    while (item := next_item(twins, annotator)) != first:
        record(annotator, item, verdict_input())
    before = Verdict.objects.active().count()
    record(annotator, item, verdict_input("end"))
    undo(annotator, twins, uuid.uuid4())
    assert Verdict.objects.active().count() == before
    record(annotator, item, verdict_input("tie"))
    followers = Verdict.objects.active().filter(current__propagated=True)
    assert {verdict.current.preference for verdict in followers} == {"tie"}
    twins.refresh_from_db()
    assert twins.verdict_count == Verdict.objects.active().count()
