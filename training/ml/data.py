"""What a run is made of: the encoded examples, and the models that can be made for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from peft import PeftModel
from transformers import BatchEncoding, set_seed

from training.ml.adapters import adapted
from training.ml.batches import Plan, collator
from training.ml.compatibility import parameter_count
from training.ml.examples import Encoded, Example, encode, end_token
from training.ml.loading import load_model, load_tokenizer, stop_tokens
from training.ml.losses import learned_loss
from training.ml.methods import method_named
from training.ml.precision import choose
from training.ml.prefixes import start_from_text
from training.ml.settings import TrainingSettings


class CannotTrain(ValueError):
    """Base, settings and data do not fit together; the text gives each reason a sentence."""


class TrainingData:
    """`train` and `dev` are encoded once. Raises CannotTrain."""

    def __init__(self, base: str | Path, train: Sequence[Example], dev: Sequence[Example], settings: TrainingSettings):
        self.base, self.settings = base, settings
        self.tokenizer = load_tokenizer(base)
        self.collate = collator(self.tokenizer)
        end = end_token(self.tokenizer, stop_tokens(base))
        self.train, self.dev = ([self._encoded(e, end) for e in examples] for examples in (train, dev))

    def plan(self, steps: int) -> Plan:
        """Which train examples make each of the first steps."""
        lengths = [len(example.ids) for example in self.train]
        return Plan(lengths, self.settings.batch_size, steps, self.settings.seed)

    def batch(self, indices: Sequence[int]) -> BatchEncoding:
        """The tensors of these train examples, see `batches.collator`."""
        return self.collate([self.train[i].features() for i in indices])

    def _encoded(self, example: Example, end: int) -> Encoded:
        settings = self.settings
        try:
            return encode(example, self.tokenizer, settings.max_input_tokens, settings.max_output_tokens, end)
        except ValueError as error:
            raise CannotTrain(str(error)) from error

    def model(self, dtype: torch.dtype) -> PeftModel:
        """The base in `dtype` with a new adapter in float32; the seed makes it the same each time."""
        device = "cuda" if torch.cuda.is_available() else "cpu"
        set_seed(self.settings.seed)
        model = adapted(load_model(self.base, dtype).to(device), self.settings)
        if method_named(self.settings.method).is_prefix and self.settings.prefix_init == "text":
            start_from_text(model, self.train)
        return model

    def precision(self) -> str:
        """In which the base computes, see `precision.choose`."""
        what = (str(self.base), self.settings.method)
        return choose(self.settings.precision, self._probe, parameter_count(self.base), of=what)

    def _probe(self, dtype: torch.dtype) -> Callable[[], None]:
        """A training step on the first batch, to be timed; nothing of it is kept."""
        model = self.model(dtype).train()
        batch = self.batch(next(iter(self.plan(1))))
        return lambda: learned_loss(model, batch).backward()
