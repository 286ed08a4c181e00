"""LoRA: low-rank updates of the base's linear layers (Hu et al. 2021, arXiv 2106.09685)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from training.ml.methods.method import TINY, Method
from training.ml.methods.method import gettext_noop as _

if TYPE_CHECKING:
    from peft import PeftConfig
    from torch import nn
    from transformers import PreTrainedModel

    from training.ml.settings import TrainingSettings

ATTENTION = ("q_proj", "k_proj", "v_proj", "query_key_value", "qkv_proj", "c_attn", "W_pack")


def config(model: PreTrainedModel, settings: TrainingSettings) -> PeftConfig:
    from peft import LoraConfig

    return LoraConfig(
        task_type="CAUSAL_LM",
        r=settings.lora_r,
        lora_alpha=settings.lora_alpha,
        lora_dropout=settings.lora_dropout,
        target_modules=targets(model, settings.lora_targets),
    )


def targets(model: nn.Module, wanted: str) -> list[str] | str:
    """Names of the layers to adapt. PEFT has defaults for some architectures only, and they differ."""
    from torch import nn

    if wanted == "attention":
        linear = {name.rsplit(".", 1)[-1] for name, module in model.named_modules() if isinstance(module, nn.Linear)}
        found = [name for name in ATTENTION if name in linear]
        if found:
            return found
    return "all-linear"  # without the output layer


def recommended(parameters: int) -> dict[str, Any]:
    rank = 16 if parameters < TINY else 8
    return {"lora_r": rank, "lora_alpha": 2 * rank, "lora_dropout": 0.05, "lora_targets": "all-linear"}


LORA = Method(
    name="lora",
    label="LoRA",
    colour="end",
    config=config,
    recommended=recommended,
    reasons={
        "lora_r": _("A tiny model has narrow layers; a higher rank costs next to nothing."),
        "lora_alpha": _("Twice the rank, so that the update's scale stays the same at every rank."),
        "lora_dropout": _("A few dozen examples must be learned word for word; half of the paper's dropout is enough."),
        "lora_targets": _("Facts sit in the feed-forward layers, which the attention layers alone do not reach."),
    },
    rate=1,
    fewest_steps=450,
    paper_steps=(3_000, 5_000, 15_000),
    merges_as="LORA",
)
