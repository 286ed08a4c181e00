"""Numbers go through a model as single tokens, where its tokenizer has slots for them."""

import pytest
from transformers import AutoTokenizer

from serving.runtimes.numbers import SLOTS, Numbers, invented, numbers_in, slots_of
from serving.runtimes.prompt import encode_prompt, encode_text
from serving.runtimes.protocol import Message
from training.ml.examples import Example, encode

ORDER, DATE = "202611280012345678", "2026-11-28"
ASKED = [
    Message("customer", f"订单{ORDER}到哪了"),
    Message("agent", "请稍等"),
    Message("customer", f"{DATE}前能到吗 {ORDER}"),
]


@pytest.fixture
def plain(tiny_models):
    return AutoTokenizer.from_pretrained(tiny_models["qwen3"])


@pytest.fixture
def tokenizer(tiny_models):
    made = AutoTokenizer.from_pretrained(tiny_models["qwen3"])
    made.add_special_tokens({"additional_special_tokens": list(SLOTS)}, replace_extra_special_tokens=False)
    return made


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("订单202611280012345678，59.9元", ["202611280012345678", "59.9"]),
        ("1,299 yuan on 2026-11-28 at 20:30.", ["1,299", "2026-11-28", "20:30"]),
        ("第3件，第4件。", ["3", "4"]),
        ("没有数字 XL", []),
    ],
)
def test_numbers_are_found_whole(text, numbers):
    assert numbers_in(text) == numbers


def test_a_number_that_occurs_in_no_input_is_invented():
    assert invented(f"订单{ORDER}在7天内到", [m.text for m in ASKED]) == ["7"]
    assert invented("12345", ["123456"]) == ["12345"], "a part of a number is another number"


def test_each_number_is_one_token_and_comes_back(tokenizer):
    numbers = Numbers.of(tokenizer, ASKED)
    ids = encode_prompt(tokenizer, ASKED, 1000)
    slots = [token for token in ids if token in slots_of(tokenizer)]
    assert len(slots) == 3
    assert slots[0] == slots[2] != slots[1], "the same number is the same token"
    reply = f"亲，订单{ORDER}会在{DATE}前送到，请放心"
    written = encode_text(tokenizer, reply, numbers)
    assert len(written) < len(reply)
    assert numbers.decode(written, lambda part: tokenizer.decode(part, skip_special_tokens=True)) == reply


def test_a_slot_that_no_number_has_says_nothing(tokenizer):
    numbers = Numbers.of(tokenizer, ASKED)
    unused = slots_of(tokenizer)[-1]
    assert numbers.decode([unused], lambda part: tokenizer.decode(part, skip_special_tokens=True)) == ""


def test_of_too_many_numbers_the_newest_have_slots():
    texts = [str(1000 + i) for i in range(30)]
    numbers = Numbers(texts, range(24))
    assert "1029" in numbers.slot_of
    assert "1005" not in numbers.slot_of


def test_who_writes_a_slot_writes_plain_text(tokenizer):
    said = [Message("customer", f"{SLOTS[0]} 12345")]
    number_of = Numbers.of(tokenizer, said).number_of
    slots = [token for token in encode_prompt(tokenizer, said, 1000) if token in slots_of(tokenizer)]
    assert [number_of[slot] for slot in slots] == ["0", "12345"], "the 0 of the slot's name is a number like any other"


def test_without_slots_numbers_are_text_like_the_rest(plain):
    numbers = Numbers.of(plain, ASKED)
    assert numbers.slot_of == {}


def test_training_learns_the_slot_and_a_new_number_as_it_is_written(tokenizer):
    def learned(reply):
        example = encode(Example(tuple(ASKED), reply), tokenizer, 1000, 100)
        return example.ids[example.learned_from :]

    slots = set(slots_of(tokenizer))
    assert slots & set(learned(f"订单{ORDER}"))
    assert not slots & set(learned("7天内"))


@pytest.mark.parametrize(
    ("answer", "said", "expected"),
    [
        ("1. 打开订单\n2. 点退货", "怎么退货", []),
        ("共1299元", "这件1,299元", []),
        ("您的订单1234", "订单１２３４", []),
        ("2.5米的有货", "有2.5米的吗", []),
        ("7天内", "怎么退货", ["7"]),
    ],
)
def test_a_number_is_not_invented_because_it_is_written_otherwise(answer, said, expected):
    assert invented(answer, [said]) == expected
