"""What a version has learned nearest to a turn."""

import numpy as np
import pytest
from django.utils import timezone

from dialogues.models import Turn
from tests import build
from training.models import Checkpoint, LearnedTurn
from training.versions.learned_near import learned_at, learned_near, run_behind

pytestmark = [pytest.mark.django_db, pytest.mark.database]


class ByNumber:
    """`question 1` is nearer to `question 0` than `question 2` is."""

    def encode(self, texts):
        angles = np.array([int(text.split()[-1]) / 10 for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)


@pytest.fixture
def shop():
    return build.shop()


@pytest.fixture
def trained(shop):
    """A version whose run learned the questions 1 and 2."""
    version = build.version("trained")
    run = build.run(shop, build.version("base"), started_at=timezone.now())
    Checkpoint.objects.create(run=run, step=1, version=version)
    LearnedTurn.objects.record(
        run, Turn.objects.filter(text__in=["question 1", "question 2"]).values_list("pk", flat=True)
    )
    return version


def test_the_nearest_question_comes_first(shop, trained):
    asked, nearest, far = (build.turn(shop, i) for i in range(3))
    near, count = learned_near(trained, asked, ByNumber(), 5)
    assert [turn for turn, _ in near] == [nearest.pk, far.pk]
    assert near[0][1] == pytest.approx(np.cos(0.1))
    assert count == 2
    assert learned_near(trained, asked, ByNumber(), 1)[0] == near[:1]


def test_an_arm_has_learned_what_its_weights_have(shop, trained):
    assert run_behind(trained.with_memory(3)) == run_behind(trained)
    assert run_behind(build.version("as it came")) is None
    assert learned_near(build.version("other"), build.turn(shop, 0), ByNumber(), 5) == ([], 0)


def test_the_label_is_that_which_the_run_learned(shop, trained):
    turn, other = build.turn(shop, 1), build.turn(shop, 2)
    run = run_behind(trained)
    noted = build.label(turn, "what a person said")
    later = build.label(turn, "what a manager wrote later")
    build.label(other, "since then", "teacher", teacher=build.version("teacher", kind="cloud"))
    type(later).objects.update(created_at=timezone.now())
    type(run).objects.filter(pk=run.pk).update(learned=[noted.pk], started_at=noted.created_at)
    run.refresh_from_db()
    found = learned_at(run, [turn.pk, other.pk])
    assert found[turn.pk].label == noted
    assert found[other.pk].label is None, "it had none when the run started"
    assert learned_at(run, [0]) == {}
