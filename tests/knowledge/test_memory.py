"""What the memory finds, with the scorers that ship."""

from dataclasses import replace

import pytest

from knowledge.retrieval.items import Item, Question
from knowledge.retrieval.memory import Memory
from serving.runtimes.protocol import Message
from tests.knowledge.items import COUPON, ENGLISH, KIDS, RETURNS


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


def test_a_reply_is_surer_the_more_others_speak_for_it(shipped):
    asked = Question("发什么快递")
    usual = Item(2, (Question("发什么快递的呀"),), "亲，默认发中通快递哦")
    same = Item(3, (Question("请问发什么快递"),), "亲，默认都是发中通快递的")
    other = Item(4, (Question("请问发什么快递"),), "亲，我们今天放假哦")

    def sureness(*items):
        made = shipped.memory(items)
        found = made.find(asked)
        first = next(one for one in found if one.item == usual)
        return made.sureness(asked, [first, *(one for one in found if one != first)])

    assert sureness(usual) < sureness(usual, other) < sureness(usual, same)


def test_a_scorer_that_reads_both_texts_at_once_has_no_vectors_of_questions(memory, shipped):
    class Together:
        score = staticmethod(shipped.match.score)

        def turn_vectors(self, turns):
            return None

    plain = Memory(shipped.similarity.encoder, Together())
    plain.put(memory.items.values())
    asked = Question("我想退货")
    assert ids(plain.find(asked))[0] == ids(memory.find(asked))[0] == RETURNS.id
    assert plain.find(asked)[0].likeness != memory.find(asked)[0].likeness


def test_many_wordings_are_bounded(shipped, monkeypatch):
    """Which reply to expect is told by the nearest wordings alone."""
    items = [Item(i, tuple(Question(f"发什么快递{'呀' * k}") for k in range(6)), f"reply {i}") for i in range(4)]
    made = shipped.memory(items)
    full = made.find(Question("发什么快递"))
    monkeypatch.setattr("knowledge.retrieval.memory.WORDINGS", 4)
    assert [one.likeness for one in made.find(Question("发什么快递"))] != [one.likeness for one in full]


def test_an_empty_memory_finds_nothing(shipped):
    assert shipped.memory([]).find(Question("怎么退货")) == []
