"""Which examples make a step, and their tensors: grouped by length and padded to the longest of the batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import torch

from training.ml.examples import Encoded

IGNORED = -100  # a label that the loss leaves out
WINDOW = 50  # batches among which neighbours in length are sought; more would repeat the same batches each epoch


class Plan:
    """The batches of a whole run as lists of indices; the same seed always gives the same ones.

    One plan covers all epochs, so step n of a resumed run meets the very batch that it would have met.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, steps: int, seed: int):
        self.lengths, self.batch_size, self.steps, self.seed = lengths, batch_size, steps, seed

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[list[int]]:
        rng, made = Random(self.seed), 0
        while made < self.steps:
            for batch in self._epoch(rng)[: self.steps - made]:
                yield batch
                made += 1

    def _epoch(self, rng: Random) -> list[list[int]]:
        order = list(range(len(self.lengths)))
        rng.shuffle(order)
        window, batches = WINDOW * self.batch_size, []
        for start in range(0, len(order), window):
            near = sorted(order[start : start + window], key=lambda i: self.lengths[i])  # stable: ties stay shuffled
            batches += [near[i : i + self.batch_size] for i in range(0, len(near), self.batch_size)]
        rng.shuffle(batches)
        return batches


@dataclass(frozen=True)
class Padding:
    """Collates a batch. What is padding follows from the position: the padding token may be the end token."""

    token: int

    def __call__(self, batch: Sequence[Encoded]) -> dict[str, torch.Tensor]:
        """input_ids, attention_mask and labels, each (B, T), padded on the right."""
        width = max(len(one.ids) for one in batch)
        ids = torch.full((len(batch), width), self.token)
        mask = torch.zeros((len(batch), width), dtype=torch.long)
        labels = torch.full((len(batch), width), IGNORED)
        for row, one in enumerate(batch):
            length = len(one.ids)
            ids[row, :length] = torch.tensor(one.ids)
            mask[row, :length] = 1
            labels[row, one.learned_from : length] = ids[row, one.learned_from : length]
        return {"input_ids": ids, "attention_mask": mask, "labels": labels}
