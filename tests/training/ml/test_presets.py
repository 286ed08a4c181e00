import pytest

from training.ml.methods import METHODS
from training.ml.presets import paper, reasons, recommended
from training.ml.settings import BadSettings, TrainingSettings


@pytest.mark.parametrize("method", METHODS)
def test_the_preset_paper_is_table_iv(method):
    settings = paper(method)
    assert (settings.learning_rate, settings.batch_size, settings.max_steps) == (5e-5, 1, 30_000)
    assert (settings.max_input_tokens, settings.max_output_tokens, settings.virtual_tokens) == (256, 512, 128)
    assert (settings.lora_r, settings.lora_alpha, settings.lora_dropout) == (8, 32, 0.1)
    assert paper(method, 3_000).max_steps == 3_000
    assert reasons(paper(method)) == {}


@pytest.mark.parametrize("parameters", [2_200_000, 600_000_000, 7_000_000_000])
@pytest.mark.parametrize("method", METHODS)
def test_every_recommended_value_that_differs_has_its_reason(method, parameters):
    settings = recommended(method, 30, parameters)
    assert isinstance(settings, TrainingSettings)
    differs = {name for name, value in settings.as_dict().items() if value != paper(method).as_dict()[name]}
    assert set(reasons(settings)) == differs


def test_larger_models_are_moved_more_gently():
    rates = [recommended("lora", 30, parameters).learning_rate for parameters in (2e6, 6e8, 7e9, 7e10)]
    assert rates == [2e-3, 2.6e-4, 1e-4, 1e-4]


def test_more_examples_are_seen_less_often():
    assert recommended("lora", 30).max_steps == 450
    assert recommended("lora", 8000).max_steps == 3000


def test_an_unknown_method_is_named():
    with pytest.raises(BadSettings, match="method"):
        recommended("full", 30)
