import pytest

from dialogues.models import Answer, Comparison, EvalSet
from serving.models import Version

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_a_frozen_set_has_each_turn_and_reference_once(dataset):
    for name in ("v1", "v2"):
        version = Version.objects.create(kind="end", name=name, model=name)
        for turn in list(Answer.objects.filter(source="human").values_list("turn_id", flat=True)):
            Answer.objects.create(turn_id=turn, source="model", version=version, text=name)
            Comparison.objects.pair([turn])
    assert Comparison.objects.count() == 4
    frozen = EvalSet.objects.freeze("gate", Comparison.objects.filter(split="test"))
    assert frozen.items.count() == 1
    assert frozen.items.get().turn.dialogue.split == "test"
