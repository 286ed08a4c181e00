"""The three methods of the paper as adapters of PEFT, always on a base that has none."""

from __future__ import annotations

from peft import LoraConfig, PeftConfig, PeftModel, PrefixTuningConfig, get_peft_model
from torch import nn
from transformers import PreTrainedModel

from training.ml.settings import TrainingSettings

ATTENTION = ("q_proj", "k_proj", "v_proj", "query_key_value", "qkv_proj", "c_attn", "W_pack")


def adapted(model: PreTrainedModel, settings: TrainingSettings) -> PeftModel:
    """The frozen base with a new adapter; only the adapter has gradients. Draws from torch's global generator."""
    if isinstance(model, PeftModel) or hasattr(model, "peft_config"):
        raise ValueError("Expected a base model without an adapter: a version is always trained from its base.")
    return get_peft_model(model, _lora(model, settings) if settings.method == "lora" else _prefix(model, settings))


def _lora(model: PreTrainedModel, settings: TrainingSettings) -> PeftConfig:
    return LoraConfig(
        task_type="CAUSAL_LM",
        r=settings.lora_r,
        lora_alpha=settings.lora_alpha,
        lora_dropout=settings.lora_dropout,
        target_modules=lora_targets(model, settings.lora_targets),
    )


def lora_targets(model: PreTrainedModel, wanted: str) -> list[str] | str:
    """Names of the layers to adapt. PEFT has defaults for some architectures only, and they differ."""
    if wanted == "attention":
        linear = {name.rsplit(".", 1)[-1] for name, module in model.named_modules() if isinstance(module, nn.Linear)}
        found = [name for name in ATTENTION if name in linear]
        if found:
            return found
    return "all-linear"  # without the output layer


def _prefix(model: PreTrainedModel, settings: TrainingSettings) -> PeftConfig:
    """Prefix-Tuning makes its keys and values by a two-layer network; P-Tuning v2 learns them directly."""
    return PrefixTuningConfig(
        task_type="CAUSAL_LM",
        num_virtual_tokens=settings.virtual_tokens,
        prefix_projection=settings.method == "prefix",
        encoder_hidden_size=model.config.get_text_config().hidden_size,
    )
