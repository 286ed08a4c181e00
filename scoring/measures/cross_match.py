"""Match by a cross-encoder, which reads turn and answer together: RocketQA, BGE and Qwen rerankers by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scoring.measures.cache import Item, ResultCache


class CrossMatch:
    """Probability that the answer fits the turn, in [0, 1]; an empty answer matches nothing.

    A single label is read through a sigmoid, the second of two labels through a softmax; more raise ValueError.
    Each distinct pair is read once. The model stays in float32: a logit of 10 in bfloat16 is off by up to 0.03.
    """

    def __init__(self, model: str | Path, trust_remote_code: bool = False, cache: ResultCache | None = None):
        import torch
        from sentence_transformers import CrossEncoder
        from sentence_transformers.base.modules import Transformer

        code = {"trust_remote_code": trust_remote_code}
        reader = Transformer(
            str(model),
            transformer_task="sequence-classification",
            # Explicit, so that a chat template in the tokenizer's folder does not turn the pair into a conversation.
            modality_config={"text": {"method": "forward", "method_output_name": "logits"}},
            module_output_name="scores",
            model_kwargs=code | {"use_safetensors": True},
            processor_kwargs=code,
            config_kwargs=code,
        )
        self.model = CrossEncoder(modules=[reader], device="cpu", activation_fn=torch.nn.Identity()).float()
        self.labels = reader.model.config.num_labels
        if self.labels not in (1, 2):
            raise ValueError(f"a match scorer has one or two labels, this model has {self.labels}")
        self.cache = cache or ResultCache()

    def score(self, turns: Sequence[str], answers: Sequence[str]) -> np.ndarray:
        """Shape (B,), higher is a better match."""
        scores = np.zeros(len(answers))
        answered = [i for i, answer in enumerate(answers) if answer.strip()]
        if answered:
            pairs = [(turns[i], answers[i]) for i in answered]
            scores[answered] = self.cache.get(pairs, self._read, np.float32)[:, 0]
        return scores

    def turn_vectors(self, turns: Sequence[str]) -> np.ndarray | None:
        """None: turn and answer are read together."""
        return None

    def _read(self, pairs: list[Item]) -> np.ndarray:
        return as_probability(self.model.predict(pairs, show_progress_bar=False, convert_to_numpy=True))


def as_probability(logits: np.ndarray) -> np.ndarray:
    """P(fits), shape (B,), of one logit (B,) or of two (B, 2)."""
    logits = np.asarray(logits, dtype=float)
    if logits.ndim == 2:
        logits = logits[:, 1] - logits[:, 0]  # the softmax of two is the sigmoid of their difference
    return 1 / (1 + np.exp(-logits))
