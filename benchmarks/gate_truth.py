"""How often the gate promotes what is no better, finds what is, and how often its intervals hold the truth.

    python benchmarks/gate_truth.py [--quick] [--json]

Simulated differences of final scores between a candidate and the champion, turn by turn. Most replies stay as they
were; where one changes, the turns of a dialogue tend to change alike. How much they scatter is taken from a LoRA
candidate of the demo: standard deviation .124 over 81 test turns in 21 dialogues, 57% of the replies unchanged, the
variance of the mean 1.75 times that of independent turns. Five other pairs of versions: .13 to .22 and 1.2 to 2.0; the
skewness of their dialogues' sums lay between -.3 and .5. `even` dialogues have none; `lopsided` ones have -.5: many
gain a little and a few lose much, which is where a bound for "better" errs most.

- years: 50 candidates without any difference are assessed one after another on 300 turns; the share of the years in
  which any of them is found better. Candidates are independent here, the worst case: those of one base have much in
  common.
- found: the share of candidates that are .05 better that are found so, wherever in the year they come.
- coverage: of 95% intervals over few and many dialogues of unequal size.
- corrected: of 95% intervals that people's verdicts on some of the dialogues correct, and their width beside that of
  the verdicts alone.

Beside the gate, in the same run, what it was before: a 95% percentile bootstrap by dialogue for every candidate.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks import report
from review.calibration.estimating.corrected import Population
from review.calibration.estimating.corrected import corrected as corrected_by_people
from review.calibration.measures.clusters import clustered_mean
from training.evaluation.spending import ALPHA, PLANNED, level_of

YEARS = {"full": 1000, "quick": 300, "smoke": 2}
BATCHES = {"full": 160, "quick": 60, "smoke": 1}  # of PLANNED trials each
TRIALS = {"full": 4000, "quick": 2000, "smoke": 20}  # of each corrected interval
RESAMPLES = 1000
TURNS = 300
GAIN = 0.05
SD = 0.125
SDS = (SD, 0.15, 0.2)
CHANGED = 0.43  # share of the replies
ALIKE = 0.5  # correlation of changes in a dialogue
LOPSIDED = 9  # shape of the gamma distribution that dialogues follow then
DIALOGUES = (10, 20, 50, 300)
READ = (10, 30, 60)  # dialogues with verdicts, of about 100
AGREES = 0.5  # how far a verdict follows the score's difference, in its standard deviations
UNSURE = 0.6  # what a reader has to feel before saying that one reply is better
MOST_FALSE, LEAST_FOUND, COVERAGE = ALPHA, 0.8, (0.93, 0.97)


def main() -> None:
    options = report.parser(__doc__, quick="300 years, fewer trials").parse_args()
    rng, batches = np.random.default_rng(12), BATCHES[options.size]
    found = {
        "years": {shape: years(rng, YEARS[options.size], shape == "lopsided") for shape in ("even", "lopsided")},
        "found": {f"sd {sd}": found_better(rng, batches, sd) for sd in SDS},
        "coverage": {f"{count} dialogues": coverage(rng, batches, count) for count in DIALOGUES},
        "corrected": {f"{count} dialogues read": corrected(rng, TRIALS[options.size], count) for count in READ},
    }
    if options.json:
        print(report.as_json(holds(found), found))
        return
    show(found)


# --- differences


def sizes(rng: np.random.Generator, dialogues: int) -> np.ndarray:
    """Turns of each dialogue: one to ten, three in the mean."""
    return np.minimum(rng.geometric(1 / 3, dialogues), 10)


def sizes_of(rng: np.random.Generator, turns: int) -> np.ndarray:
    """As many dialogues as have so many turns together."""
    some = sizes(rng, turns)
    counts = some[: int(np.searchsorted(some.cumsum(), turns)) + 1].copy()
    counts[-1] -= counts.sum() - turns
    return counts


def differences(
    rng: np.random.Generator, groups: np.ndarray, trials: int, sd: float = SD, lopsided: bool = False
) -> np.ndarray:
    """Shape (trials, B), mean 0 in truth; groups: (B,) in 0 to G - 1. Single turns have long tails."""
    shape = (trials, groups.max() + 1)
    shared = (LOPSIDED - rng.gamma(LOPSIDED, size=shape)) / np.sqrt(LOPSIDED) if lopsided else rng.normal(size=shape)
    own = rng.laplace(scale=np.sqrt(0.5), size=(trials, len(groups)))
    changed = rng.random((trials, len(groups))) < CHANGED
    return changed * (np.sqrt(ALIKE) * shared[:, groups] + np.sqrt(1 - ALIKE) * own) * sd / np.sqrt(CHANGED)


def bootstrap_ends(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Ends of the 95% percentile bootstrap interval by dialogue, shape (2, trials); one set of draws for all."""
    count = groups.max() + 1
    weights = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), RESAMPLES).astype(float)  # (R, G)
    sums = np.stack([np.bincount(groups, row, count) for row in values])  # (trials, G)
    means = (sums @ weights.T) / (weights @ np.bincount(groups))  # (trials, R)
    return np.quantile(means, [0.025, 0.975], axis=1)


# --- the figures


def years(rng: np.random.Generator, count: int, lopsided: bool) -> dict[str, float]:
    """Share of the years with a false promotion, by both gates."""
    ours, before = [], []
    for _ in range(count):
        groups = _groups(sizes_of(rng, TURNS))
        year = differences(rng, groups, PLANNED, lopsided=lopsided)
        ours.append(any(_found(year, groups)))
        before.append(bool((bootstrap_ends(year, groups)[0] > 0).any()))
    return {"years": count, "false": _share(ours), "false before": _share(before)}


def found_better(rng: np.random.Generator, batches: int, sd: float) -> dict[str, float]:
    """Share of the candidates with a true gain that both gates find, half of them lopsided."""
    ours, before = [], []
    for batch in range(batches):
        groups = _groups(sizes_of(rng, TURNS))
        gains = GAIN + differences(rng, groups, PLANNED, sd, lopsided=batch % 2 == 1)
        ours += _found(gains, groups)
        before += list(bootstrap_ends(gains, groups)[0] > 0)
    return {"found": _share(ours), "found before": _share(before)}


def coverage(rng: np.random.Generator, batches: int, dialogues: int) -> dict[str, float]:
    """Share of 95% intervals that hold the truth, half of them of lopsided differences."""
    ours, before = [], []
    for batch in range(batches):
        groups = _groups(sizes(rng, dialogues))
        values = differences(rng, groups, PLANNED, lopsided=batch % 2 == 1)
        intervals = [clustered_mean(row, groups) for row in values]
        ours += [not (interval.lies_above(0) or interval.lies_below(0)) for interval in intervals]
        low, high = bootstrap_ends(values, groups)
        before += list((low <= 0) & (high >= 0))
    return {"ours": _share(ours), "before": _share(before)}


def corrected(rng: np.random.Generator, trials: int, read: int) -> dict[str, float]:
    """Share of 95% corrected intervals that hold the truth, and how wide they are beside the verdicts alone."""
    many = _groups(sizes(rng, 200_000))
    truth = float(verdicts(rng, GAIN + differences(rng, many, 1)[0]).mean())
    holds_truth, widths = [], []
    for _ in range(trials):
        groups = _groups(sizes_of(rng, TURNS))
        gains = GAIN + differences(rng, groups, 1)[0]
        said = np.where(groups < read, verdicts(rng, gains), np.nan)
        found = corrected_by_people(Population(said, gains, groups))
        holds_truth.append(not (found.corrected.lies_above(truth) or found.corrected.lies_below(truth)))
        widths.append(1 - found.narrower)
    return {"truth": round(truth, 3), "coverage": _share(holds_truth), "width": round(float(np.median(widths)), 3)}


def verdicts(rng: np.random.Generator, gains: np.ndarray) -> np.ndarray:
    """What a reader who feels a part of it says of each gain: 1 better, 0 equal, -1 worse."""
    felt = AGREES * gains / SD + np.sqrt(1 - AGREES**2) * rng.normal(size=len(gains))
    return np.sign(felt) * (np.abs(felt) > UNSURE)


def _groups(counts: np.ndarray) -> np.ndarray:
    return np.repeat(np.arange(len(counts)), counts)


def _found(candidates: np.ndarray, groups: np.ndarray) -> list[bool]:
    """Which of a year's candidates the gate finds better, in their order."""
    numbered = enumerate(candidates, start=1)
    return [clustered_mean(row, groups, level_of(number)).lies_above(0) for number, row in numbered]


def _share(values: list) -> float:
    return round(float(np.mean(values)), 4)


# --- the result


def holds(found: dict) -> bool:
    covered = [row["ours"] for row in found["coverage"].values()]
    covered += [row["coverage"] for row in found["corrected"].values()]
    return (
        all(row["false"] <= MOST_FALSE for row in found["years"].values())
        and found["found"][f"sd {SD}"]["found"] >= LEAST_FOUND
        and all(COVERAGE[0] <= share <= COVERAGE[1] for share in covered)
    )


def show(found: dict) -> None:
    for part, rows in found.items():
        for name, row in rows.items():
            print(f"{part:10} {name:18}" + "".join(f"{figure:>14} {value:8.3f}" for figure, value in row.items()))
    print("holds:", holds(found))


if __name__ == "__main__":
    main()
