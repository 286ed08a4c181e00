"""The first batch as it will be learned, for people to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.ml.examples import Encoded, Example, encode
from training.ml.settings import TrainingSettings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class Token:
    """One token of a row. `text` may be empty or a replacement mark where a character needs several tokens."""

    text: str
    learned: bool
    padding: bool


def first_batch(
    examples: Sequence[Example], tokenizer: PreTrainedTokenizerBase, settings: TrainingSettings, end: int | None = None
) -> list[list[Token]]:
    """The rows of the first step. Raises ValueError where an example cannot be encoded or there is none."""
    from training.ml.batches import Plan

    if not examples:
        raise ValueError("Expected at least one example to learn.")
    limits = settings.max_input_tokens, settings.max_output_tokens
    encoded = [encode(example, tokenizer, *limits, end) for example in examples]
    plan = Plan([len(one.ids) for one in encoded], settings.batch_size, 1, settings.seed)
    return rows([encoded[i] for i in next(iter(plan))], tokenizer)


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
