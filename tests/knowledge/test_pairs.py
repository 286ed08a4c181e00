"""Near-equal questions with different replies are a pair to decide; with replies alike they are duplicates."""

import pytest

from knowledge import live
from knowledge.models import Clock, Entry, Pair
from knowledge.pairs import find_pairs
from knowledge.retrieval.items import Question

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def reply(text, *wordings):
    return Entry.objects.add(wordings=wordings, kind="reply", source="page", language="zh", text=text, by=None)


@pytest.fixture
def three():
    """Two that contradict each other, and one that says the same as the first."""
    return [
        reply("亲，7天内都可以退货哦", "怎么退货"),
        reply("特价商品一律不支持", "怎么退货？"),
        reply("亲，7天内都可以退货的哦", "怎么退货呢"),
    ]


def kinds():
    return {(pair.first_id, pair.second_id): pair.kind for pair in Pair.objects.undecided()}


def test_conflicts_and_duplicates_are_found_once(three):
    first, second, third = (entry.pk for entry in three)
    reply("亲，默认发中通哦", "发什么快递")
    assert find_pairs() == 3
    assert kinds() == {(first, second): "conflict", (first, third): "duplicate", (second, third): "conflict"}
    assert find_pairs() == 0
    assert Clock.objects.get().compared == Clock.now()


def test_a_later_change_is_compared_with_all(three):
    find_pairs()
    Pair.objects.all().delete()
    three[1].change(by=None, text="亲，7天内都能退货哦")
    assert find_pairs() == 2
    assert set(kinds().values()) == {"duplicate"}


def test_one_of_the_two_is_kept(three, manager):
    find_pairs()
    pair = Pair.objects.get(first=three[0], second=three[1])
    pair.decide("second", manager)
    three[0].refresh_from_db()
    assert three[0].state == "removed"
    assert kinds() == {(three[1].pk, three[2].pk): "conflict"}, "of what is removed nothing has to be decided"
    assert three[0].revisions.first().by == manager


def test_both_are_kept_and_it_is_not_asked_again(three, manager):
    find_pairs()
    for pair in Pair.objects.undecided():
        pair.decide("both", manager)
    assert kinds() == {}
    three[0].change(by=None, text="亲，7天内可以退货哦")
    assert find_pairs() == 0
    assert Entry.objects.filter(state="active").count() == 3


def test_two_become_one_with_all_questions(three, manager):
    find_pairs()
    Pair.objects.get(first=three[0], second=three[2]).decide("merge", manager)
    remembering, _ = live.remembering()
    assert remembering.memory.same(Question("怎么退货呢")) == {three[0].pk}
    assert [wording.text for wording in three[0].wordings.all()] == ["怎么退货", "怎么退货呢"]


def test_an_empty_memory_has_none():
    assert find_pairs() == 0
