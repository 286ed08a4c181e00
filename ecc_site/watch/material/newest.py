"""What all columns of the newest rows have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np


@dataclass(frozen=True)
class Newest:
    """N rows, the newest first; further columns have the same shape (N,)."""

    moments: np.ndarray  # datetimes

    def __len__(self) -> int:
        return len(self.moments)

    @property
    def since(self) -> datetime:
        return min(self.moments)

    @property
    def until(self) -> datetime:
        return max(self.moments)
