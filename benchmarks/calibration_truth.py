"""How often the intervals of calibration hold the truth, and what the scores add to people's verdicts.

    python benchmarks/calibration_truth.py [--quick] [--json]

- fit: α that was planted, fitted together with Θ and the threshold to simulated verdicts on 100 dialogues of three
  turns (in one row 30). The odds of acceptance rise with the final score under the planted α and Θ = .2, a dialogue has
  a strictness of its own (standard deviation .7), similarity and match correlate by .4, the rule of Θ applies to 15%.
  In the row "cut" acceptance is a sharp cut of a final score with noise, which no logistic curve describes exactly.
- corrected: a mean that 60 verdicts and the scores of 12,000 replies give. Outcomes and scores are normal and correlate
  by .5 from reply to reply; scores are .3 too high. Once the 60 are replies of 60 dialogues. Once they are 20 whole
  dialogues of three turns, as the desk hands them out, where half of what outcome and score have in common belongs to
  the dialogue (a customer's question is easy or hard throughout) and what sets them apart does not. Then people accept
  or refuse (0 or 1), which correlates less with a score; then the queue took the 30 worst and 30 at random, with their
  weights; then it is the difference of two versions, both read on the same turns.
  A correlation of ρ between what dialogues say and their scores makes an interval √(1 - ρ²) as wide at best, .87 at .5.
  So over 60 dialogues nothing that is linear in the score can gain more than 13%: that row is shown, and the bar of 20%
  is for the dialogues of three, whose means correlate by .67.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks import report
from review.calibration.estimating.corrected import Corrected, Population, corrected, corrected_difference
from review.calibration.estimating.eq1 import alpha_interval, candidate_thetas, fitted
from review.calibration.estimating.judged import Judged
from review.calibration.estimating.sampling import cells_of, region_of_lowest, sampled
from review.calibration.measures.curves import sigmoid
from scoring.fusion import final_score

FITS = {"full": 200, "quick": 60, "smoke": 2}
FITTED = {
    "α .3": (0.3, 100),
    "α .8": (0.8, 100),
    "α 1": (1.0, 100),
    "α .6, 30 dialogues": (0.6, 30),
    "α .8, cut": (0.8, 100),
}
THETA, STEEP, STRICT = 0.2, 8.0, 0.7
HOLDS_ALPHA = (0.9, 0.99)
CORRECTED = {"full": 1000, "quick": 300, "smoke": 10}
REPLIES = {"full": 12_000, "quick": 12_000, "smoke": 600}
VERDICTS = 60
RHO = 0.5
SHARED = 0.5  # of what outcome and score have in common, by the dialogue
TURNS = 3
BETTER, BIAS = 0.2, 0.3
COVERAGE, NARROWER = (0.93, 0.97), 0.2


def main() -> None:
    options = report.parser(__doc__, quick="fewer simulations").parse_args()
    rng = np.random.default_rng(14)
    found = {
        "fit": {name: fits(rng, FITS[options.size], name, *planted) for name, planted in FITTED.items()},
        "corrected": {name: corrected_by(rng, options.size, draw) for name, draw in SETTINGS.items()},
    }
    if options.json:
        print(report.as_json(holds(found), found))
        return
    show(found)


# --- α


def verdicts(rng: np.random.Generator, dialogues: int, alpha: float, is_cut: bool) -> Judged:
    n, groups = TURNS * dialogues, np.repeat(np.arange(dialogues), TURNS)
    quality = rng.normal(size=n)
    similarity, match_end = (sigmoid(k * quality + rng.normal(size=n)) for k in (1.0, 0.7))
    of_reference = THETA + (1 - THETA) * sigmoid(1.2 + rng.normal(size=n))
    match_cloud = np.where(rng.random(n) < 0.15, THETA * rng.random(n), of_reference)
    final = np.asarray(final_score(similarity, match_end, match_cloud, alpha, THETA))
    strict = STRICT * rng.normal(size=dialogues)[groups]
    if is_cut:
        accepted = STEEP * (final - 0.5) + strict + 1.5 * rng.normal(size=n) > 0
    else:
        accepted = rng.random(n) < sigmoid(STEEP * (final - 0.5) + strict)
    return Judged(similarity, match_end, match_cloud, accepted * 1.0, groups)


def fits(rng: np.random.Generator, count: int, name: str, alpha: float, dialogues: int) -> dict[str, float]:
    found = []
    for _ in range(count):
        judged = verdicts(rng, dialogues, alpha, name.endswith("cut"))
        best = fitted(judged, candidate_thetas(judged.match_cloud, THETA))
        found.append((best.alpha, alpha_interval(judged, best.theta)))
    return {
        "holds it": _share([interval.low <= alpha <= interval.high for _, interval in found]),
        "mean": round(float(np.mean([best for best, _ in found])), 3),
        "sd": round(float(np.std([best for best, _ in found])), 3),
        "width": round(float(np.mean([interval.high - interval.low for _, interval in found])), 3),
    }


# --- means corrected by people


def replies(rng: np.random.Generator, count: int, turns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes and scores, of mean 0 and variance 1, and the dialogues; shape (N,)."""
    groups = np.arange(count) // turns
    shared = SHARED if turns > 1 else 0.0
    common = np.sqrt(shared) * rng.normal(size=count)[groups] + np.sqrt(1 - shared) * rng.normal(size=count)
    both = np.sqrt(RHO) * common + np.sqrt(1 - RHO) * rng.normal(size=(2, count))
    return both[0], both[1] + BIAS, groups


def of_first(outcomes: np.ndarray, scores: np.ndarray, groups: np.ndarray) -> Population:
    """The first 60 replies were read; dialogues are in a random order."""
    return Population(np.where(np.arange(len(outcomes)) < VERDICTS, outcomes, np.nan), scores, groups)


def one_a_dialogue(rng: np.random.Generator, count: int) -> Corrected:
    return corrected(of_first(*replies(rng, count, 1)))


def whole_dialogues(rng: np.random.Generator, count: int) -> Corrected:
    return corrected(of_first(*replies(rng, count, TURNS)))


def acceptance(rng: np.random.Generator, count: int) -> Corrected:
    """Less ½, so that the truth is 0 too."""
    outcomes, scores, groups = replies(rng, count, TURNS)
    return corrected(of_first((outcomes > 0) - 0.5, scores, groups))


def worst_and_random(rng: np.random.Generator, count: int) -> Corrected:
    outcomes, scores, groups = replies(rng, count, TURNS)
    worst, drawn = (
        np.isin(np.arange(count), chosen) for chosen in (np.argsort(scores)[:30], rng.permutation(count)[:30])
    )
    cells = cells_of([region_of_lowest(scores, worst)], count)
    weights = sampled(cells, worst | drawn, np.ones(count, dtype=bool)).weights
    return corrected(Population(np.where(worst | drawn, outcomes, np.nan), scores, groups, weights))


def two_versions(rng: np.random.Generator, count: int) -> Corrected:
    """Less the true difference. What each version gets right is half its own."""
    outcomes, scores, groups = replies(rng, count, TURNS)
    others, their_scores, _ = replies(rng, count, TURNS)
    mixed = [(own + theirs) / np.sqrt(2) for own, theirs in ((outcomes, others), (scores, their_scores))]
    return corrected_difference(of_first(mixed[0], mixed[1] + BETTER, groups), of_first(outcomes, scores, groups))


SETTINGS: dict[str, Callable[[np.random.Generator, int], Corrected]] = {
    "60 dialogues": one_a_dialogue,
    "20 dialogues of 3": whole_dialogues,
    "accepted or not": acceptance,
    "30 worst, 30 random": worst_and_random,
    "two versions": two_versions,
}


def corrected_by(
    rng: np.random.Generator, size: str, draw: Callable[[np.random.Generator, int], Corrected]
) -> dict[str, float]:
    """Of 95% intervals whose truth is 0: how often they hold it, beside the verdicts alone and the scores alone."""
    found = [draw(rng, REPLIES[size]) for _ in range(CORRECTED[size])]
    covered = {
        name: _share([getattr(one, name).low <= 0 <= getattr(one, name).high for one in found])
        for name in ("corrected", "verdicts", "naive")
    }
    return {**covered, "narrower": round(float(np.mean([one.narrower for one in found])), 3)}


def _share(values: list[bool]) -> float:
    return round(float(np.mean(values)), 4)


# --- the result


def holds(found: dict) -> bool:
    rows = found["corrected"]
    return (
        all(HOLDS_ALPHA[0] <= row["holds it"] <= HOLDS_ALPHA[1] for row in found["fit"].values())
        and all(COVERAGE[0] <= row["corrected"] <= COVERAGE[1] for row in rows.values())
        and rows["20 dialogues of 3"]["narrower"] >= NARROWER
    )


def show(found: dict) -> None:
    for part, rows in found.items():
        for name, row in rows.items():
            print(f"{part:10} {name:22}" + "".join(f"{figure:>12} {value:7.3f}" for figure, value in row.items()))
    print("holds:", holds(found))


if __name__ == "__main__":
    main()
