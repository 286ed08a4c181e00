"""Scores that may be averaged together, and what has been worked out from them already."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scoring.figures.by_version import VersionFigures, figures
from scoring.figures.columns import Columns
from scoring.figures.curves import Curves
from scoring.figures.groups import Groups
from scoring.parameters import Parameters

REMEMBERED = 2  # sets of parameters; one of them is the active profile, which every trial is compared with


@dataclass(frozen=True)
class Scored:
    """All scores under some parameters: `final` (N,), NaN where unknown, and the figures of each version."""

    parameters: Parameters
    final: np.ndarray
    versions: list[VersionFigures]


class Selection:
    def __init__(self, columns: Columns, groups: Groups):
        """Of sorted columns (Columns.sorted) and their groups."""
        self.columns, self.groups = columns, groups
        self._scored: OrderedDict[Parameters, Scored] = OrderedDict()
        self._lock = threading.Lock()  # the threads of a process share what is kept

    @property
    def bytes(self) -> int:
        """With what may be remembered of the scores."""
        return self.columns.bytes + self.groups.bytes + REMEMBERED * 8 * len(self.columns)

    def part(self, chosen: np.ndarray) -> Selection:
        """The rows `chosen` alone, the numbers of rows in their order."""
        columns = self.columns.of(chosen)
        return Selection(columns, self.groups.part(columns, chosen))

    def under(self, parameters: Parameters) -> Scored:
        with self._lock:
            found = self._scored.get(parameters) or self._score(parameters)
            self._scored[parameters] = found
            self._scored.move_to_end(parameters)
            while len(self._scored) > REMEMBERED:
                self._scored.popitem(last=False)
            return found

    def _score(self, parameters: Parameters) -> Scored:
        final = parameters.final(self.columns)
        return Scored(parameters, final, figures(self.columns, self.groups, parameters, final))

    @cached_property
    def curves(self) -> Curves:
        return Curves.of(self.columns, self.groups)
