"""Comparisons that were drawn by chance, on their way into a round that keeps how they were drawn.

They travel through the browser in a sealed text, so that what a round says of chance is what was drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from ecc_site.core.errors import ExpectedError

SALT = "review.drawn"
MOST_DRAWN = 500  # comparisons, so that they fit into an address


class BrokenSeal(ExpectedError):
    """The text is not one that this site has sealed, or is about another dataset."""


@dataclass(frozen=True)
class Drawn:
    """The replies that could be drawn, of which each had the same chance within its band of the final score.

    splits; languages: none are all. edges: final scores between the bands, a score at an edge lies in the lower one;
    none: one band. alpha, theta: under which the final scores were, later profiles give others.
    """

    splits: tuple[str, ...]
    languages: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    alpha: float = 0.0
    theta: float = 0.0

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """What asdict made, also after JSON."""
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in kept.items()}
        return cls(**values)


@dataclass(frozen=True)
class DrawnRound:
    """What a round is to have: comparisons of these versions, in this order. dataset, versions, comparisons: ids."""

    dataset: int
    kind: str
    purpose: str
    versions: tuple[int, ...]
    comparisons: tuple[int, ...]
    drawn: Drawn

    def sealed(self) -> str:
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    @classmethod
    def unsealed(cls, text: str, dataset: int) -> Self:
        """Raises BrokenSeal."""
        try:
            kept = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            kept = {"dataset": None}
        if kept["dataset"] != dataset:
            raise BrokenSeal(_("The comparisons that were drawn cannot be read; have them drawn again."))
        several = {name: tuple(kept[name]) for name in ("versions", "comparisons")}
        return cls(**{**kept, **several, "drawn": Drawn.of_json(kept["drawn"])})

    @property
    def form_address(self) -> str:
        """Of the form that makes it."""
        return f"{reverse('review:new-round', args=[self.dataset])}?draw={self.sealed()}"
