"""How often the watch errs in a year, how soon it finds a change, and what it costs at a million scores.

    python benchmarks/watch.py [--quick] [--json] [--database URL]

Years of answers are drawn: dialogues of one to five turns whose scores are alike (intraclass correlation .3), and
defects that come in dialogues too. They are looked at as the site does, with its windows, intervals and bounds: the
newest 500 against the 2,000 before, at every 100 new ones.

`quiet`: nothing changes. `looks` at how many windows, and of them the share with an interval beyond the default bound
(`beyond`), or beyond no change at all (`nominal`, at most half of the 1% that a 99% interval leaves); `alerts_a_year`
of one dataset at 20,000 answers. `defects`: the same for shares that lie at half of their bound.
`changed`: in the middle of a year scores fall by .1, or a defect rises to twice its bound; the share of years in which
that is found, and after how many answers in the median.
`cost`: milliseconds for a look that measures every subject of a dataset, and for one that finds nothing new in it, at
10,000, 100,000 and 1,000,000 scores in SQLite, or in the empty database that is named.

The bars: at most 1% of quiet windows alert, at most one alert a year; 95% of the changes are found; and either
look takes at most 3 times as long at the largest size as at the smallest.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import report, whatif
from benchmarks.database import open_database
from ecc_site.watch.measures.quantiles import Sample, moved
from review.agreement.measures.wilson import share_of

SIZES = {"full": (10_000, 100_000, 1_000_000), "quick": (10_000, 100_000), "smoke": (900,)}
YEARS = {"full": 60, "quick": 12, "smoke": 2}
A_YEAR, WINDOW, BASELINE, STEP = 20_000, 500, 2_000, 100
LEVEL, DROP, DRIFT_BOUND, DEFECT_BOUND = 0.99, 0.1, -0.03, 0.02
QUARTILES = (0.25, 0.5, 0.75)
SEED = 28


@dataclass(frozen=True)
class Year:
    """Columns of a year's answers, oldest first."""

    dialogues: np.ndarray
    finals: np.ndarray
    defects: np.ndarray  # 0 or 1


def year(rng: np.random.Generator, count: int, drop: float = 0.0, defect: float = DEFECT_BOUND / 2) -> Year:
    """drop: by how much scores are lower from the middle on; defect: the share of defects from the middle on.

    Half of the defects come in whole dialogues.
    """
    lengths = rng.integers(1, 6, size=count)
    dialogues = np.repeat(np.arange(count), lengths)[:count]
    of_dialogue = rng.normal(size=count)[dialogues]
    level = np.sqrt(0.3) * of_dialogue + np.sqrt(0.7) * rng.normal(size=count)
    late = np.arange(count) >= count // 2
    finals = np.clip(0.55 + 0.22 * level - drop * late, 0, 1)
    share = np.where(late, defect, DEFECT_BOUND / 2)
    whole = rng.random(size=count)[dialogues] < share / 2
    return Year(dialogues, finals, (whole | (rng.random(size=count) < share / 2)).astype(float))


def windows(of: Year) -> Iterator[tuple[slice, slice]]:
    """Baseline and window of each look."""
    for end in range(WINDOW + BASELINE, len(of.finals) + 1, STEP):
        yield slice(end - WINDOW - BASELINE, end - WINDOW), slice(end - WINDOW, end)


def drifts(of: Year) -> Iterator[list[tuple[float, float, float]]]:
    """For each look value, low and high of the three quartiles' differences."""
    for before, now in windows(of):
        samples = [Sample(of.finals[rows], of.dialogues[rows]) for rows in (now, before)]
        found = [moved(*samples, share, LEVEL) for share in QUARTILES]
        yield [(row.value, row.low, row.high) for row in found]


def shares(of: Year) -> Iterator[tuple[float, float, float]]:
    for _before, now in windows(of):
        found = share_of(of.defects[now], of.dialogues[now], LEVEL)
        yield found.value or 0.0, found.low or 0.0, found.high or 1.0


def alerts(beyond: list[bool], within: list[bool]) -> list[int]:
    """At which looks an alert is raised: it lasts until the figure is within its bound."""
    raised, lasts = [], False
    for look, (is_beyond, is_within) in enumerate(zip(beyond, within, strict=True)):
        if lasts:
            lasts = not is_within
        elif is_beyond:
            raised.append(look)
            lasts = True
    return raised


def quiet(years: int, count: int) -> dict[str, dict[str, float]]:
    rng = np.random.default_rng(SEED)
    looks, beyond, nominal, raised, defects, defects_raised, defect_looks = 0, 0, 0, 0, 0, 0, 0
    for _ in range(years):
        one = year(rng, count)
        rows = list(drifts(one))
        for quartile in range(len(QUARTILES)):
            series = [row[quartile] for row in rows]
            over = [high < DRIFT_BOUND for _value, _low, high in series]
            looks, beyond = looks + len(series), beyond + sum(over)
            nominal += sum(high < 0 for _value, _low, high in series)
            raised += len(alerts(over, [value >= DRIFT_BOUND for value, _low, _high in series]))
        of_defects = list(shares(one))
        over = [low > DEFECT_BOUND for _value, low, _high in of_defects]
        defects, defect_looks = defects + sum(over), defect_looks + len(of_defects)
        defects_raised += len(alerts(over, [value <= DEFECT_BOUND for value, _low, _high in of_defects]))
    return {
        "quiet": {
            "looks": looks,
            "beyond": beyond / looks,
            "nominal": nominal / looks,
            "alerts_a_year": raised / years,
        },
        "defects": {
            "looks": defect_looks,
            "beyond": defects / defect_looks,
            "alerts_a_year": defects_raised / years,
        },
    }


def changed(years: int, count: int) -> dict[str, float]:
    """A change in the middle; found is the first look after it that is beyond the bound."""
    rng = np.random.default_rng(SEED + 1)
    delays: dict[str, list[int]] = {"drop": [], "defect": []}
    for _ in range(years):
        one = year(rng, count, DROP, 2 * DEFECT_BOUND)
        by_median = [row[1][2] < DRIFT_BOUND for row in drifts(one)]
        by_share = [low > DEFECT_BOUND for _value, low, _high in shares(one)]
        for name, beyond in (("drop", by_median), ("defect", by_share)):
            ends = [WINDOW + BASELINE + look * STEP for look, is_beyond in enumerate(beyond) if is_beyond]
            delays[name] += [end - count // 2 for end in ends if end > count // 2][:1]
    return {
        f"{name}_{what}": value
        for name, found in delays.items()
        for what, value in (("found", len(found) / years), ("after_answers", median(found) if found else float("nan")))
    }


# --- what it costs


def cost(size: str, folder: str, database: str) -> dict[str, dict[str, float]]:
    open_database(folder, database)
    found = {}
    for count in SIZES[size]:
        whatif.store(count)
        found[str(count)] = measured()
        print(f"{count:>9,} scores: {found[str(count)]}", file=sys.stderr)
    return found


def measured() -> dict[str, float]:
    """Of the dataset that was stored last; earlier ones have nothing new."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from dialogues.models import Dataset
    from ecc_site.models import Measurement
    from ecc_site.watch.measuring import watch
    from serving.models import Alias, Version

    if Version.objects.champion() is None:
        Alias.move("champion", Version.objects.end().earliest("pk"))
    known = Measurement.objects.count()
    with CaptureQueriesContext(connection) as queries:
        first = milliseconds(watch)
    again = median(milliseconds(watch) for _ in range(5)) / Dataset.objects.filter(builtin="").count()
    return {
        "measure_ms": round(first, 1),
        "nothing_new_ms": round(again, 1),
        "queries": len(queries),
        "measurements": Measurement.objects.count() - known,
    }


def milliseconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def holds(figures: dict[str, Any]) -> bool:
    few = all(figures[name]["beyond"] <= 0.01 and figures[name]["alerts_a_year"] <= 1 for name in ("quiet", "defects"))
    found = all(figures["changed"][f"{name}_found"] >= 0.95 for name in ("drop", "defect"))
    costs = list(figures["cost"].values())
    flat = all(costs[-1][name] <= 3 * costs[0][name] for name in ("measure_ms", "nothing_new_ms"))
    return few and found and flat and figures["quiet"]["nominal"] <= 0.01


def main() -> None:
    parser = report.parser(__doc__, quick="12 years and 100,000 scores, a minute")
    parser.add_argument("--database", metavar="URL", default="", help="an empty database, which is filled")
    options = parser.parse_args()
    years, count = YEARS[options.size], A_YEAR if options.size != "smoke" else 6_000
    figures: dict[str, Any] = {**quiet(years, count), "changed": changed(years, count)}
    with tempfile.TemporaryDirectory(prefix="watch-") as folder:
        figures["cost"] = cost(options.size, folder, options.database)
    if options.json:
        print(report.as_json(holds(figures), figures))
        return
    for name, row in figures.items():
        print(f"{name:>8}", row)
    print("holds:", holds(figures))


if __name__ == "__main__":
    main()
