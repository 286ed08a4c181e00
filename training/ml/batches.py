"""Which examples make a step, and their tensors: grouped by length and padded to the longest of the batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from random import Random

from transformers import DataCollatorForSeq2Seq, PreTrainedTokenizerBase

from training.ml.examples import IGNORED

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


def collator(tokenizer: PreTrainedTokenizerBase) -> DataCollatorForSeq2Seq:
    """Makes a batch of `Encoded.features()`: input_ids, attention_mask and labels, each (B, T), padded on the right.

    What is padding follows from the position: the padding token may be the end token.
    """
    own = copy(tokenizer)  # whoever gave it may pad on the left, as serving does
    own.padding_side = "right"
    return DataCollatorForSeq2Seq(own, label_pad_token_id=IGNORED)
