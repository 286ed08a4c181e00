"""The loss over what is learned, without logits for what is not.

The output layer is the largest matrix of a small model, and its logits the largest tensor of any: prompts and padding
never reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch.nn.functional import cross_entropy
from transformers import BatchEncoding

from training.ml.examples import IGNORED, Encoded

Collate = Callable[[list[dict]], BatchEncoding]  # as of batches.collator


def learned_loss(model: torch.nn.Module, batch: Mapping[str, torch.Tensor], reduction: str = "mean") -> torch.Tensor:
    """Cross-entropy in nats over the learned tokens of a batch of `batches.collator`: their mean, or their sum."""
    targets = batch["labels"][:, 1:]  # position t predicts token t + 1
    chosen = targets != IGNORED  # (B, T-1)
    with _only(model, chosen):
        outputs = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], use_cache=False)
    return cross_entropy(outputs.logits.float(), targets[chosen], reduction=reduction)


@contextmanager
def _only(model: torch.nn.Module, chosen: torch.Tensor) -> Iterator[None]:
    """Let the output layer see the chosen positions alone: its input (B, T, H) becomes (chosen, H)."""
    head = model.get_base_model().get_output_embeddings()

    def select(module, arguments):
        (hidden,) = arguments
        return (hidden[:, :-1][chosen],)

    hook = head.register_forward_pre_hook(select)
    try:
        yield
    finally:
        hook.remove()


@torch.no_grad()
def dev_loss(
    model: torch.nn.Module,
    encoded: Sequence[Encoded],
    collate: Collate,
    batch_size: int,
    should_stop: Callable[[], bool] = lambda: False,
) -> float | None:
    """Mean over all learned tokens, nats; lower is better. None where there are none, or once it is to stop."""
    model.eval()
    device = next(model.parameters()).device
    ordered = sorted(encoded, key=lambda example: len(example.ids))
    total = counted = 0.0
    for start in range(0, len(ordered), batch_size):
        if should_stop():
            return None
        batch = collate([example.features() for example in ordered[start : start + batch_size]]).to(device)
        total += learned_loss(model, batch, reduction="sum").item()
        counted += int((batch["labels"] != IGNORED).sum())
    return total / counted if counted else None
