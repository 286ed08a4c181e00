"""What is known of a run's data, as its page shows it; stored as JSON beside the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass
class DataReport:
    """Filled in steps: by whoever makes the run, then by its preparation, then by the estimate.

    Counts by source are of examples; a field is None until its step is done.
    """

    chosen_by_hand: list[str] = field(default_factory=list)  # parameters that a person set
    taken: dict[str, int] | None = None  # source: learned
    in_test: dict[str, int] = field(default_factory=dict)  # source: kept out, because a test dialogue has the pair
    turns_shared_with_test: int = 0  # questions that a test dialogue asks too, with another reply
    dev: int | None = None
    refusals: list[str] = field(default_factory=list)  # sentences that say why it cannot be trained
    first_batch: list[list[tuple[str, bool, bool]]] = field(default_factory=list)  # (text, learned, padding) a token
    tokens: dict[str, int] = field(default_factory=dict)  # source: learned tokens
    cut: dict[str, int] = field(default_factory=dict)  # prompt | reply: longer than its limit
    estimate: dict[str, Any] | None = None  # training.ml.estimate.Estimate; empty where it could not be measured

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> DataReport:
        """From stored JSON; what an older release stored under other names is left out."""
        known = {entry.name for entry in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
