"""A small model can run into a loop: one sign, or one phrase, again and again. It is stopped, and its answer cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from transformers import StoppingCriteria

SAME_SIGNS, SAME_PHRASES = 8, 4  # so many in a row are a loop
LONGEST_PHRASE = 40  # characters
LOOP = re.compile(
    rf"(?P<sign>\S)(?P=sign){{{SAME_SIGNS - 1}}}"
    rf"|(?P<phrase>\S.{{1,{LONGEST_PHRASE - 1}}}?)(?P=phrase){{{SAME_PHRASES - 1}}}",
    re.DOTALL,
)
SENTENCE_END = re.compile(r"[。！？!?…]|\.(?=\s|$)|\n")
LOOK_EVERY = 8  # tokens


class Loop(NamedTuple):
    start: int  # of its first turn
    second: int  # where it begins to repeat itself


def loop_in(text: str) -> Loop | None:
    """The first loop of a text: eight equal signs, or a phrase of at least two signs four times in a row."""
    found = LOOP.search(text)
    if found is None:
        return None
    return Loop(found.start(), found.start() + len(found["sign"] or found["phrase"]))


def without_loop(text: str, loop: Loop) -> str:
    """The text until the loop repeats itself, cut at its last whole sentence; else until the loop begins."""
    ends = [end.end() for end in SENTENCE_END.finditer(text[: loop.second])]
    return text[: ends[-1] if ends else loop.start].strip()


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
