"""Which floating-point numbers this CPU multiplies fastest."""

from __future__ import annotations

import time
from functools import cache
from typing import Literal

Precision = Literal["float32", "bfloat16"]
WORTH_IT = 1.5  # a bfloat16 that gains less is not worth its rounding
ROWS, INPUTS, OUTPUTS = 256, 384, 1536  # a feed-forward layer of a small encoder, one batch
REPEATS = 7


@cache
def fastest_precision() -> Precision:
    """bfloat16 where it is clearly faster, else float32: some CPUs are built for it, on others it is far slower.

    Takes about 50 ms, once per process. The best time of each counts, so other load changes little.
    """
    import torch

    layers = {kind: torch.nn.Linear(INPUTS, OUTPUTS).to(kind) for kind in (torch.float32, torch.bfloat16)}
    rows = {kind: torch.ones(ROWS, INPUTS, dtype=kind) for kind in layers}
    best = dict.fromkeys(layers, float("inf"))
    with torch.inference_mode():
        for _ in range(REPEATS):
            for kind, layer in layers.items():
                started = time.perf_counter()
                layer(rows[kind])
                best[kind] = min(best[kind], time.perf_counter() - started)
    return "bfloat16" if best[torch.float32] > WORTH_IT * best[torch.bfloat16] else "float32"
