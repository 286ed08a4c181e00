"""What a run tells while it works."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass, field

import psutil


@dataclass(frozen=True)
class Progress:
    """One step of a run."""

    step: int
    max_steps: int
    loss: float  # mean over the step's learned tokens, nats
    dev_loss: float | None  # the latest, nats; None before the first evaluation
    learning_rate: float
    tokens_per_s: float  # prompt and reply tokens, no padding, since this process began
    memory_mb: float  # peak of the accelerator; without one, of this process now
    seconds_left: float


@dataclass
class Throughput:
    """Counts tokens and time. Rates are over training alone; the time left includes evaluating and saving."""

    tokens: int = 0
    learned: int = 0
    steps: int = 0
    training_s: float = 0.0
    began: float = field(default_factory=time.perf_counter)

    def add(self, tokens: int, learned: int, seconds: float) -> None:
        self.tokens += tokens
        self.learned += learned
        self.training_s += seconds
        self.steps += 1

    def rates(self) -> tuple[float, float]:
        """Tokens and learned tokens a second."""
        seconds = max(self.training_s, 1e-9)
        return self.tokens / seconds, self.learned / seconds

    def seconds_left(self, steps_left: int) -> float:
        return (time.perf_counter() - self.began) / max(1, self.steps) * steps_left


def memory_mb() -> float:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 1e6
    return psutil.Process().memory_info().rss / 1e6


def peak_memory_mb() -> float:
    """Of the accelerator; without one, of this process since it began."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6  # bytes there, KiB elsewhere
