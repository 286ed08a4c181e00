"""Two sets of values to start from: the paper's, and what was found to work, with the reason for each difference."""

from __future__ import annotations

import math
from dataclasses import replace

from training.ml.settings import METHODS, BadSettings, TrainingSettings

SHIPPED_PARAMETERS = 2_200_000  # of the end model that ships
TINY = 20_000_000  # parameters below which a model has little but its adapter to learn with
# LoRA's peak rate is 2e-4 for 1 B parameters and falls with the root of the size, within these bounds.
RATE_AT_1B, LOWEST_RATE, HIGHEST_RATE = 2e-4, 1e-4, 2e-3
RATE_TIMES = {"lora": 1, "prefix": 3, "ptuning_v2": 60}
BATCH = 8
FEWEST_STEPS = {"lora": 450, "prefix": 600, "ptuning_v2": 600}  # thirty examples amid 300 others are seen 11 times
PASSES = 3  # over many examples; with more of them the dev loss rises again


def _(text: str) -> str:
    """Marks a text for the catalogue of translations; the page that shows it translates it."""
    return text


REASONS = {
    "learning_rate": _(
        "At 5e-5 a small adapter hardly moves in minutes. The rate falls with the root of the model's "
        "size; learned keys and values have gradients far smaller than weights and need more."
    ),
    "batch_size": _("Eight examples of similar length cost little more than one, and their mean gradient is steadier."),
    "max_steps": _(
        "Enough for each of thirty corrections to be seen as often as it takes to learn it; with more examples "
        "fewer passes will do."
    ),
    "lora_r": _("A tiny model has narrow layers; a higher rank costs next to nothing."),
    "lora_alpha": _("Twice the rank, so that the update's scale stays the same at every rank."),
    "lora_dropout": _("A few dozen examples must be learned word for word; half of the paper's dropout is enough."),
    "lora_targets": _("Facts sit in the feed-forward layers, which the attention layers alone do not reach."),
    "virtual_tokens": _("Fewer virtual tokens leave more of a small context window and train faster."),
    "prefix_init": _(
        "A prefix that begins as real text disturbs a large model less than a random one, and costs one "
        "forward pass; on the end model that ships both learn equally well."
    ),
    "warmup_steps": _("High rates need a gentle start: the optimizer does not know the scale of the gradients yet."),
    "eval_every": _("Ten evaluations of the dev loss show how the run goes without slowing it much."),
    "save_every": _("Ten checkpoints: a crash costs at most a tenth of the run."),
}


def paper(method: str, max_steps: int = 30_000) -> TrainingSettings:
    """Table IV of the paper. Raises BadSettings."""
    return TrainingSettings(method=method, max_steps=max_steps)


def recommended(method: str, n_examples: int, parameters: int = SHIPPED_PARAMETERS) -> TrainingSettings:
    """What to begin with for so many examples and a base of so many parameters. Raises BadSettings."""
    if method not in METHODS:
        raise BadSettings("method", " or ".join(METHODS), method)
    steps = _steps(method, n_examples)
    common = replace(
        paper(method),
        learning_rate=_rate(method, parameters),
        batch_size=BATCH,
        max_steps=steps,
        warmup_steps=steps // 20,
        eval_every=max(1, steps // 10),
        save_every=max(1, steps // 10),
    )
    if method == "lora":
        rank = 16 if parameters < TINY else 8
        return replace(common, lora_r=rank, lora_alpha=2 * rank, lora_dropout=0.05, lora_targets="all-linear")
    return replace(common, virtual_tokens=32 if parameters < TINY else 64, prefix_init="text")


def reasons(settings: TrainingSettings) -> dict[str, str]:
    """Why each value that the preset chose otherwise than the paper is another."""
    theirs, ours = paper(settings.method).as_dict(), settings.as_dict()
    return {name: reason for name, reason in REASONS.items() if ours[name] != theirs[name]}


def _rate(method: str, parameters: int) -> float:
    rate = RATE_AT_1B * math.sqrt(1e9 / max(1, parameters))
    return float(f"{RATE_TIMES[method] * min(HIGHEST_RATE, max(LOWEST_RATE, rate)):.1e}")


def _steps(method: str, n_examples: int) -> int:
    return max(FEWEST_STEPS[method], math.ceil(PASSES * n_examples / BATCH))
