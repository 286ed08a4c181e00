"""Match by a cross-encoder, which reads turn and answer together: RocketQA, BGE and Qwen rerankers by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np


class CrossMatch:
    """Probability that the answer fits the turn, in [0, 1]; an empty answer matches nothing.

    One label is read through a sigmoid, of two labels the second through a softmax. Raises ValueError for more.
    Each distinct pair is read once.
    """

    def __init__(self, model: str | Path, trust_remote_code: bool = False, capacity: int = 200_000):
        import torch
        from sentence_transformers import CrossEncoder
        from sentence_transformers.base.modules import Transformer

        code = {"trust_remote_code": trust_remote_code}
        reader = Transformer(
            str(model),
            transformer_task="sequence-classification",
            # Named, so that a chat template in the tokenizer's folder does not dress the pair up as a conversation.
            modality_config={"text": {"method": "forward", "method_output_name": "logits"}},
            module_output_name="scores",
            model_kwargs=code | {"use_safetensors": True},
            processor_kwargs=code,
            config_kwargs=code,
        )
        self.model = CrossEncoder(modules=[reader], device="cpu", activation_fn=torch.nn.Identity())
        self.labels = reader.model.config.num_labels
        if self.labels not in (1, 2):
            raise ValueError(f"a match scorer has one or two labels, this one has {self.labels}")
        self.capacity = capacity
        self._known: dict[tuple[str, str], float] = {}

    def score(self, turns: Sequence[str], answers: Sequence[str]) -> np.ndarray:
        """Shape (B,), higher is a better match."""
        pairs = list(zip(turns, answers, strict=True))
        new = list(dict.fromkeys(pair for pair in pairs if pair not in self._known and pair[1].strip()))
        if len(self._known) + len(new) > self.capacity:
            self._known = {}
            new = list(dict.fromkeys(pair for pair in pairs if pair[1].strip()))
        if new:
            logits = self.model.predict(new, show_progress_bar=False, convert_to_numpy=True)
            self._known.update(zip(new, as_probability(logits).tolist(), strict=True))
        return np.array([self._known.get(pair, 0.0) for pair in pairs])


def as_probability(logits: np.ndarray) -> np.ndarray:
    """P(fits), shape (B,), of one logit (B,) or of two (B, 2)."""
    logits = np.asarray(logits, dtype=float)
    if logits.ndim == 2:
        logits = logits[:, 1] - logits[:, 0]  # the softmax of two is the sigmoid of their difference
    return 1 / (1 + np.exp(-logits))
