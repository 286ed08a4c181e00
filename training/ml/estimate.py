"""How long a run will take and how much memory, from a few real steps on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import BatchEncoding

from training.ml.data import TrainingData
from training.ml.examples import Example
from training.ml.losses import dev_loss, learned_loss
from training.ml.precision import TYPES
from training.ml.progress import peak_memory_mb
from training.ml.settings import TrainingSettings

SAMPLED = 5  # batches, from the shortest to the longest of those looked at
LOOKED_AT = 200


@dataclass(frozen=True)
class Estimate:
    """Of a run in a fresh process. `seconds` covers its start, its steps and its looks at the dev loss."""

    seconds: float
    step_ms: float  # the mean of one step
    memory_mb: float  # peak of the accelerator; without one, of the process


def estimate(
    base: str | Path, train_examples: Sequence[Example], dev_examples: Sequence[Example], settings: TrainingSettings
) -> Estimate:
    """Call it in a process of its own: the memory is the peak of the whole process. Raises CannotTrain, OSError."""
    began = time.perf_counter()
    data = TrainingData(base, train_examples, dev_examples, settings)
    model = data.model(TYPES[data.precision()]).train()
    start_s = time.perf_counter() - began
    step_s = _mean_step(model, data, settings)
    looks = settings.max_steps // settings.eval_every + 1 if settings.eval_every and data.dev else 0
    return Estimate(
        seconds=start_s + settings.max_steps * step_s + looks * _dev_look(model, data, settings),
        step_ms=1000 * step_s,
        memory_mb=peak_memory_mb(),
    )


def _mean_step(model, data: TrainingData, settings: TrainingSettings) -> float:
    """Seconds of a step: forward, backward and update on batches of different lengths, the first one not counted."""
    optimizer = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=0.0)
    taken = []
    for batch in _batches(data, settings.max_steps):
        began = time.perf_counter()
        learned_loss(model, batch.to(model.device)).backward()
        optimizer.step()
        optimizer.zero_grad()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        taken.append(time.perf_counter() - began)
    return sum(taken[1:]) / len(taken[1:])


def _batches(data: TrainingData, steps: int) -> Iterator[BatchEncoding]:
    """Some of the first steps' batches from the shortest to the longest; the shortest twice, to warm up."""
    planned = list(data.plan(min(LOOKED_AT, steps)))
    planned.sort(key=lambda batch: max(len(data.train[i].ids) for i in batch))
    chosen = [planned[round(k * (len(planned) - 1) / (SAMPLED - 1))] for k in range(SAMPLED)]
    for batch in [chosen[0], *chosen]:
        yield data.batch(batch)


def _dev_look(model, data: TrainingData, settings: TrainingSettings) -> float:
    """Seconds of one look at the dev loss, from its first two batches."""
    few = data.dev[: 2 * settings.batch_size]
    if not few:
        return 0.0
    began = time.perf_counter()
    dev_loss(model, few, data.collate, settings.batch_size)
    return (time.perf_counter() - began) * len(data.dev) / len(few)
