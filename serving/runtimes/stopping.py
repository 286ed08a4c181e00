"""Ends a generation that has run into a loop while it is being written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from transformers import StoppingCriteria

from serving.runtimes.loops import loop_in

LOOK_EVERY = 8  # tokens


class StopLoops(StoppingCriteria):
    """Ends those answers of a batch that have run into a loop; `read` makes text of an answer's token ids."""

    def __init__(self, prompt_width: int, read: Callable[[Sequence[int]], str]):
        self.prompt_width, self.read = prompt_width, read

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **kwargs: object) -> torch.Tensor:
        """Whether each answer is to end, shape (B,)."""
        written = input_ids.shape[1] - self.prompt_width
        if written % LOOK_EVERY:
            return torch.zeros(len(input_ids), dtype=torch.bool, device=input_ids.device)
        loops = [loop_in(self.read(row)) is not None for row in input_ids[:, self.prompt_width :].tolist()]
        return torch.tensor(loops, device=input_ids.device)
