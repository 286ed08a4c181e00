"""What a run could show, said before it is started."""

import pytest

from dialogues.models import Comparison, EvalSet
from tests import build
from training.runs.create import _freeze_sets
from training.runs.nearness import NEAR, nearness
from training.runs.prospect import prospect_of, smallest_visible_gain

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_the_smallest_visible_gain_falls_with_the_root_of_the_dialogues():
    finals = [0.0, 0.5] * 50
    assert smallest_visible_gain(finals, 100) == pytest.approx(2.8 * 0.2513 / 10, rel=1e-3)
    assert smallest_visible_gain(finals, 25) == pytest.approx(2 * smallest_visible_gain(finals, 100))
    assert smallest_visible_gain([0.4], 1) is None
    assert smallest_visible_gain([], 0) is None


def test_near_questions_are_counted_and_the_others_only_held_out(db):
    taught, near, far = "怎么申请退货", ("申请退货怎么弄", "我要申请退货"), ("今天天气好吗",)
    train = build.record(taught, "-", split="train")
    shop = build.dataset(train, *(build.record(text, "好", split="test") for text in (*near, *far)))
    base = build.champion()
    build.scored(shop, base, [0.1, 0.2, 0.4, 0.9])
    run = build.run(shop, base)
    _freeze_sets(run)
    on = Comparison.objects.filter(turn__text=taught)
    run.before = EvalSet.objects.freeze("taught", on, purpose="taught", dataset=shop, kind="human")
    prospect, nearness = prospect_of(run)
    assert (prospect.held_out, prospect.near, prospect.dialogues) == (3, 2, 2)
    assert prospect.visible_gain == pytest.approx(2.8 * 0.1414 / 2**0.5, rel=1e-3)
    assert len(nearness) == 3


def test_a_run_that_is_compared_on_nothing_has_no_prospect():
    assert prospect_of(build.run(build.shop(), build.champion())) == (None, {})


def test_a_question_is_near_what_was_taught_in_any_wording(db):
    train, test = build.record("怎么申请退货", "-", split="train"), build.record("不想要了能退吗", "好", split="test")
    shop = build.dataset(train, test)
    build.answered(shop, build.champion())
    taught, held_out = (
        EvalSet.objects.freeze(
            split, Comparison.objects.filter(split=split), purpose=purpose, dataset=shop, kind="human"
        )
        for split, purpose in (("train", "taught"), ("test", "held_out"))
    )
    (alone,) = nearness(taught, held_out).values()
    turn = taught.items.get().turn_id
    (reworded,) = nearness(taught, held_out, {turn: ["不想要了可以退吗"]}).values()
    assert alone < NEAR < reworded
