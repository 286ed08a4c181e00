"""Near-equal questions with different replies are a pair to decide; with replies alike they are duplicates."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from knowledge import live, pairs
from knowledge.models import Clock, Entry, Pair
from knowledge.models.entries import ALL_WORDINGS
from knowledge.pairs import find_pairs
from knowledge.querysets import NotDecided
from knowledge.retrieval.items import Question

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def reply(text, *wordings, **values):
    usual = {"kind": "reply", "source": "page", "language": "zh", "by": None}
    return Entry.objects.add(wordings=wordings, text=text, **(usual | values))


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


def test_what_was_merged_comes_from_the_dialogues_of_all():
    first, second, third = (reply("亲，可以退", text, origin=text) for text in ("怎么退", "能退吗", "可以退吗"))
    for one, other in ((second, third), (first, second)):
        Pair.objects.create(first=one, second=other, kind="duplicate", similarity=1, likeness=1).decide("merge", None)
    first.change(by=None, reason="merged with my own words", text="亲，可以退哦")
    assert set(Entry.objects.origins_of([first.pk])) == {"怎么退", "能退吗", "可以退吗"}
    assert Entry.objects.origins_of([third.pk]) == ["可以退吗"]


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


def test_of_two_who_decide_at_once_the_first_decides(three, manager):
    find_pairs()
    seen, seen_too = (Pair.objects.get(first=three[0], second=three[1]) for _ in range(2))
    seen.decide("first", manager)
    with pytest.raises(NotDecided):
        seen_too.decide("second", manager)
    assert set(Entry.objects.filter(state="active")) == {three[0], three[2]}


def test_two_become_one_with_all_questions(three, manager):
    find_pairs()
    Pair.objects.get(first=three[0], second=three[2]).decide("merge", manager)
    remembering, _ = live.remembering()
    assert remembering.memory.same(Question("怎么退货呢")) == {three[0].pk}
    assert [wording.text for wording in three[0].wordings.all()] == ["怎么退货", "怎么退货呢"]


def test_two_whose_questions_would_not_fit_into_one_entry_are_not_merged(three, manager):
    three[0].change(by=None, wordings=["怎么退货", "退" * (ALL_WORDINGS - 10)])
    find_pairs()
    pair = Pair.objects.get(first=three[0], second=three[2])
    with pytest.raises(NotDecided, match="100000"):
        pair.decide("merge", manager)
    three[0].change(by=None, wordings=["怎么退货", "退" * (ALL_WORDINGS - 20)])
    pair.decide("merge", manager)
    assert len(three[0].wordings.all()) == 3


def test_what_begins_to_be_valid_is_compared_on_that_day(three, monkeypatch):
    tomorrow = timezone.localdate() + timedelta(days=1)
    sale = reply("双十一期间不支持退货", "怎么退货吗")
    sale.change(by=None, valid_from=tomorrow)
    find_pairs()
    assert sale.pk not in {identity for pair in kinds() for identity in pair}
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)
    assert find_pairs() == 3
    assert kinds()[three[0].pk, sale.pk] == "conflict"
    assert find_pairs() == 0


def test_an_empty_memory_has_none():
    assert find_pairs() == 0


def test_what_was_found_follows_the_entries(three):
    find_pairs()
    first, second, third = three
    second.change(by=None, text="亲，7天内都可以退货呢")
    assert find_pairs() == 0
    assert set(kinds().values()) == {"duplicate"}
    second.change(by=None, wordings=["优惠券怎么用"])
    find_pairs()
    assert set(kinds()) == {(first.pk, third.pk)}, "merged, it would answer a question about coupons with returns"


def test_two_that_were_kept_are_asked_about_again_once_they_contradict_each_other(three, manager):
    find_pairs()
    pair = Pair.objects.get(first=three[0], second=three[2])
    pair.decide("both", manager)
    three[2].change(by=None, text="特价商品一律不支持")
    find_pairs()
    assert kinds()[pair.first_id, pair.second_id] == "conflict"


def test_a_contradiction_that_was_kept_is_decided_again_once_a_reply_is_reworded(three, manager):
    find_pairs()
    pair = Pair.objects.get(first=three[0], second=three[1])
    pair.decide("both", manager)
    three[1].change(by=None, valid_until=date(2099, 1, 1))
    find_pairs()
    assert (pair.first_id, pair.second_id) not in kinds(), "the texts are the same"
    three[1].change(by=None, text="特价商品一律支持")  # alike by the scorer, and the opposite
    find_pairs()
    assert kinds()[pair.first_id, pair.second_id] == "conflict"


def test_what_was_decided_about_new_words_is_not_asked_again_once_they_are_compared(three, manager):
    find_pairs()
    three[1].change(by=None, text="特价商品和礼品卡一律不支持")
    Pair.objects.get(first=three[0], second=three[1]).decide("both", manager)
    find_pairs()
    assert (three[0].pk, three[1].pk) not in kinds()


def test_what_was_reworded_is_not_merged_before_it_is_compared(three, manager):
    find_pairs()
    three[2].change(by=None, text="特价商品一律不支持")
    pair = Pair.objects.get(first=three[0], second=three[2])
    with pytest.raises(NotDecided, match="being compared again"):
        pair.decide("merge", manager, Pair.objects.undecided().get(pk=pair.pk).seen)


def test_a_contradiction_stays_to_be_decided_however_many_others_lie_nearer(manager):
    hub = reply("亲，7天内都可以退货哦", "怎么退货")
    for number in range(12):
        reply(f"第{number}种情况一律不支持", "怎么退货")
    find_pairs()
    with_hub = {pair for pair in kinds() if hub.pk in pair}
    assert len(with_hub) == 12
    hub.change(by=None, never_leaves=True)
    find_pairs()
    assert {pair for pair in kinds() if hub.pk in pair} == with_hub


def test_what_somebody_decides_during_a_look_stays_decided(three, monkeypatch):
    find_pairs()
    three[0].change(by=None, text="亲，7天内可以退货哦")
    known = pairs._known

    def decided_meanwhile(changed):
        found = known(changed)
        Pair.objects.filter(kind="duplicate").update(is_decided=True)
        return found

    monkeypatch.setattr(pairs, "_known", decided_meanwhile)
    find_pairs()
    assert "duplicate" not in kinds().values()


def test_what_never_leaves_stays_here_also_where_it_was_merged(three, manager):
    first, _, third = three
    third.change(by=None, never_leaves=True)
    find_pairs()
    Pair.objects.get(first=first, second=third).decide("merge", manager)
    first.refresh_from_db()
    assert first.never_leaves


def test_a_mark_that_comes_later_reaches_what_it_was_merged_into(manager):
    oldest, older, mine = (reply("亲，7天内都可以退货哦", text) for text in ("怎么退货", "怎么退货？", "怎么退货呢"))
    mine.change(by=None, origin="d1")
    find_pairs()
    Pair.objects.get(first=older, second=mine).decide("merge", manager)
    Pair.objects.get(first=oldest, second=older).decide("merge", manager)
    Entry.objects.keep_here(["d1"])
    assert set(Entry.objects.values_list("never_leaves", flat=True)) == {True}


def restored(entry):
    entry.refresh_from_db()
    entry.restore(by=None)
    find_pairs()


def test_the_trail_of_a_merge_outlives_its_pair(three):
    first, _, third = three
    third.change(by=None, origin="d1")
    find_pairs()
    Pair.objects.get(first=first, second=third).decide("merge", None)
    third.change(by=None, state="active", wordings=["优惠券怎么用"])
    find_pairs()
    assert not Pair.objects.filter(first=first, second=third).exists()
    Entry.objects.keep_here(["d1"])
    first.refresh_from_db()
    assert first.never_leaves


def test_the_trail_of_a_merge_is_of_that_entry_alone(three):
    first, second, third = three
    first.change(by=None, reason=f"merged with {third.pk}2")
    second.change(by=None, reason=f"merged with {third.pk}")
    third.change(by=None, reason=f"merged with {third.pk}")
    assert list(Entry.objects.with_questions_of(third)) == [second], "a reason that was typed leads to nothing twice"


def test_the_trail_of_a_merge_is_found_by_an_index(three):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a small table whole, whatever indexes it has")
    assert "entryrevision_reason" in Entry.objects.with_questions_of(three[2]).explain()


def test_what_earlier_releases_decided_by_removing_one_is_asked_again(three, manager):
    find_pairs()
    Pair.objects.get(first=three[1], second=three[2]).decide("both", manager)
    Pair.objects.get(first=three[0], second=three[1]).decide("second", manager)
    Pair.objects.update(is_decided=True)
    import_module("knowledge.migrations.0008_pairs_ask_again").ask_again(apps, None)
    assert Pair.objects.get(is_decided=False).second == three[1]
    three[0].refresh_from_db()
    three[0].restore(by=None)
    assert set(kinds()) == {(three[0].pk, three[1].pk)}


@pytest.mark.parametrize(("act", "gone"), [("first", 1), ("second", 0)])
def test_what_comes_back_is_to_be_decided_again(three, act, gone, manager):
    find_pairs()
    pair = Pair.objects.get(first=three[0], second=three[1])
    pair.decide(act, manager)
    find_pairs()
    restored(three[gone])
    assert kinds()[pair.first_id, pair.second_id] == "conflict"


def test_what_was_merged_and_comes_back_is_to_be_decided_again(three, manager):
    find_pairs()
    pair = Pair.objects.get(first=three[0], second=three[2])
    pair.decide("merge", manager)
    restored(three[2])
    assert kinds()[pair.first_id, pair.second_id] == "duplicate"


def test_two_that_were_both_kept_are_not_asked_about_when_one_comes_back(three, manager):
    find_pairs()
    Pair.objects.get(first=three[0], second=three[1]).decide("both", manager)
    three[1].remove(by=manager)
    find_pairs()
    restored(three[1])
    assert (three[0].pk, three[1].pk) not in kinds()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"language": ""}, "Cannot be merged, since these differ: Language."),
        ({"context": "怎么退货"}, "Cannot be merged, since these differ: What the customer said before."),
        ({"kind": "fact"}, "Cannot be merged, since these differ: Kind."),
        (
            {"valid_from": date(2020, 1, 1), "valid_until": date(2999, 1, 1)},
            "Cannot be merged, since these differ: Valid from, Valid until.",
        ),
    ],
)
def test_only_those_that_answer_when_the_other_does_are_merged(change, why, manager):
    first, second = reply("亲，7天内都可以退货哦", "怎么退货"), reply("亲，7天内都可以退货哦", "怎么退货呢", **change)
    pair = Pair.objects.create(first=first, second=second, kind="duplicate", similarity=1, likeness=1)
    assert pair.hindrance == why
    with pytest.raises(NotDecided, match=why):
        pair.decide("merge", manager)
    assert Entry.objects.filter(state="active").count() == 2
    pair.decide("first", manager)
    assert Entry.objects.get(state="active") == first


def test_two_that_contradict_each_other_are_not_merged(three, manager):
    find_pairs()
    with pytest.raises(NotDecided, match="contradict"):
        Pair.objects.get(first=three[0], second=three[1]).decide("merge", manager)
    assert Entry.objects.filter(state="active").count() == 3


def test_of_what_is_no_longer_valid_nothing_has_to_be_decided(three, monkeypatch):
    today = timezone.localdate()
    three[2].change(by=None, valid_until=today)
    find_pairs()
    assert len(kinds()) == 3
    monkeypatch.setattr(timezone, "localdate", lambda: today + timedelta(days=1))
    assert set(kinds()) == {(three[0].pk, three[1].pk)}
    three[2].change(by=None, valid_until=None)
    find_pairs()
    assert len(kinds()) == 3


def test_what_is_to_begin_later_is_decided_when_it_begins(three, monkeypatch):
    find_pairs()
    tomorrow = timezone.localdate() + timedelta(days=1)
    three[2].change(by=None, valid_from=tomorrow)
    assert set(kinds()) == {(three[0].pk, three[1].pk)}
    find_pairs()
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)
    find_pairs()
    assert len(kinds()) == 3


@pytest.mark.parametrize("act", ["", "all"])
def test_an_unknown_act_decides_nothing(three, act, manager):
    find_pairs()
    pair = Pair.objects.get(first=three[0], second=three[1])
    with pytest.raises(NotDecided):
        pair.decide(act, manager)
    assert len(kinds()) == 3


def test_two_are_as_similar_as_the_nearest_of_their_questions():
    reply("亲，7天内都可以退货哦", "怎么退货", "退货怎么操作呢亲")
    reply("特价商品一律不支持", "怎么退货", "退货怎么操作")
    find_pairs()
    assert Pair.objects.get().similarity == pytest.approx(1, abs=1e-3)
