"""How sure the gate has to be of the k-th candidate of a frozen set, so that patience does not pay.

Each candidate may be found better by chance with a small probability; what all the candidates of a set may use up
together is bounded, whatever they have in common (Bonferroni's inequality). A frozen set does not grow, so the bound
has to hold over candidates, not over sample sizes; docs/decisions/0012 compares ways of spending.
"""

from __future__ import annotations

ALPHA = 0.05  # that any candidate of a set, however many there are, is found better although it is not
PLANNED = 50  # candidates that share most of ALPHA in equal parts: about a year's
RESERVE = 0.1  # share of it for those after them
# So far in its tail, Student's bound errs about twice as often as it says where a few dialogues lose much and many gain
# a little (benchmarks/gate_truth.py, "lopsided"), and the sample cannot show that. Half is kept back for it.
SPENT = 0.5


def spent(number: int) -> float:
    """What the candidate with this number, from 1, uses up; over all numbers they sum to ALPHA · SPENT."""
    if number <= PLANNED:
        return ALPHA * SPENT * (1 - RESERVE) / PLANNED
    return ALPHA * SPENT * RESERVE * PLANNED / (number * (number - 1))  # sums to the reserve over all later numbers


def level_of(number: int) -> float:
    """Level of the two-sided interval whose lower end is a one-sided bound for this candidate."""
    return 1 - 2 * spent(number)
