"""What people said in test dialogues is found, in whatever dataset they are."""

import pytest

from dialogues.held_out import HeldOutReplies
from dialogues.importing.store import store_batch
from dialogues.importing.turns import parse_turns
from dialogues.models import Answer, Dataset, Turn
from serving.models import Version
from tests.build import record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def said():
    """One test dialogue and one train dialogue, in two datasets."""
    for split, question in (("test", "什么时候发货"), ("train", "能退吗")):
        dataset = Dataset.objects.create(name=split)
        store_batch(dataset, [parse_turns(record(question, "48 小时内，亲", split=split))])


def test_a_pair_of_a_test_dialogue_is_held_out_however_it_is_punctuated():
    held_out = HeldOutReplies(["什么时候发货"])
    assert held_out.has("什么时候发货", "48小时内亲！")
    assert held_out.has(" 什么时候发货 ", "48 小时内，亲")


def test_another_reply_to_the_same_question_is_not_but_the_question_is_shared():
    held_out = HeldOutReplies(["什么时候发货"])
    assert not held_out.has("什么时候发货", "明天")
    assert held_out.asks("什么时候发货")


def test_what_was_said_elsewhere_is_not():
    held_out = HeldOutReplies(["能退吗"])
    assert not held_out.asks("能退吗")
    assert not held_out.has("能退吗", "48 小时内，亲")


def test_a_correction_of_a_test_dialogue_counts_and_an_answer_of_a_model_does_not(annotator):
    turn = Turn.objects.get(text="什么时候发货")
    version = Version.objects.create(kind="end", name="v", model="v")
    Answer.objects.create(turn=turn, source="annotator", author=annotator, text="后天", settings_hash="x")
    Answer.objects.create(turn=turn, source="model", version=version, text="不知道", settings_hash="x")
    held_out = HeldOutReplies(["什么时候发货"])
    assert held_out.has("什么时候发货", "后天")
    assert not held_out.has("什么时候发货", "不知道")


def test_many_questions_are_asked_about_in_pieces(django_assert_num_queries):
    with django_assert_num_queries(3):
        HeldOutReplies([f"问题 {i}" for i in range(1001)])
