import random
from collections import Counter

import pytest
from sklearn.metrics import accuracy_score, f1_score

from dialogues.models import Turn
from review.models import TurnTag
from review.tags.accuracy import ENOUGH, accuracy, accuracy_of, decided_pairs, macro_f1
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.mark.parametrize("seed", range(5))
def test_they_are_those_of_scikit_learn(seed):
    draw = random.Random(seed)
    pairs = [(draw.randrange(4), draw.choice([0, 1, 2, 5, None])) for _ in range(60)]
    counted = Counter(pairs)
    suggested, said = ([-1 if tag is None else tag for tag in column] for column in zip(*pairs, strict=True))
    labels = sorted({*suggested, *said} - {-1})
    assert accuracy(counted) == pytest.approx(accuracy_score(said, suggested))
    expected = f1_score(said, suggested, labels=labels, average="macro", zero_division=0)
    assert macro_f1(counted) == pytest.approx(expected)


def test_by_hand():
    pairs = {(1, 1): 3, (1, 2): 1, (2, 2): 2, (2, None): 2}
    assert accuracy(pairs) == 5 / 8
    assert macro_f1(pairs) == pytest.approx((6 / 7 + 4 / 7) / 2)


def test_what_was_suggested_is_compared_with_what_people_said(asked, returns, shipping, make_tag, say, annotator):
    first, second, third, fourth, fifth = Turn.objects.open_in(asked)
    say(first, returns, returns, annotator)
    say(second, returns, shipping, annotator)
    say(third, shipping, None, annotator)
    TurnTag.objects.decide(fourth, "intent", shipping, annotator)  # nothing was suggested
    TurnTag.objects.create(turn=fifth, tag=returns, kind="intent", similarity=0.9)  # nobody has decided
    say(fifth, make_tag("delivery", kind="topic"), None, annotator)
    assert decided_pairs("intent") == {
        (returns.pk, returns.pk): 1,
        (returns.pk, shipping.pk): 1,
        (shipping.pk, None): 1,
    }


def test_who_changes_their_mind_counts_once(asked, returns, shipping, say, annotator):
    turn = Turn.objects.open_in(asked)[0]
    say(turn, returns, shipping, annotator)
    TurnTag.objects.decide(turn, "intent", returns, annotator)
    assert decided_pairs("intent") == {(returns.pk, returns.pk): 1}


def test_below_twenty_nothing_is_said(make_tag, say, annotator, django_assert_num_queries):
    tag = make_tag("returns")
    shop = build.shop(splits=["train"] * ENOUGH)
    *most, last = Turn.objects.open_in(shop)
    for turn in most:
        say(turn, tag, tag, annotator)
    assert (accuracy_of("intent").n, accuracy_of("intent").accuracy) == (19, None)
    say(last, tag, None, annotator)
    with django_assert_num_queries(1):
        found = accuracy_of("intent")
    assert (found.n, found.accuracy, found.macro_f1) == (20, 0.95, pytest.approx(38 / 39))
