"""The first batch as it will be learned, for people to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.ml.examples import IGNORED, Encoded, Example

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedTokenizerBase

    from training.ml.data import TrainingData


@dataclass(frozen=True)
class Token:
    """One token of a row. `text` may be empty or a replacement mark where a character needs several tokens."""

    text: str
    learned: bool
    padding: bool


def first_batch(data: TrainingData) -> list[list[Token]]:
    """The rows of the first step. Raises ValueError where there is no example."""
    if not data.train:
        raise ValueError("Expected at least one example to learn.")
    return rows(data.batch(next(iter(data.plan(1)))), data.tokenizer)


def learned_tokens(examples: Sequence[Example], encoded: Sequence[Encoded]) -> dict[str, int]:
    """How many tokens are learned from each source; the two are in the same order."""
    counts: dict[str, int] = {}
    for example, tokens in zip(examples, encoded, strict=True):
        counts[example.source] = counts.get(example.source, 0) + len(tokens.ids) - tokens.learned_from
    return counts


def rows(batch: Mapping[str, Tensor], tokenizer: PreTrainedTokenizerBase) -> list[list[Token]]:
    """What the loss sees, read back from the very tensors that it gets."""
    columns = (batch[name].tolist() for name in ("input_ids", "labels", "attention_mask"))  # each (B, T)
    return [
        [
            Token(tokenizer.decode([token]), label != IGNORED, not seen)
            for token, label, seen in zip(ids, labels, mask, strict=True)
        ]
        for ids, labels, mask in zip(*columns, strict=True)
    ]
