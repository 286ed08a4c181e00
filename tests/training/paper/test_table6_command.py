"""The whole experiment of Table VI at its smallest scale: the shipped models, the real engine, every method."""

import json

import pytest
from django.core.management import CommandError, call_command

from knowledge.models import Entry, FixedItem
from serving.corpus import records, turns_of
from tests import build
from training.models import Label, Run

pytestmark = pytest.mark.django_db
SCALE = 0.0004  # of 3,000, 5,000 and 15,000 steps: 1, 2 and 6


@pytest.fixture
def few():
    """Some dialogues of the corpus, which the recorded teacher can answer."""
    chosen = []
    for split, count in (("train", 3), ("dev", 2)):
        chosen += [record for record in records() if record["split"] == split][:count]
    return build.dataset(*map(turns_of, chosen), name="few")


def table6(capsys, **options) -> dict:
    call_command("table6", dataset="few", json=True, **options)
    return json.loads(capsys.readouterr().out)


def test_every_column_is_trained_measured_and_not_done_twice(few, capsys):
    result = table6(capsys, scale=SCALE, preset="recommended")
    steps = [(run.method, run.done) for run in Run.objects.order_by("id")]
    assert steps == [("prefix", 1), ("ptuning_v2", 1), ("lora", 1), ("lora", 2), ("lora", 6)]
    assert (result["preset"], len(result["mean"])) == ("recommended", 6)
    assert set(result["coverage"].values()) == {1.0}
    remembering = result["with_memory"]
    for table in (result, remembering):
        for name, mean in table["mean"].items():
            low, high = table["interval"][name]
            assert 0 <= low <= mean <= high <= 1
        assert set(table["inputs"]["mean"]) == set(table["mean"]) == set(result["mean"])
    learned = Label.objects.filter(split="train", chosen=True).values_list("text", flat=True)
    assert sorted(item.reply for item in FixedItem.objects.all()) == sorted(learned)
    assert not Entry.objects.exists(), "the shop's own memory is left alone"

    again = table6(capsys, scale=SCALE, preset="recommended")
    assert Run.objects.count() == 5
    assert (again["mean"], again["with_memory"]) == (result["mean"], result["with_memory"])


@pytest.mark.parametrize("scale", [0, -1, 11])
def test_a_scale_out_of_range_is_refused(scale):
    with pytest.raises(CommandError, match="--scale must be over 0"):
        call_command("table6", scale=scale)


def test_a_dataset_that_does_not_exist_is_refused():
    with pytest.raises(CommandError, match="no dataset named"):
        call_command("table6", dataset="nowhere")
