"""Entries and their revisions, and the memory of a process that follows them."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from knowledge import live
from knowledge.models import Clock, Entry, EntryRevision
from knowledge.retrieval.items import Question

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def reply(text="亲，7天内都可以退哦", *wordings, **values):
    usual = {"kind": "reply", "source": "page", "language": "zh", "text": text, "by": None}
    return Entry.objects.add(wordings=wordings or ["怎么退货"], **(usual | values))


def found(question="怎么退货"):
    remembering, _ = live.remembering()
    return [one.item.reply for one in remembering.memory.find(Question(question))]


def test_every_change_is_a_revision_of_the_memory(manager):
    first, second = reply(), reply("中通", "发什么快递")
    first.change(by=manager, reason="new law", text="亲，15天内都可以退哦")
    first.remove(by=manager, reason="wrong")
    first.remove(by=manager)
    assert Clock.now() == 4
    assert [(r.number, r.entry_id, r.state) for r in EntryRevision.objects.order_by("number")] == [
        (1, first.pk, "active"),
        (2, second.pk, "active"),
        (3, first.pk, "active"),
        (4, first.pk, "removed"),
    ]
    newest = first.revisions.first()
    assert (newest.by, newest.reason) == (manager, "wrong")


def test_a_change_that_fails_changes_nothing():
    entry = reply()
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.change(by=None, valid_from=date(2026, 5, 2), valid_until=date(2026, 5, 1))
    assert (Clock.now(), entry.revisions.count()) == (1, 1)


def test_what_was_changed_is_found_at_the_next_question():
    assert found() == []
    entry = reply()
    assert found() == ["亲，7天内都可以退哦"]
    entry.change(by=None, text="亲，15天内都可以退哦", wordings=["退货流程", "怎样退货"])
    assert found("退货流程") == ["亲，15天内都可以退哦"]
    entry.remove(by=None)
    assert found() == []
    entry.restore(by=None)
    assert found() == ["亲，15天内都可以退哦"]


def test_only_what_is_active_is_remembered():
    reply(state="proposed")
    assert found() == []


def test_entries_hold_from_day_to_day(monkeypatch):
    today = timezone.localdate()
    reply("昨天的", valid_until=today - timedelta(1))
    reply("今天的", valid_from=today, valid_until=today)
    reply("明天的", valid_from=today + timedelta(1))
    assert found() == ["今天的"]
    monkeypatch.setattr(timezone, "localdate", lambda: today + timedelta(1))
    assert found() == ["明天的"]


def test_facts_and_rules_are_notes():
    Entry.objects.add(kind="rule", source="page", text="不要承诺赔偿", by=None)
    fact = Entry.objects.add(kind="fact", source="page", text="签收之日起7天内可以无理由退货", language="zh", by=None)
    remembering, revision = live.remembering()
    assert [note.text for note in remembering.notes.of(Question("我想退货可以吗"))] == ["不要承诺赔偿", fact.text]
    assert (len(remembering.memory), revision) == (0, 2)


def test_the_memory_of_any_revision_can_be_rebuilt():
    entry = reply(origin="d1", never_leaves=True, context="优惠券怎么用")
    entry.change(by=None, text="亲，15天内都可以退哦", wordings=["退货流程"], valid_until=date(2999, 1, 1))
    entry.remove(by=None)
    texts = {
        number: [
            (item.reply, [q.text for q in item.questions]) for item in live.remembering_at(number).memory.items.values()
        ]
        for number in range(4)
    }
    assert texts == {
        0: [],
        1: [("亲，7天内都可以退哦", ["怎么退货"])],
        2: [("亲，15天内都可以退哦", ["退货流程"])],
        3: [],
    }
    item = live.remembering_at(1).memory.items[entry.pk]
    assert (item.origin, item.stays, item.questions[0].context) == ("d1", True, "优惠券怎么用")


def test_a_database_from_a_backup_is_read_anew():
    entry = reply()
    entry.change(by=None, text="亲，15天内都可以退哦")
    assert found() == ["亲，15天内都可以退哦"]
    Entry.objects.update(revision=1, text="亲，7天内都可以退哦")
    Clock.objects.update(revision=1)
    assert found() == ["亲，7天内都可以退哦"]


def test_an_entry_without_a_question_is_found_by_nobody_and_hinders_nobody():
    entry = reply()
    entry.change(by=None, wordings=[])
    assert found() == []
    reply("中通", "怎么退货")
    assert found() == ["中通"]


def test_of_two_who_change_it_at_once_the_second_leaves_what_the_first_has_written(manager):
    entry = reply(state="proposed")
    loaded = Entry.objects.get(pk=entry.pk)
    entry.change(by=manager, text="亲，15天内都可以退哦")
    loaded.restore(by=manager)
    assert found() == ["亲，15天内都可以退哦"]


def test_many_changes_are_read_in_pages(monkeypatch):
    monkeypatch.setattr(live, "PAGE", 2)
    for i in range(5):
        reply(f"reply {i}", f"question {i}", language="")
    assert len(live.remembering()[0].memory) == 5


def test_looking_again_where_nothing_changed_is_one_small_query(django_assert_num_queries):
    reply()
    live.remembering()
    with django_assert_num_queries(1):
        live.remembering()


def test_they_are_found_by_a_text_of_question_or_reply():
    entry = reply("亲，7天内都可以退哦", "怎么退货", "我要退货")
    reply("中通", "发什么快递")
    assert list(Entry.objects.containing("退货")) == [entry]
    assert list(Entry.objects.containing("7天")) == [entry]
