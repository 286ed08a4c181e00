"""P-Tuning v2: keys and values before every layer's, learned directly (Liu et al. 2022, arXiv 2110.07602)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.ml.methods import prefix
from training.ml.methods.method import Method

if TYPE_CHECKING:
    from peft import PeftConfig
    from transformers import PreTrainedModel

    from training.ml.settings import TrainingSettings


def config(model: PreTrainedModel, settings: TrainingSettings) -> PeftConfig:
    return prefix.config(model, settings, projection=False)


PTUNING_V2 = Method(
    name="ptuning_v2",
    label="P-Tuning v2",
    colour="accent",
    config=config,
    recommended=prefix.recommended,
    reasons=prefix.REASONS,
    rate=60,
    fewest_steps=600,
    paper_steps=(3_000,),
    is_prefix=True,
)
