import subprocess
import sys

import pytest
from transformers import AutoConfig

from serving.providers import EMBEDDED_END
from training.ml.compatibility import parameter_count, read_config, refusals
from training.ml.methods import METHODS
from training.ml.presets import paper
from training.ml.settings import TrainingSettings

PREFIXES = ("prefix", "ptuning_v2")
LONG = {"max_position_embeddings": 4096}


@pytest.mark.parametrize("method", METHODS)
def test_the_papers_settings_fit_the_model_that_ships(method):
    assert refusals(read_config(EMBEDDED_END), paper(method)) == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["qwen2", "qwen3", "llama", "glm", "mistral", "gemma3_text"])
def test_common_models_can_be_taught(method, kind):
    assert refusals(AutoConfig.for_model(kind), paper(method)) == []


@pytest.mark.parametrize("method", PREFIXES)
@pytest.mark.parametrize("kind", ["qwen3_5_text", "qwen3_next", "mamba"])
def test_prefixes_are_refused_where_layers_have_no_keys_and_values(method, kind):
    (reason,) = refusals(AutoConfig.for_model(kind), paper(method))
    assert "without keys and values" in reason
    assert refusals(AutoConfig.for_model(kind), paper("lora")) == []


def test_any_kind_of_layer_that_is_not_attention_counts():
    config = {"model_type": "lfm2", "layer_types": ["conv", "full_attention"]} | LONG
    assert "without keys and values" in refusals(config, paper("prefix"))[0]


def test_chatglm_is_refused_with_its_successors():
    config = {"model_type": "chatglm", "auto_map": {"AutoModel": "modeling_chatglm.ChatGLM"}, "seq_length": 8192}
    (reason,) = refusals(config, paper("lora"))
    assert "ChatGLM" in reason
    assert "Qwen3-0.6B" in reason


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({"model_type": "own", "auto_map": {"AutoModel": "own.Own"}}, "remote code"),
        ({"model_type": "t5", "is_encoder_decoder": True}, "encoder-decoder"),
        ({"model_type": "llama", "quantization_config": {"bits": 4}}, "quantised"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_what_no_method_can_teach(config, why, method):
    (reason,) = refusals(config | LONG, paper(method))
    assert why in reason


def test_prefixes_are_refused_for_latent_attention():
    (reason,) = refusals({"model_type": "deepseek_v3", "kv_lora_rank": 512} | LONG, paper("prefix"))
    assert "latent attention" in reason


def test_virtual_tokens_count_against_the_context_window():
    config = {"model_type": "llama", "max_position_embeddings": 128 + 256 + 512}
    assert refusals(config, paper("prefix")) == []
    config["max_position_embeddings"] -= 1
    (reason,) = refusals(config, paper("prefix"))
    assert "128 virtual + 256 input + 512 output tokens = 896 do not fit the context window of 895." in reason
    assert refusals(config, paper("lora")) == []


def test_a_prefix_must_stay_inside_a_sliding_window():
    config = {"model_type": "mistral", "sliding_window": 800} | LONG
    (reason,) = refusals(config, paper("ptuning_v2"))
    assert "sliding window of 800" in reason
    assert refusals(config, paper("lora")) == []


def test_prefixes_go_without_gradient_checkpointing():
    settings = TrainingSettings(method="prefix", gradient_checkpointing=True)
    (reason,) = refusals({"model_type": "llama"} | LONG, settings)
    assert "checkpointing" in reason


def test_parameters_are_counted_without_loading():
    assert parameter_count(EMBEDDED_END) == pytest.approx(2.2e6, rel=0.2)


def test_the_web_process_can_ask_without_torch():
    names = (
        "settings",
        "presets",
        "compatibility",
        "examples",
        "preview",
        "checkpoints",
        "progress",
        "merging",
        "methods",
    )
    script = (
        f"import sys, {', '.join('training.ml.' + name for name in names)};"
        "print([name for name in ('torch', 'transformers', 'peft', 'django') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
