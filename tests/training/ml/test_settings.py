import json

import pytest

from training.ml.settings import BadSettings, TrainingSettings


def test_settings_survive_json():
    settings = TrainingSettings(method="prefix", learning_rate=0.01, virtual_tokens=7)
    assert TrainingSettings.from_dict(json.loads(json.dumps(settings.as_dict()))) == settings


def test_a_whole_number_is_a_number_too():
    assert TrainingSettings.from_dict({"weight_decay": 0}) == TrainingSettings(weight_decay=0.0)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("method", "adapters", "prefix or ptuning_v2 or lora"),
        ("learning_rate", -1.0, "a number from 1e-08 to 1.0"),
        ("learning_rate", float("nan"), "a number from"),
        ("learning_rate", "fast", "a number"),
        ("batch_size", 0, "a whole number from 1"),
        ("batch_size", 2.0, "a whole number"),
        ("batch_size", True, "a whole number"),
        ("lora_dropout", 1.0, "from 0.0 to 0.9"),
        ("gradient_checkpointing", 1, "true or false"),
        ("max_steps", 10**12, "10000000"),
        ("prefix_init", "", "random or text"),
        ("temperature", 0.6, "one of method"),
    ],
)
def test_a_bad_value_is_named_with_what_was_expected(name, value, expected):
    with pytest.raises(BadSettings) as caught:
        TrainingSettings.from_dict({name: value})
    assert caught.value.field == name
    assert str(caught.value).startswith(f"{name}: expected ")
    assert expected in str(caught.value)


def test_patience_needs_evaluations():
    with pytest.raises(BadSettings, match="patience"):
        TrainingSettings(patience=3)


def test_the_warm_up_ends_before_the_run():
    with pytest.raises(BadSettings, match="warmup_steps"):
        TrainingSettings(max_steps=10, warmup_steps=10)
