"""Loops are found, and what is left is whole."""

import time

import pytest
import torch

from serving.runtimes.loops import loop_in, without_loop
from serving.runtimes.stopping import LOOK_EVERY, StopLoops


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("订单号是111111111111", "订单号是"),
        ("亲，48小时内发货。订单号是1111111111", "亲，48小时内发货。"),
        ("好的亲。谢谢亲谢谢亲谢谢亲谢谢亲", "好的亲。"),
        ("好的亲。谢谢您。谢谢您。谢谢您。谢谢您。", "好的亲。"),
        ("You can return it. We will we will we will we will we will", "You can return it."),
        ("v2.0 is is is is is is", "v2.0"),
        ("谢谢谢谢谢谢谢谢谢谢", ""),
    ],
)
def test_a_loop_is_cut_at_the_last_whole_sentence(text, left):
    loop = loop_in(text)
    assert loop is not None
    assert without_loop(text, loop) == left


@pytest.mark.parametrize(
    "text",
    [
        "",
        "哈哈哈哈哈哈，亲真幽默",
        "1111111",
        "好的好的好的，马上给您发",
        "2026年11月28日20点28分28秒",
        "Bye bye, bye!",
        "a    b        c",
    ],
)
def test_what_only_repeats_a_little_is_no_loop(text):
    assert loop_in(text) is None


def test_a_long_text_is_looked_through_quickly():
    began = time.process_time()
    loop_in("".join(chr(0x4E00 + i * 7 % 5000) for i in range(4000)))
    assert time.process_time() - began < 5  # far from the seconds that a pattern can take that backtracks


def test_only_the_answers_that_loop_are_ended():
    texts = {1: "一", 2: "二二二二二二二二"}
    guard = StopLoops(2, lambda ids: texts[ids[0]])
    rows = torch.tensor([[9, 9, 1] + [0] * (LOOK_EVERY - 1), [9, 9, 2] + [0] * (LOOK_EVERY - 1)])
    assert guard(rows, None).tolist() == [False, True]
    assert guard(rows[:, :-1], None).tolist() == [False, False], "it looks now and then"
