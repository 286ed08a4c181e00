"""What the figures of a filter are worked out from; read when it is first asked for, and once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from review.calibration.material import Filter, Material, judged_material_of, material_of
from scoring.models import Profile
from scoring.parameters import Parameters

Tell = Callable[[int], None]  # called with the steps that are done, or with 0 on the way; it may raise to end the work


def tell_nobody(steps: int) -> None:
    pass


@dataclass(frozen=True)
class Source:
    """profile: the active one."""

    chosen: Filter
    profile: Profile

    @classmethod
    def of(cls, chosen: Filter) -> Source:
        return cls(chosen, Profile.objects.active_for(chosen.dataset, chosen.scorer_set))

    @property
    def parameters(self) -> Parameters:
        return self.profile.parameters

    @cached_property
    def judged(self) -> Material:
        """The replies that somebody judged."""
        return judged_material_of(self.chosen)

    @cached_property
    def everything(self) -> Material:
        """All scores of the filter as well."""
        return material_of(self.chosen)
