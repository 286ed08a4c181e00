"""What the methods share that put learned keys and values before those of every layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from training.ml.methods.method import TINY
from training.ml.methods.method import gettext_noop as _

if TYPE_CHECKING:
    from peft import PeftConfig
    from transformers import PreTrainedModel

    from training.ml.settings import TrainingSettings

REASONS = {
    "virtual_tokens": _("Fewer virtual tokens leave more of a small context window and train faster."),
    "prefix_init": _(
        "A prefix that begins as real text disturbs a large model less than a random one, and costs one "
        "forward pass; on the end model that ships both learn equally well."
    ),
}


def config(model: PreTrainedModel, settings: TrainingSettings, *, projection: bool) -> PeftConfig:
    from peft import PrefixTuningConfig

    return PrefixTuningConfig(
        task_type="CAUSAL_LM",
        num_virtual_tokens=settings.virtual_tokens,
        prefix_projection=projection,
        encoder_hidden_size=model.config.get_text_config().hidden_size,
    )


def recommended(parameters: int) -> dict[str, Any]:
    return {"virtual_tokens": 32 if parameters < TINY else 64, "prefix_init": "text"}
