import pytest

from dialogues.models import Dataset, Dialogue, Turn
from serving.models import Version
from tests import build
from training.labels.few_shot import Example, NearestQuestions, examples_of
from training.labels.prompt import (
    CONVERSATION_TOKENS,
    ROLE,
    default_example_count,
    example_text,
    first_that_fit,
    make_prompt,
    newest_that_fit,
    prompt_name,
    room_for_examples,
)
from training.models import Label

GEMINI, OPENAI, RECORDED = (Version(kind="cloud", model=m) for m in ("gemini:x", "openai:x@http://h", "recorded"))
TWO = [Example("什么时候发货", "亲，今天发", 1), Example("可以退货吗", "亲，可以的", 2)]


def asked(text, dialogue_id=9):
    return Turn(role="customer", text=text, dialogue_id=dialogue_id)


# --- the words


def test_role_then_examples_then_the_conversation():
    head, question = make_prompt(OPENAI, TWO).request([asked("在吗")]).messages
    assert head.role == "system"
    assert head.text.startswith(ROLE)
    assert head.text.endswith("问：什么时候发货\n答：亲，今天发\n\n问：可以退货吗\n答：亲，可以的")
    assert (question.role, question.text) == ("customer", "在吗")


def test_without_examples_the_role_text_stands_alone():
    assert make_prompt(OPENAI, []).request([asked("在吗")]).messages[0].text == ROLE


def test_the_fixed_block_is_the_same_bytes_whatever_is_asked():
    prompt = make_prompt(OPENAI, TWO, NearestQuestions(TWO), 1)
    first, second = (prompt.request([asked(text)]).messages for text in ("发货了吗", "想退货"))
    assert first[0] == second[0]
    assert first[1].role == second[1].role == "system"
    assert ("发货" in first[1].text, "退货" in second[1].text) == (True, True)


def test_an_example_never_carries_anybodys_data():
    assert example_text(Example("电话13800138000", "好，13800138000", 1)) == "问：电话[PHONE_1]\n答：好，[PHONE_1]"


def test_a_name_of_the_prompt_fits_into_its_column():
    assert prompt_name(0) == "table2.1/0"
    assert len(prompt_name(500, 20)) <= 20


# --- how many fit


@pytest.mark.parametrize(("tokens", "count"), [(0, 0), (15, 0), (16, 1), (30, 1), (31, 2), (999, 2)])
def test_examples_are_cut_to_the_tokens_there_are(tokens, count):
    assert [len(example_text(example)) for example in TWO] == [16, 15]
    assert len(first_that_fit(TWO, tokens)) == count


def test_a_window_that_is_told_wins_over_what_its_kind_has(settings):
    assert room_for_examples(OPENAI) < 8_192 < room_for_examples(GEMINI)
    settings.CLOUD_WINDOW_TOKENS = 100_000
    assert room_for_examples(OPENAI) == room_for_examples(GEMINI) < 100_000
    settings.CLOUD_WINDOW_TOKENS = 100
    assert room_for_examples(OPENAI) == 0


def test_the_recorded_teacher_gets_no_examples_by_default():
    assert [default_example_count(v) for v in (GEMINI, OPENAI, RECORDED)] == [500, 500, 0]


def test_of_a_long_conversation_the_newest_turns_stay():
    long = [asked("旧" * CONVERSATION_TOKENS), asked("新" * 10), asked("问")]
    assert newest_that_fit(long) == long[1:]
    assert newest_that_fit(long[:1]) == long[:1]


# --- where examples come from


@pytest.fixture
def shop(db):
    records = [build.record(f"第{i}个问题怎么办", f"亲，答复{i}", split="train") for i in range(20)]
    records += [
        build.record(f"{name}的问题怎么办", "答", split=split) for name, split in (("开发", "dev"), ("测试", "test"))
    ]
    return build.dataset(*records)


def test_examples_come_from_the_train_split_alone(shop):
    found = examples_of(shop, 500)
    assert len(found) == 20
    assert not [e for e in found if "测试" in e.question or "开发" in e.question]


def test_fewer_examples_are_spread_over_the_dataset_and_always_the_same(shop):
    found = examples_of(shop, 5)
    assert [e.question for e in found] == [f"第{i}个问题怎么办" for i in (0, 2, 4, 6, 8)]
    assert examples_of(shop, 5) == found


def test_no_example_is_asked_for_none(shop):
    assert examples_of(shop, 0) == []


def test_accepted_labels_come_first(shop, annotator):
    turn = Turn.objects.get(text="第7个问题怎么办")
    label = {
        "turn": turn,
        "source": "person",
        "origin": "by_hand",
        "author": annotator,
        "dataset": shop,
        "split": "train",
    }
    Label.objects.create(text="更好的答复", text_hash="h", chosen=True, **label)
    found = examples_of(shop, 500)
    assert found[0].answer == "更好的答复"
    assert [e.answer for e in found if e.question == turn.text] == ["更好的答复"]


def test_a_dialogue_that_never_leaves_is_no_example(shop):
    Dialogue.objects.filter(turns__text="第7个问题怎么办").update(never_leaves=True)
    assert "第7个问题怎么办" not in [e.question for e in examples_of(shop, 500)]
    Dataset.objects.update(never_leaves=True)
    assert examples_of(shop, 500) == []


def test_a_pair_of_a_test_dialogue_of_any_dataset_is_no_example(shop):
    pair = build.record("第7个问题怎么办", "亲， 答复7！", split="test")
    shared_question = build.record("第8个问题怎么办", "别的答复", split="test")
    build.dataset(pair, shared_question, name="other")
    questions = [e.question for e in examples_of(shop, 500)]
    assert "第7个问题怎么办" not in questions
    assert "第8个问题怎么办" in questions


def test_the_nearest_question_stands_last_and_never_comes_from_the_same_dialogue():
    pool = NearestQuestions([*TWO, Example("发货了没有", "发了", 3), Example("完全无关", "嗯", 4)])
    assert [e.dialogue_id for e in pool.of("什么时候发货呢", 9, 2)] == [3, 1]
    assert [e.dialogue_id for e in pool.of("什么时候发货呢", 1, 1)] == [3]
    assert NearestQuestions([]).of("在吗", 1, 3) == []
