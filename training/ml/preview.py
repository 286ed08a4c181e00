"""The first batch as it will be learned, for people to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.ml.examples import Encoded, Example

if TYPE_CHECKING:
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
    from training.ml.batches import Plan

    if not data.train:
        raise ValueError("Expected at least one example to learn.")
    settings = data.settings
    plan = Plan([len(one.ids) for one in data.train], settings.batch_size, 1, settings.seed)
    return rows([data.train[i] for i in next(iter(plan))], data.tokenizer)


def learned_tokens(examples: Sequence[Example], encoded: Sequence[Encoded]) -> dict[str, int]:
    """How many tokens are learned from each source; the two are in the same order."""
    counts: dict[str, int] = {}
    for example, one in zip(examples, encoded, strict=True):
        counts[example.source] = counts.get(example.source, 0) + len(one.ids) - one.learned_from
    return counts


def rows(batch: Sequence[Encoded], tokenizer: PreTrainedTokenizerBase) -> list[list[Token]]:
    """What the loss sees, read back from the very tensors that it gets."""
    from training.ml.batches import IGNORED, Padding

    pad = tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    tensors = {name: values.tolist() for name, values in Padding(pad)(batch).items()}
    columns = zip(tensors["input_ids"], tensors["labels"], tensors["attention_mask"], strict=True)
    return [
        [
            Token(tokenizer.decode([token]), label != IGNORED, not seen)
            for token, label, seen in zip(ids, labels, mask, strict=True)
        ]
        for ids, labels, mask in columns
    ]
