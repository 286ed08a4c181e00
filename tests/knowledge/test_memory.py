"""What the memory finds, with the scorers that ship."""

from dataclasses import replace

import pytest

from knowledge.retrieval.items import Item, Question
from serving.runtimes.protocol import Message
from tests.knowledge.conftest import COUPON, ENGLISH, KIDS, RETURNS


def ids(found):
    return [one.item.id for one in found]


def test_the_same_question_comes_first(memory):
    best = memory.find(Question("我要退货！"))[0]
    assert (best.item, best.question.text) == (RETURNS, "我要退货")
    assert best.similarity > 0.95


def test_only_what_is_in_the_language_of_the_question_is_found(memory):
    assert ids(memory.find(Question("How do I return it?"))) == [ENGLISH.id]
    assert ENGLISH.id not in ids(memory.find(Question("怎么退货")))
    assert len(memory.find(Question("???"))) == 4


def test_a_follow_up_is_looked_up_with_its_conversation(memory):
    """Alone, “and for kids” asked about coupons finds the kids' returns; with what was asked before it does not."""
    follow_up = Question("童装呢", "优惠券怎么用")
    assert memory.find(Question(follow_up.text))[0].item == KIDS
    alone, in_its_conversation = (
        next(one.similarity for one in memory.find(asked) if one.item == KIDS)
        for asked in (Question("童装呢", "怎么退货"), follow_up)
    )
    assert alone > 0.95
    assert in_its_conversation < 0.8


def test_the_question_of_a_conversation_is_its_last_customer_turn():
    said = [Message("customer", "怎么退货"), Message("agent", "7天内"), Message("customer", "童装呢")]
    assert Question.of(said) == Question("童装呢", "怎么退货")
    with pytest.raises(ValueError, match="nobody asks"):
        Question.of([Message("agent", "在吗")])


def test_nobody_grades_their_own_notes(memory):
    hidden = memory.hidden_for(Question("优惠券 怎么用？"), "d1")
    assert hidden == {RETURNS.id, COUPON.id}
    assert ids(memory.find(Question("怎么退货"), hidden)) == [KIDS.id]


def test_what_was_dropped_is_gone(memory):
    memory.drop([RETURNS.id, 99])
    assert RETURNS.id not in ids(memory.find(Question("怎么退货")))
    assert memory.same(Question("怎么退货")) == set()
    assert memory.hidden_for(Question("x"), "d1") == set()


def test_what_is_put_again_replaces(memory):
    memory.put([replace(RETURNS, reply="亲，15天内可以退哦", questions=(Question("退货怎么弄"),))])
    assert len(memory) == 4
    assert memory.find(Question("退货怎么弄"))[0].item.reply == "亲，15天内可以退哦"
    assert memory.same(Question("怎么退货")) == set()


def test_many_are_put_in_batches_and_reported(shipped):
    told = []
    made = shipped.memory([])
    made.put((Item(i, (Question(f"question {i}"),) * 3, f"reply {i}") for i in range(400)), told.append)
    assert len(made) == 400
    assert told[-1] == 400
    assert len(told) > 2


def test_a_reply_that_others_agree_with_is_preferred(shipped):
    """Of two replies to nearly the same questions, the one that a third confirms."""
    odd = Item(1, (Question("发什么快递呀"),), "亲，我们今天放假哦")
    usual = Item(2, (Question("发什么快递的呀"),), "亲，默认发中通快递哦")
    third = Item(3, (Question("请问发什么快递"),), "亲，默认都是发中通快递的")
    found = shipped.memory([odd, usual, third]).find(Question("发什么快递"))
    assert ids(found)[-1] == odd.id
    assert shipped.memory([odd]).find(Question("发什么快递"))[0].agreement == 0


def test_an_empty_memory_finds_nothing(shipped):
    assert shipped.memory([]).find(Question("怎么退货")) == []
