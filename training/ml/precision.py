"""In which precision the frozen base computes: bfloat16 where a measurement on this machine shows that it pays."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

import torch

GAIN = 1.15  # bfloat16 must be this much faster; below it exactness is worth more
TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
LARGE = 1_000_000_000  # weights; from here on matrix products are all that counts, and loading twice is dear
ROUNDS = 4
HOPELESS = 3  # times the fastest so far, after which a type is not tried again: some CPUs are a thousand times slower
_measured: dict[Hashable, str] = {}


def choose(wanted: str, probe: Callable[[torch.dtype], Callable[[], None]], parameters: int, of: Hashable) -> str:
    """float32 or bfloat16. `probe` makes a training step with the base in a type, to be timed here.

    A GPU that has bfloat16 always gains. On a CPU it can be many times faster or slower, so both are measured: once a
    process for what is trained, `of`, so that the trials of a learning rate and the run behind them compute alike.
    """
    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    if of not in _measured:
        step = _product if parameters >= LARGE else probe
        seconds = _fastest({name: step(dtype) for name, dtype in TYPES.items()})
        _measured[of] = "bfloat16" if seconds["float32"] / seconds["bfloat16"] >= GAIN else "float32"
    return _measured[of]


def _fastest(steps: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Seconds of the fastest round of each. They take turns, so that a busy machine slows all alike."""
    best = dict.fromkeys(steps, float("inf"))
    for _ in range(ROUNDS):
        for name, step in steps.items():
            if best[name] < float("inf") and best[name] > HOPELESS * min(best.values()):
                continue
            began = time.perf_counter()
            step()
            best[name] = min(best[name], time.perf_counter() - began)
    return best


def _product(dtype: torch.dtype) -> Callable[[], None]:
    left, right = torch.ones(128, 512, dtype=dtype), torch.ones(512, 1024, dtype=dtype)
    return lambda: torch.mm(left, right)
