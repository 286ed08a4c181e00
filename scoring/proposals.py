"""Θ of a scorer set that nobody has set for a dataset yet, beside the one that its own quantiles propose."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.models import Profile

CLEARLY = 0.005  # apart; less is not told from what is shown


@dataclass(frozen=True)
class Proposal:
    """profile: the active one, which was made without anybody; theta: what is proposed instead of its own."""

    profile: Profile
    theta: float


def proposal_for(profile: Profile) -> Proposal | None:
    """None where a person has chosen, where nothing is known of the scorer, or where Θ is as it proposes."""
    theta = profile.scorer_set.proposed_theta
    is_own = profile.author_id is not None or profile.revision > 1
    if is_own or theta is None or abs(theta - profile.theta) < CLEARLY:
        return None
    return Proposal(profile, theta)
