"""Ratings and preferences that others have published, held against the scorers; without the database.

A line is a rated reply, `{query, response, rating}`, or a pair, `{query, response_a, response_b, preference}` with a
preference of a, b, tie or none. `reference` may be added, without which only the match of question and reply is known,
and `dialogue`, by which intervals are clustered; without it, by the question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ecc_site.core.file_commands import require_texts
from ecc_site.core.jsonl import LineProblem
from review.agreement.measures.estimates import Estimate
from review.calibration.estimating.figures import Agreement, agreement_of, pairwise_of
from review.calibration.estimating.fit import Fit, fit
from review.calibration.estimating.judged import Judged
from review.calibration.measures.reliability import Bin, reliability
from scoring.components import STORED, Scorers, components
from scoring.fusion import COMPONENTS, final_score
from scoring.parameters import Parameters

BASELINE = "length"
PREFERENCES = {"a": 1.0, "b": -1.0, "tie": 0.0, "none": 0.0}
BATCH = 256


@dataclass(frozen=True)
class Rated:
    """How each score agrees with ratings. accepted_from: ratings from there on count as accepted.

    curve: of the final score, else of the match; fit: of Eq. 1, None without references.
    """

    accepted_from: float
    scores: dict[str, Agreement]
    curve: list[Bin]
    fit: Fit | None


@dataclass(frozen=True)
class Preferred:
    """By score how often it prefers the response that people prefer; decided: pairs of which people preferred one."""

    decided: int
    scores: dict[str, Estimate]


def is_pair(record: Mapping[str, Any]) -> bool:
    return "response_a" in record


def check_record(record: dict, rating: str, of_pairs: bool) -> None:
    """Raise LineProblem if the record cannot be used beside those of a file of pairs or of ratings."""
    if is_pair(record) != of_pairs:
        raise LineProblem("", "the same fields as in the first line: pairs and ratings do not mix")
    require_texts(record, "query", *(("response_a", "response_b") if of_pairs else ("response",)))
    if record.get("reference") is not None:
        require_texts(record, "reference")
    if of_pairs:
        if record.get("preference") not in PREFERENCES:
            raise LineProblem("preference", " | ".join(PREFERENCES))
    elif isinstance(record.get(rating), bool) or not isinstance(record.get(rating), int | float):
        raise LineProblem(rating, "a number")


def scored(
    scorers: Scorers, records: Sequence[Mapping[str, Any]], response: str, parameters: Parameters
) -> dict[str, np.ndarray]:
    """Of each response the components, the final score and the baseline, each of shape (B,); NaN for unknown."""
    texts = [[record.get(name) for record in records] for name in ("query", response, "reference")]
    found = components(scorers, *texts)
    of_eq1 = {name: found[name] for name in COMPONENTS}
    final = np.asarray(final_score(**of_eq1, alpha=parameters.alpha, theta=parameters.theta))
    return {**found, "final": final, BASELINE: np.array([float(len(record[response])) for record in records])}


def joined(parts: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([part[name] for part in parts]) for name in (*STORED, "final", BASELINE)}


def groups_of(records: Sequence[Mapping[str, Any]]) -> tuple[str, np.ndarray]:
    """By which field intervals are clustered, and the number of each line's cluster, shape (N,)."""
    field = "dialogue" if all(record.get("dialogue") is not None for record in records) else "query"
    return field, np.unique([str(record[field]) for record in records], return_inverse=True)[1]


def rated(
    found: Mapping[str, np.ndarray],
    ratings: np.ndarray,
    groups: np.ndarray,
    parameters: Parameters,
    accepted_from: float | None,
) -> Rated:
    """accepted_from None: what is above the middle of the scale, as far as it was used."""
    middle = (ratings.min() + ratings.max()) / 2
    limit = float(ratings[ratings > middle].min(initial=np.inf)) if accepted_from is None else accepted_from
    accepted = (ratings >= limit).astype(float)
    scores = {
        name: agreement_of(values, ratings, accepted, groups) for name, values in found.items() if _is_known(values)
    }
    best = found["final"] if _is_known(found["final"]) else found["match_end"]
    known = ~np.isnan(best)
    judged = Judged(**{name: found[name] for name in COMPONENTS}, accepted=accepted, groups=groups)
    fitting = fit(judged, parameters) if _is_known(found["final"]) else None
    return Rated(limit, scores, reliability(best[known], accepted[known], groups[known]), fitting)


def preferred(
    first: Mapping[str, np.ndarray], second: Mapping[str, np.ndarray], preferences: Sequence[str], groups: np.ndarray
) -> Preferred:
    sides = np.array([PREFERENCES[preference] for preference in preferences])
    margins = {name: first[name] - second[name] for name in first}
    scores = {
        name: pairwise_of(margin, sides, groups)
        for name, margin in margins.items()
        if _is_known(margin) and name != "match_cloud"  # which is the same for both
    }
    return Preferred(int((sides != 0).sum()), scores)


def _is_known(values: np.ndarray) -> bool:
    return bool((~np.isnan(values)).any())
