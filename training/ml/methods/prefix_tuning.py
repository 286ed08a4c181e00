"""Prefix-Tuning: keys and values before every layer's, made by a two-layer network (Li and Liang 2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.ml.methods import prefix
from training.ml.methods.method import Method

if TYPE_CHECKING:
    from peft import PeftConfig
    from transformers import PreTrainedModel

    from training.ml.settings import TrainingSettings


def config(model: PreTrainedModel, settings: TrainingSettings) -> PeftConfig:
    return prefix.config(model, settings, projection=True)


PREFIX_TUNING = Method(
    name="prefix",
    label="Prefix-Tuning",
    colour="worse",
    config=config,
    recommended=prefix.recommended,
    reasons=prefix.REASONS,
    rate=3,
    fewest_steps=600,
    paper_steps=(3_000,),
    is_prefix=True,
    resume_module="prompt_encoder",
)
