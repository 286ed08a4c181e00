from dataclasses import replace

import pytest

from serving.corpus import Exchange
from serving.redaction import redact
from serving.runtimes import recorded
from serving.runtimes.paraphrasing import paraphrase_request
from serving.runtimes.protocol import CloudProblem, Message
from serving.runtimes.recorded import RecordedRuntime


def exchange(customer, split="train", reply=None):
    reply = reply or f"about {customer}"
    return Exchange("d", "zh", "i", split, (), customer, "shop", f"prompted {reply}", f"bare {reply}", "general")


KNOWN = [
    exchange("可以退货吗？", reply="退货"),
    exchange("我的快递什么时候到？", reply="快递"),
    exchange("Do you ship to Berlin?", reply="Berlin"),
    exchange("保修期是多久呢？", split="test", reply="保修"),
    exchange("有没有小一号的鞋子？", split="dev", reply="鞋子"),
    exchange("我的手机13800138000收不到短信", reply="短信"),
    exchange("给13900139000打电话怎么没人接", split="test", reply="电话"),
]


@pytest.fixture
def remembered(monkeypatch):
    def remember(*known):
        monkeypatch.setattr(recorded, "exchanges", lambda: known)

    remember(*KNOWN)
    return remember


@pytest.fixture
def runtime(remembered):
    return RecordedRuntime()


def said(runtime, question):
    return runtime.reply([Message("customer", question)]).text


def nothing_known(runtime, question):
    with pytest.raises(CloudProblem) as caught:
        said(runtime, question)
    return (caught.value.outcome, caught.value.may_pass) == ("empty", False)


@pytest.mark.parametrize("question", ["可以退货吗？", "可以退货吗", " 可以，退货吗！？ "])
def test_its_own_question_gets_its_own_reply_whatever_the_punctuation(runtime, question):
    assert said(runtime, question) == "prompted 退货"


def test_letters_match_whatever_their_case(runtime):
    assert said(runtime, "DO YOU SHIP TO BERLIN") == "prompted Berlin"


@pytest.mark.parametrize(
    ("question", "topic"),
    [("请问可以退货吗？", "退货"), ("我的快递什么时候能到？", "快递"), ("you ship to Berlin?", "Berlin")],
)
def test_a_near_question_gets_the_reply_to_the_nearest(runtime, question, topic):
    assert said(runtime, question) == f"prompted {topic}"


@pytest.mark.parametrize("question", ["今天天气真好", "zzz", "", "？？"])
def test_where_nothing_near_was_recorded_it_says_so(runtime, question):
    assert nothing_known(runtime, question)


@pytest.mark.parametrize("question", ["保修期是多久？", "有没有小一号鞋子？"])
def test_test_and_dev_questions_are_never_recalled_by_nearness(remembered, question):
    assert nothing_known(RecordedRuntime(), question)
    moved = [exchange(one.customer) for one in KNOWN]
    remembered(*moved)
    assert question[:3] in said(RecordedRuntime(), question)  # near enough, were it not for its split


@pytest.mark.parametrize(("question", "topic"), [("保修期是多久呢？", "保修"), ("有没有小一号的鞋子？", "鞋子")])
def test_test_and_dev_questions_have_their_own_replies(runtime, question, topic):
    assert said(runtime, question) == f"prompted {topic}"


def test_the_bare_style_says_what_the_model_says_without_a_prompt(remembered):
    bare = RecordedRuntime(style="bare")
    assert said(bare, "可以退货吗？") == "bare 退货"
    assert said(bare, "请问可以退货吗？") == "bare 退货"


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("我的手机13800138000收不到短信", "短信"),
        ("为啥我的手机13800138000收不到短信了", "短信"),
        ("给13900139000打电话怎么没人接", "电话"),
    ],
)
def test_a_question_is_recognised_as_it_arrives_which_is_redacted(runtime, question, topic):
    redacted = redact(question).text
    assert "[PHONE_1]" in redacted
    assert said(runtime, redacted) == f"prompted {topic}"


def test_the_last_turn_of_the_customer_is_the_question(runtime):
    conversation = [
        Message("customer", "可以退货吗？"),
        Message("agent", "可以"),
        Message("customer", "我的快递什么时候到？"),
        Message("agent", "可以退货吗？"),
    ]
    assert runtime.reply(conversation).text == "prompted 快递"


def test_a_conversation_without_a_customer_is_known_to_have_no_reply(runtime):
    with pytest.raises(CloudProblem, match="no question like this"):
        runtime.reply([Message("agent", "可以退货吗？")])


def test_a_batch_keeps_the_order(runtime):
    questions = ["我的快递什么时候到？", "请问可以退货吗？"]
    replies = runtime.reply_batch([[Message("customer", question)] for question in questions])
    assert [reply.text for reply in replies] == ["prompted 快递", "prompted 退货"]


def test_an_empty_memory_has_no_reply_to_anything(remembered):
    remembered()
    assert nothing_known(RecordedRuntime(), "可以退货吗？")


def test_asked_for_paraphrases_it_gives_the_recorded_wordings(remembered):
    known = replace(exchange("怎么退货？"), also=("退货怎么弄", "想退货", "能退吗"))
    remembered(known, exchange("在吗"))
    reply = RecordedRuntime().reply(paraphrase_request([Message("customer", "怎么退货")], 2))
    assert reply.text == "退货怎么弄\n想退货"
    with pytest.raises(CloudProblem, match="no other wording"):
        RecordedRuntime().reply(paraphrase_request([Message("customer", "在吗")], 2))
