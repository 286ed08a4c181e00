"""What the engine, the pages and Table VI have to know of a PEFT method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peft import PeftConfig
    from transformers import PreTrainedModel

    from training.ml.settings import TrainingSettings

TINY = 20_000_000  # parameters below which a model has little but its adapter to learn with


class UnknownMethod(ValueError):
    """Nobody has registered a method of that name."""


def gettext_noop(text: str) -> str:
    """Marks a text for the catalogue of translations; the page that shows it translates it."""
    return text


@dataclass(frozen=True, kw_only=True)
class Method:
    """One PEFT method. `config` describes its adapter for a base; the rest is data.

    `recommended` gives the settings that are the method's own and differ from Table IV, for a base of so many
    parameters; `reasons` says of each why.
    """

    name: str  # as a run stores it, at most 30 characters
    label: str  # its proper name, the same in every language
    colour: str  # in charts; one of ecc_site.core.charts.COLOURS
    config: Callable[[PreTrainedModel, TrainingSettings], PeftConfig]
    recommended: Callable[[int], dict[str, Any]]
    reasons: dict[str, str] = field(default_factory=dict)
    rate: float  # recommended peak learning rate, as a multiple of LoRA's
    fewest_steps: int  # so many that thirty examples amid 300 others are seen 11 times or more
    paper_steps: tuple[int, ...] = ()  # lengths at which Table VI of the paper trains it
    is_prefix: bool = False  # puts learned keys and values before those of each layer
    merges_as: str = ""  # peft_type of an adapter that can be added to the base's weights; empty where none can be
    resume_module: str = ""  # of the PeftModel, whose weights resuming needs, where PEFT saves only what they make
