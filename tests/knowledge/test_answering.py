"""Answers that remember: directly, with examples, or the better of two; the model says what it is told to."""

from dataclasses import replace

import numpy as np
import pytest

from knowledge.retrieval.answering import Use, Used, answer_batch
from knowledge.retrieval.calibration import at_most_wrong
from knowledge.retrieval.items import Item, Note, Question
from knowledge.retrieval.shipped import SCORERS
from knowledge.retrieval.thresholds import UNCALIBRATED, thresholds_of
from scoring.measures.named import identity
from serving.runtimes.protocol import EVALUATION, Message, Reply
from tests.knowledge.items import COUPON, KIDS, RETURNS

NOTHING_NEAR = "您好，请说出您的问题"


class Model:
    """Remembers what it was asked; its prompts may have so many characters."""

    def __init__(self, text: str = NOTHING_NEAR, room: int = 1000):
        self.text, self.room, self.prompts = text, room, []

    def reply_batch(self, conversations, decoding):
        self.prompts += conversations
        return [Reply(self.text, 5.0, 10, 4) for _ in conversations]

    def fits(self, messages, decoding=EVALUATION):
        return sum(len(message.text) for message in messages) <= self.room


def customer(*texts: str) -> list[Message]:
    """A conversation in which the customer begins, and has the last word."""
    return [Message(("customer", "agent")[i % 2], text) for i, text in enumerate(texts)]


def answered(remembering, conversation, model=None, **options):
    model = model or Model()
    plan = remembering.plan(conversation, fits=model.fits, **options)
    return answer_batch(model, [plan], EVALUATION)[0]


def test_the_same_question_is_answered_directly_and_no_model_is_asked(remembering):
    model = Model()
    found = answered(remembering, customer("优惠券怎么用？"), model)
    assert (found.reply.text, found.reply.finish_reason) == (COUPON.reply, "remembered")
    assert found.used == (Used(COUPON.id, Use.DIRECT),)
    assert model.prompts == []


def test_another_question_is_answered_directly_where_the_memory_is_sure(remembering):
    remembering.thresholds = replace(UNCALIBRATED, sure=0.4)
    assert answered(remembering, customer("我想退货可以吗")).used[0].use == Use.DIRECT
    assert answered(remembering, customer("你们几点下班")).used == ()


def test_where_replies_to_the_same_question_contradict_the_model_is_asked(remembering):
    remembering.memory.put([Item(9, (Question("优惠券怎么用"),), "本店没有优惠活动", "zh")])
    model = Model()
    answered(remembering, customer("优惠券怎么用"), model)
    assert len(model.prompts) == 1


def test_of_equal_replies_to_the_same_question_the_newest_is_given(remembering):
    remembering.memory.put([Item(9, (Question("优惠券怎么用"),), "亲，结算时选择优惠券就可以用啦", "zh")])
    assert answered(remembering, customer("优惠券怎么用")).used == (Used(9, Use.DIRECT),)


def test_an_evaluated_question_does_not_see_its_own_notes(remembering):
    assert answered(remembering, customer("优惠券怎么用"), origin="d9").used != (Used(COUPON.id, Use.DIRECT),)
    assert COUPON.id not in [used.id for used in answered(remembering, customer("优惠券能用吗"), origin="d3").used]


def test_a_reply_is_not_said_twice_in_a_conversation(remembering):
    found = answered(remembering, customer("优惠券怎么用", COUPON.reply, "优惠券怎么用"))
    assert found.reply.text != COUPON.reply


def test_the_better_match_is_given(remembering):
    poor = answered(remembering, customer("我想退货可以吗"), Model(NOTHING_NEAR))
    assert poor.used[0].use == Use.BETTER
    assert poor.reply.text in (RETURNS.reply, KIDS.reply)
    assert (poor.reply.latency_ms, poor.reply.tokens_out) == (5.0, 4), "what the model cost is not forgotten"
    good = answered(remembering, customer("我想退货可以吗"), Model("可以的亲，您想退货的话7天内申请退货就可以"))
    assert good.reply.text.startswith("可以的亲")
    assert {used.use for used in good.used} == {Use.EXAMPLE}


def test_a_number_that_nobody_has_said_is_never_the_better_answer(remembering):
    good = "可以的亲，您想退货的话{}天内申请退货就可以"
    said = answered(remembering, customer("我想退货可以吗"), Model(good.format(7)))
    assert said.reply.text == good.format(7), "an entry in its prompt says so"
    invented = answered(remembering, customer("我想退货可以吗"), Model(good.format(30)))
    assert invented.used[0].use == Use.BETTER
    by_customer = answered(remembering, customer("我想退货可以吗 买了30天了"), Model(good.format(30)))
    assert by_customer.reply.text == good.format(30)


def test_what_is_about_something_else_is_not_given_however_poor_the_model_is(remembering):
    assert answered(remembering, customer("你们几点下班"), Model("。")).reply.text == "。"


def test_the_nearest_are_shown_before_the_conversation_the_nearest_last(remembering):
    how = Item(5, (Question("我想要退货"),), "亲，在订单里申请退货就可以啦", "zh", "d5")
    remembering.memory.put([how])
    model = Model()
    answered(remembering, customer("你好", "在的亲", "我想退货"), model)
    prompt = model.prompts[0]
    assert [message.text for message in prompt[-3:]] == ["你好", "在的亲", "我想退货"]
    assert [prompt[1].text, prompt[3].text] == [RETURNS.reply, how.reply]
    assert [message.role for message in prompt] == ["customer", "agent"] * 3 + ["customer"]


def test_what_is_about_something_else_is_not_shown(remembering):
    model = Model()
    answered(remembering, customer("我想退货"), model)
    assert [message.text for message in model.prompts[0]] == ["我要退货", RETURNS.reply, "我想退货"]


def test_nothing_of_the_conversation_is_cut_for_examples(remembering):
    model = Model(room=len("我想退货可以吗") + len("怎么退货") + len(RETURNS.reply) + 3)
    answered(remembering, customer("我想退货可以吗"), model)
    assert len(model.prompts[0]) == 3
    tight = Model(room=7)
    answered(remembering, customer("我想退货可以吗"), tight)
    assert len(tight.prompts[0]) == 1


def test_facts_that_fit_and_rules_come_first(remembering):
    rule, fact = Note(20, "不要承诺赔偿", is_rule=True), Note(21, "签收之日起7天内可以无理由退货", is_rule=False)
    far = Note(22, "默认发中通快递", is_rule=False)
    remembering.notes.put([rule, fact, far])
    model = Model()
    found = answered(remembering, customer("我想退货可以吗"), model)
    system = [message.text for message in model.prompts[0] if message.role == "system"]
    assert set(system) == {rule.text, fact.text}
    assert found.used[0].use == Use.BETTER
    remembering.notes.drop([20, 21, 22])
    assert remembering.notes.of(Question("我想退货可以吗")) == []


def test_what_never_leaves_is_in_no_prompt_that_leaves(remembering):
    private = Item(30, (Question("我要退货吗"),), "亲，您的电话是13912345678", "zh", stays=True)
    remembering.memory.put([private])
    remembering.notes.put([Note(31, "仓库电话13987654321", is_rule=True, stays=True)])
    model = Model()
    answered(remembering, customer("我想退货可以吗"), model, leaves=True)
    assert "139" not in "".join(message.text for message in model.prompts[0])
    answered(remembering, customer("我想退货可以吗"), model)
    assert "13987654321" in "".join(message.text for message in model.prompts[1])


def test_the_threshold_is_the_lowest_that_keeps_wrong_replies_rare():
    sureness = np.linspace(1, 0, 301)
    finals = np.where(np.arange(301) < 150, 0.8, 0.1)
    finals[20] = 0.1  # one wrong among the first hundred and fifty
    found = at_most_wrong(sureness, finals)
    assert found.wrong_share <= 0.01
    assert found.sure == pytest.approx(sureness[149])
    assert found.direct_share == pytest.approx(150 / 301)
    assert at_most_wrong(sureness, finals, least=0.599).sure == pytest.approx(0.6)
    assert at_most_wrong(sureness, np.zeros(301)).sure == 1


def test_the_shipped_thresholds_are_those_of_the_shipped_scorers():
    """Run knowledge.retrieval.shipped again where this fails."""
    assert 0.5 < thresholds_of(*map(identity, SCORERS)).sure < 1
    assert thresholds_of("another", "scorer") == UNCALIBRATED
