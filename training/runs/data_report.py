"""What a run's page shows of its data; stored as JSON with the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass
class DataReport:
    """Filled in steps: when the run is made, when it is prepared, and when its duration is estimated.

    Counts by source are counts of examples; a field is None until its step is done.
    """

    chosen_by_hand: list[str] = field(default_factory=list)  # parameters that a person set
    taken: dict[str, int] | None = None  # source: learned
    in_test: dict[str, int] = field(default_factory=dict)  # source: left out, because a test dialogue has the pair
    repeats: int = 1  # times an example by people is learned a pass
    turns_shared_with_test: int = 0  # learned questions that a test dialogue has too, with another reply
    dev: int | None = None
    without_wordings: dict[str, int] = field(default_factory=dict)  # reason: questions that got no other wordings
    prospect: dict[str, Any] | None = None  # training.runs.prospect.Prospect
    refusals: list[str] = field(default_factory=list)  # why the run cannot be trained, in sentences
    first_batch: list[list[tuple[str, bool, bool]]] = field(default_factory=list)  # a token: (text, learned, padding)
    tokens: dict[str, int] = field(default_factory=dict)  # source: learned tokens
    cut: dict[str, int] = field(default_factory=dict)  # prompt | reply: longer than its limit
    estimate: dict[str, Any] | None = None  # training.ml.estimate.Estimate; empty where it could not be measured
    erased: int = 0  # how often words were erased from it

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> DataReport:
        """From stored JSON; names that are not fields, from an older release, are left out."""
        names = {entry.name for entry in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in names})

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
