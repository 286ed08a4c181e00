"""The figures of a round, against numbers worked by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from dialogues.models import Dialogue
from review.agreement.adjudication import adjudicate
from review.agreement.consensus import UNDECIDED, consensus_of
from review.agreement.of_round import agreement_of
from review.agreement.ratings import ratings_of
from review.models import RoundItem, Tag, TurnTag, VerdictRevision
from tests import build

pytestmark = pytest.mark.django_db


def of_pairs(say, people, items, *pairs):
    """What two people say of the first items."""
    for item, said in zip(items, pairs, strict=False):
        for who, preference in zip(people, said, strict=False):
            say(who, item, preference)


def annotator_figures(round_, who):
    return next(of for of in agreement_of(round_).annotators if of.annotator == who.pk)


def test_a_round_without_verdicts_has_no_figures(overlapping):
    found = agreement_of(overlapping)
    assert (found.figures.items, found.figures.shared, found.annotators, found.versions) == (0, 0, [], [])
    assert {found.figures.percent.value, found.figures.nominal.value, found.figures.win_rate.value} == {None}


def test_one_opinion_an_item_says_nothing_of_agreement(overlapping, say, people, items):
    of_pairs(say, people, items, ["end"], ["tie"])
    figures = agreement_of(overlapping).figures
    assert (figures.items, figures.shared, figures.percent.value, figures.cohen) == (2, 0, None, None)
    assert figures.win_rate.value == 0.75


@pytest.mark.database
def test_agreement_by_hand(overlapping, say, people, items):
    """Two of three agree; p_e = (3 · 3 + 2 · 2 + 1) / 36 by Fleiss, (2 · 1 + 1 · 1) / 9 by Cohen."""
    of_pairs(say, people, items, ["end", "end"], ["reference", "reference"], ["end", "tie"])
    figures = agreement_of(overlapping).figures
    assert (figures.opinions, figures.items, figures.shared) == (6, 3, 3)
    assert figures.percent.value == pytest.approx(2 / 3)
    assert figures.fleiss.value == pytest.approx((2 / 3 - 14 / 36) / (1 - 14 / 36))
    assert figures.cohen == pytest.approx((2 / 3 - 3 / 9) / (1 - 3 / 9))
    assert figures.nominal.value == pytest.approx(1 - 5 * 2 / 22)  # (n - 1) · 2 pairs that differ / (36 - 14)
    assert figures.ordinal.value > figures.nominal.value
    assert (figures.percent.low, figures.percent.high) == (None, None)  # of two dialogues
    pair = figures.pairs[0]
    assert (pair.first, pair.second, pair.items) == (people[0].pk, people[1].pk, 3)


def test_both_bad_has_no_place_in_the_order(overlapping, say, people, items):
    of_pairs(say, people, items, ["end", "end"], ["reference", "reference"], ["both_bad", "end"])
    figures = agreement_of(overlapping).figures
    assert (figures.ordinal.value, figures.ordinal.n) == (1, 2)
    assert figures.nominal.value < 1


@pytest.mark.database
def test_preferences_count_each_item_once(overlapping, say, people, items):
    of_pairs(say, people, items, ["end", "tie", "tie"], ["reference"], ["both_bad"])
    figures = agreement_of(overlapping).figures
    assert figures.win_rate.value == pytest.approx(((1 + 0.5 + 0.5) / 3 + 0 + 0.5) / 3)
    assert {name: share.value for name, share in figures.shares.items()} == pytest.approx(
        {"end": 1 / 9, "tie": 2 / 9, "reference": 1 / 3, "both_bad": 1 / 3}
    )


@pytest.mark.database
def test_what_is_no_opinion_of_its_own_counts_for_nothing(overlapping, say, people, items, manager):
    of_pairs(say, people, items, ["end", "reference"])
    say(people[2], items[0], "tie", propagated=True)
    say(people[2], items[1], "tie", after_reveal=True)
    RoundItem.objects.filter(pk=items[2].pk).update(expected="end", stratum="gold")
    say(people[2], items[2], "tie")
    adjudicate(items[0], manager, "end", "", "6f1c0b52-6f3f-4d0e-9d5c-5f2f3c1f7a11")
    found = agreement_of(overlapping)
    assert (found.figures.opinions, found.figures.items) == (2, 1)
    assert {of.annotator: of.done for of in found.annotators} == {people[0].pk: 1, people[1].pk: 1, people[2].pk: 2}


def test_languages_are_told_apart(overlapping, say, people, items):
    of_pairs(say, people, items, ["end", "end"], ["tie", "tie"], ["end", "tie"])
    assert agreement_of(overlapping).languages == {}
    Dialogue.objects.filter(pk=items[2].dialogue_id).update(language="zh")
    languages = agreement_of(overlapping).languages
    assert {code: figures.percent.value for code, figures in languages.items()} == {
        "zh": 0,
        items[0].dialogue.language: 1,
    }


def test_an_annotator_by_hand(overlapping, say, people, items):
    for item, seconds, minute in zip(items, [0.5, 2, 4, None], [0, 1, 2, 60], strict=False):
        at = datetime(2026, 11, 1, 9, tzinfo=UTC) + timedelta(minutes=minute)
        say(people[0], item, "end", seconds=seconds, created_at=at)
    of_pairs(say, people[1:], items, ["end", "tie"], ["reference"])
    of = annotator_figures(overlapping, people[0])
    assert (of.done, of.per_hour, of.median_seconds) == (4, pytest.approx(60), 2)  # the hour between was a break
    assert (of.hasty.value, of.hasty.n) == (pytest.approx(1 / 3), 3)
    assert (of.agreement.value, of.agreement.n) == (pytest.approx((1 / 2 + 0) / 2), 2)
    assert (of.left, of.pace, of.is_outlier) == (None, None, False)


def test_gold_accuracy(overlapping, say, people, items):
    RoundItem.objects.filter(pk__in=[item.pk for item in items[:3]]).update(expected="end", stratum="gold")
    for item, preference in zip(items, ["end", "end", "tie", "tie"], strict=False):
        say(people[0], item, preference)
    of = annotator_figures(overlapping, people[0])
    assert (of.gold_right, of.gold.n) == (2, 3)


def test_the_left_side_is_looked_at_where_sides_are_random(overlapping, say, people, items):
    type(overlapping).objects.update(sides="random")
    overlapping.refresh_from_db()
    for item, side in zip(items, ["end", "end", "end", "end", "reference"], strict=False):
        say(people[0], item, "end" if side == "end" else "reference", left_side=side)
    say(people[0], items[5], "tie")
    of = annotator_figures(overlapping, people[0])
    assert (of.left.value, of.left.n, of.leans) == (1, 5, True)
    say(people[0], items[0], "reference", left_side="end")
    say(people[0], items[1], "reference", left_side="end")
    of = annotator_figures(overlapping, people[0])
    assert (of.left.value, of.leans) == (pytest.approx(3 / 5), False)


def test_an_unusual_pace_is_named(spec, say, person):
    from tests.build import make_round

    round_ = make_round(spec(overlap=6), by=None)
    hasty = person("hasty", "annotator")
    others = [person(f"p{i}", "annotator") for i in range(5)]
    for item in round_.items.select_related("round"):
        for i, who in enumerate([*others, hasty]):
            say(who, item, "end", seconds=0.3 if who == hasty else 8 + i)
    assert [of.annotator for of in agreement_of(round_).annotators if of.is_outlier] == [hasty.pk]


def test_versions_are_ranked_with_the_reference_between_them(reviewed, overlapping, say, people, items):
    """By hand in Davidson's model: each is as strong as the logarithm of what it won to what it lost, without ties."""
    assert agreement_of(overlapping).versions == []
    other = build.version("v2")
    build.scored(reviewed, other, [0.5] * 8)
    for item in items[:3]:
        theirs = reviewed.comparisons.get(turn=item.comparison.turn_id, kind=item.comparison.kind, version=other)
        RoundItem.objects.filter(pk=item.pk).update(comparison=theirs)
    items = list(overlapping.items.select_related("round", "comparison").order_by("dialogue_id", "position"))
    of_pairs(say, people, items, *[["end", "end", "reference"]] * 3, *[["end", "reference", "reference"]] * 3)
    found = agreement_of(overlapping).versions
    assert [of.version for of in found] == [other.pk, None, items[3].comparison.version_id]
    assert [of.strength.value for of in found] == pytest.approx([0.6931, 0, -0.6931], abs=1e-3)


def test_questions_with_a_confirmed_tag_have_figures_of_their_own(overlapping, say, people, items):
    """Two of three items have the tag; what is only suggested or of another kind makes no slice of it."""
    of_pairs(say, people, items, ["end", "end"], ["end", "tie"], ["tie", "tie"])
    tags = [Tag.objects.create(name=name, kind=kind) for name, kind in (("returns", "intent"), ("shoes", "topic"))]
    for item in items[:2]:
        TurnTag.objects.decide(item.comparison.turn, "intent", tags[0], people[0])
    TurnTag.objects.decide(items[2].comparison.turn, "topic", tags[1], people[0])
    TurnTag.objects.create(turn=items[2].comparison.turn, tag=tags[0], kind="intent", similarity=0.9)
    returns, shoes = agreement_of(overlapping).tags
    assert (returns.kind, returns.name, returns.figures.items, returns.figures.opinions) == ("intent", "returns", 2, 4)
    assert (returns.figures.percent.value, returns.figures.win_rate.value) == (0.5, 0.875)
    assert (shoes.name, shoes.figures.items, shoes.figures.percent.value) == ("shoes", 1, 1.0)


@pytest.mark.database
def test_a_round_is_read_in_three_queries(overlapping, say, people, items, django_assert_num_queries):
    of_pairs(say, people, items, ["end", "tie"], ["end", "end"])
    with django_assert_num_queries(3):  # the newest verdict, all of them, the tags
        agreement_of(overlapping)


# --- consensus


def consensus(round_, items):
    found = consensus_of(ratings_of(round_))
    return dict(zip(found.items.tolist(), found.preferences.tolist(), strict=True)), found


def test_consensus_is_the_decision_else_the_most_probable_else_what_both_say(overlapping, say, people, items, manager):
    of_pairs(
        say, people, items, ["end"] * 3, ["tie", "tie", "end"], ["reference", "reference"], ["end", "tie"], ["end"]
    )
    by_item, found = consensus(overlapping, items)
    assert [by_item[item.pk] for item in items[:5]] == [2, 1, 0, UNDECIDED, 2]
    assert (found.counted().undecided, found.counted().adjudicated) == (1, 0)
    adjudicate(items[0], manager, "both_bad", "", "6f1c0b52-6f3f-4d0e-9d5c-5f2f3c1f7a12")
    adjudicate(items[3], manager, "tie", "", "6f1c0b52-6f3f-4d0e-9d5c-5f2f3c1f7a13")
    by_item, found = consensus(overlapping, items)
    assert [by_item[item.pk] for item in items[:5]] == [3, 1, 0, 1, 2]
    assert found.counted().preferences == {"reference": 1, "tie": 2, "end": 1, "both_bad": 1}
    assert (found.counted().undecided, found.counted().adjudicated) == (0, 2)


@pytest.mark.database
def test_of_two_decisions_the_newest_is_the_consensus(overlapping, say, people, items, manager, person):
    other = person("other", "manager")
    of_pairs(say, people, items, ["end", "tie"])
    for i, (who, preference) in enumerate([(manager, "end"), (other, "tie"), (manager, "reference")]):
        adjudicate(items[0], who, preference, "", f"6f1c0b52-6f3f-4d0e-9d5c-5f2f3c1f7b0{i}")
    assert consensus(overlapping, items)[0] == {items[0].pk: 0}
    assert VerdictRevision.objects.filter(adjudicates=True).count() == 3
