"""In which precision the frozen base computes: bfloat16 where a measurement on this machine shows that it pays."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

GAIN = 1.15  # bfloat16 must be this much faster; below it exactness is worth more
TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
LARGE = 1_000_000_000  # weights; from here on matrix products are all that counts, and loading twice is dear
ROUNDS = 4


def choose(wanted: str, probe: Callable[[torch.dtype], Callable[[], None]], parameters: int) -> str:
    """float32 or bfloat16. `probe` makes a training step with the base in a type, to be timed here.

    A GPU that has bfloat16 always gains. On a CPU it can be many times faster or slower, so both are measured.
    """
    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    seconds = _fastest({name: (_product if parameters >= LARGE else probe)(dtype) for name, dtype in TYPES.items()})
    return "bfloat16" if seconds["float32"] / seconds["bfloat16"] >= GAIN else "float32"


def _fastest(steps: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Seconds of the fastest round of each. They take turns, so that a busy machine slows all alike."""
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            began = time.perf_counter()
            step()
            taken[name].append(time.perf_counter() - began)
    return {name: min(seconds) for name, seconds in taken.items()}


def _product(dtype: torch.dtype) -> Callable[[], None]:
    left, right = torch.ones(512, 2048, dtype=dtype), torch.ones(2048, 2048, dtype=dtype)
    return lambda: torch.mm(left, right)
