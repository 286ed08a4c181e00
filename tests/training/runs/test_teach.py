import uuid

import pytest

from dialogues.models import Comparison
from review.assignment import next_item
from review.rounds import RoundSpec, make_round
from review.verdicts import VerdictInput, record
from scoring.models import ScorerSet
from tests.build import answered, champion, shop
from training.models import Run
from training.runs.teach import NothingTaught, teach

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def corrected(annotator):
    """Three train dialogues whose end answers an annotator has corrected at the desk."""
    dataset, version = shop(), champion()
    answered(dataset, version)
    ScorerSet.objects.create(similarity="s", match="m", digest="0" * 64)
    round_ = make_round(RoundSpec(dataset, version, "human", "teach", "random", 10, "week 47"), by=None)
    while item := next_item(round_, annotator):
        opinion = VerdictInput(uuid.uuid4(), "both_bad", correction=f"better than {item.comparison.turn.text}")
        record(annotator, item, opinion)
    return dataset


def test_corrections_become_a_queued_run_with_what_it_is_compared_on(corrected, manager):
    run = teach(corrected, manager)
    assert (run.state, run.method, run.mix["person"]) == ("queued", "lora", 3)
    assert {item.reference.text for item in run.before.items.all()} >= {"better than question 0"}
    assert {item.turn.dialogue.split for item in run.held_out.items.all()} == {"test"}
    assert Comparison.objects.filter(kind="correction").count() == 4  # the dev dialogue's too


def test_pressed_twice_it_is_one_run(corrected, manager):
    assert teach(corrected, manager) == teach(corrected, manager)
    assert Run.objects.count() == 1


def test_few_corrections_amid_many_other_answers_are_repeated(corrected, manager, monkeypatch):
    monkeypatch.setattr("training.runs.teach.SHARE_OF_LABELS", 0.8)
    run = teach(corrected, manager)
    assert run.mix == {"person": 3, "replay": 3}  # there are no more answers of the base
    assert run.repeats == 4


def test_without_a_correction_there_is_nothing_to_teach(manager):
    dataset = shop()
    champion()
    with pytest.raises(NothingTaught):
        teach(dataset, manager)
    assert not Run.objects.exists()
