"""What a training run can be told, and the sentence for a value that it cannot be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from training.ml.methods import METHODS

CHOICES = {
    "method": METHODS,  # its keys
    "lora_targets": ("attention", "all-linear"),
    "prefix_init": ("random", "text"),
    "precision": ("auto", "float32", "bfloat16"),
}
# Lowest and highest value of each number, both allowed.
RANGES = {
    "learning_rate": (1e-8, 1.0),
    "batch_size": (1, 1024),
    "max_steps": (1, 10_000_000),
    "max_input_tokens": (8, 131_072),
    "max_output_tokens": (2, 131_072),
    "lora_r": (1, 1024),
    "lora_alpha": (1, 4096),
    "lora_dropout": (0.0, 0.9),
    "virtual_tokens": (1, 4096),
    "warmup_steps": (0, 10_000_000),
    "weight_decay": (0.0, 1.0),
    "seed": (0, 2**32 - 1),
    "eval_every": (0, 10_000_000),
    "save_every": (1, 10_000_000),
    "patience": (0, 10_000),
}


class BadSettings(ValueError):
    """A setting has the wrong type or value; `field` names it and the text says what was expected."""

    def __init__(self, field: str, expected: str, got: Any):
        super().__init__(f"{field}: expected {expected}, got {got!r}.")
        self.field, self.expected = field, expected


@dataclass(frozen=True)
class TrainingSettings:
    """Raises BadSettings. Fields of a method other than the chosen one are checked and then ignored."""

    method: str = "lora"  # a name in training.ml.methods.METHODS
    learning_rate: float = 5e-5  # its peak; it falls linearly to 0 at max_steps
    batch_size: int = 1  # examples a step
    max_steps: int = 30_000  # optimizer steps
    max_input_tokens: int = 256  # of the prompt; the oldest turns are dropped beyond it
    max_output_tokens: int = 512  # of the reply with its end token
    lora_r: int = 8  # rank of the update of each adapted matrix
    lora_alpha: int = 32  # the update is scaled by alpha / r
    lora_dropout: float = 0.1  # share of the adapter's inputs that is zeroed, 0 to 0.9
    lora_targets: str = "attention"  # attention (query, key, value) | all-linear
    virtual_tokens: int = 128  # length of the learned prefix
    prefix_init: str = "random"  # random | text (keys and values of training conversations)
    warmup_steps: int = 0  # steps over which the learning rate rises
    weight_decay: float = 0.0  # of AdamW, 0 to 1
    seed: int = 0
    eval_every: int = 0  # steps between dev losses; 0 = never
    save_every: int = 500  # steps between checkpoints; the last step is always saved
    patience: int = 0  # evaluations without gain before training ends early; 0 = off
    gradient_checkpointing: bool = False  # about a third slower for much less memory; not with a prefix
    precision: str = "auto"  # of the frozen base: auto (measured) | float32 | bfloat16

    def __post_init__(self):
        for name, value in self.as_dict().items():
            _check(name, value)
        if self.patience and not self.eval_every:
            raise BadSettings("patience", "0 where eval_every is 0, since nothing is evaluated", self.patience)
        if self.warmup_steps >= self.max_steps:
            raise BadSettings("warmup_steps", f"fewer than max_steps ({self.max_steps})", self.warmup_steps)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainingSettings:
        """The settings of a JSON object; what is missing gets its default. Raises BadSettings."""
        for name in values:
            if name not in TYPES:
                raise BadSettings(str(name), f"one of {', '.join(TYPES)}", values[name])
        # JSON and forms write 1 for 1.0
        exact: dict[str, Any] = {
            name: float(value) if TYPES[name] == "float" and type(value) is int else value
            for name, value in values.items()
        }
        return cls(**exact)


TYPES = {field.name: str(field.type) for field in fields(TrainingSettings)}  # name: "str" | "int" | "float" | "bool"
_WORDS = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false"}


def _check(name: str, value: Any) -> None:
    kind = TYPES[name]
    if type(value).__name__ != kind:
        raise BadSettings(name, _WORDS[kind], value)
    if name in CHOICES and value not in CHOICES[name]:
        raise BadSettings(name, " or ".join(CHOICES[name]), value)
    if name in RANGES:
        low, high = RANGES[name]
        if not (math.isfinite(value) and low <= value <= high):
            raise BadSettings(name, f"{_WORDS[kind]} from {low} to {high}", value)
