"""Two sets of values to start from: the paper's, and what was found to work, with the reason for each difference."""

from __future__ import annotations

import math
from dataclasses import replace

from training.ml.methods import method_named
from training.ml.methods.method import gettext_noop as _
from training.ml.settings import TrainingSettings

SHIPPED_PARAMETERS = 2_200_000  # of the end model that ships
# LoRA's peak rate is 2e-4 for 1 B parameters and falls with the root of the size, within these bounds.
RATE_AT_1B, LOWEST_RATE, HIGHEST_RATE = 2e-4, 1e-4, 2e-3
BATCH = 8
PASSES = 3  # over many examples; with more of them the dev loss rises again

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
    "warmup_steps": _("High rates need a gentle start: the optimizer does not know the scale of the gradients yet."),
    "eval_every": _("Ten evaluations of the dev loss show how the run goes without slowing it much."),
    "save_every": _("Ten checkpoints: a crash costs at most a tenth of the run."),
}


def paper(method: str, max_steps: int = 30_000) -> TrainingSettings:
    """Table IV of the paper. Raises BadSettings."""
    return TrainingSettings(method=method, max_steps=max_steps)


def recommended(method: str, n_examples: int, parameters: int = SHIPPED_PARAMETERS) -> TrainingSettings:
    """What to begin with for so many examples and a base of so many parameters. Raises BadSettings."""
    start, own = paper(method), method_named(method)
    steps = max(own.fewest_steps, math.ceil(PASSES * n_examples / BATCH))
    common = {
        "learning_rate": _rate(own.rate, parameters),
        "batch_size": BATCH,
        "max_steps": steps,
        "warmup_steps": steps // 20,
        "eval_every": max(1, steps // 10),
        "save_every": max(1, steps // 10),
    }
    return replace(start, **(common | own.recommended(parameters)))


def reasons(settings: TrainingSettings) -> dict[str, str]:
    """Why each value that the preset chose otherwise than the paper is another."""
    known = REASONS | method_named(settings.method).reasons
    theirs, ours = paper(settings.method).as_dict(), settings.as_dict()
    return {name: reason for name, reason in known.items() if ours[name] != theirs[name]}


def _rate(times_lora: float, parameters: int) -> float:
    rate = RATE_AT_1B * math.sqrt(1e9 / max(1, parameters))
    return float(f"{times_lora * min(HIGHEST_RATE, max(LOWEST_RATE, rate)):.1e}")
