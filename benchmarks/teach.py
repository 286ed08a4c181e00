"""Whether correcting thirty answers and pressing Teach makes the end model better on questions that it has never seen.

    python benchmarks/teach.py [--quick] [--json] [--seeds N]

A real site with the demo is launched for each seed. Thirty answers of the train split, drawn by the seed, get the reply
of the shop's own agent as a correction; then Teach is pressed, and the run is started as it is offered. The table has
what the questions score now, with the memory, with the weights and with both, for those that were taught, those near
them, and all others; intervals are those of the page. `minutes` is the time from the click on Teach to that table.
The baseline is `now`, the same model without what was taught.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import shutil
import tempfile
from dataclasses import dataclass
from typing import Any

from benchmarks import report
from tests.running_site import Site, two_free_ports

LEAST_GAIN, MOST_LOST, MOST_MINUTES = 0.10, 0.02, 4.0
IN_SITE = "benchmarks.teach_story.in_site"
ARMS = ("now", "memory", "weights", "both")


@dataclass(frozen=True)
class Plan:
    """How large the demo is, how many answers are corrected, in how many wordings, and how often all of it is done."""

    dialogues: int
    corrected: int
    wordings: int
    seeds: int
    steps: int | None = None  # of the training; None: as many as it takes


PLANS = {
    "full": Plan(1024, 30, 12, 3),
    "quick": Plan(64, 12, 4, 1),
    "smoke": Plan(16, 2, 1, 1, steps=4),
}


def story(seed: int, folder: Path, plan: Plan) -> dict[str, Any]:
    """One site, from the corrections to the table."""
    site = Site(folder, two_free_ports(), ECC_DEMO_DIALOGUES=str(plan.dialogues))
    try:
        site.wait_for("The site is ready")
        return site.ask(IN_SITE, "teach", seed, plan.corrected, plan.wordings, plan.steps or 0)
    finally:
        site.kill_all()


def stories(plan: Plan) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="ecc-teach-") as place:
        first = Path(place) / "0"
        first.mkdir()
        site = Site(first, two_free_ports(), ECC_DEMO_DIALOGUES=str(plan.dialogues))
        try:
            site.wait_for("The site is ready")
        finally:
            site.kill_all()
        folders = [Path(shutil.copytree(first, Path(place) / str(seed))) for seed in range(1, plan.seeds + 1)]
        return [story(seed, folder, plan) for seed, folder in enumerate(folders, start=1)]


def holds(found: dict[str, Any]) -> bool:
    """The bar of one story: near questions better by at least .10, far ones not much worse, within four minutes."""
    near, far = found["strata"].get("near"), found["strata"].get("far")
    if near is None or far is None:
        return False
    better = near["both_gain"][0] >= LEAST_GAIN and near["both_gain"][1] > 0
    return better and far["both_gain"][1] > -MOST_LOST and found["minutes"] <= MOST_MINUTES


def show(found: dict[str, Any], seed: int) -> None:
    print(f"\nseed {seed}: remembers {found['remembered'][0]} of {found['remembered'][1]}, weights {found['weights']}")
    print(f"  {found['minutes']:.1f} minutes from click to table; learned {found['learned']}, rates {found['rates']}")
    print(
        f"  {'':8}{'n':>5}" + "".join(f"{arm:>9}" for arm in ARMS) + "   both − now, 95%        weights beside memory"
    )
    for name, row in found["strata"].items():
        gains = "".join("   {:+.3f} [{:+.3f}, {:+.3f}]".format(*row[gain]) for gain in ("both_gain", "weights_gain"))
        print(f"  {name:8}{row['n']:>5}" + "".join(f"{row[arm]:>9.3f}" for arm in ARMS) + gains)


def main() -> None:
    options = report.parser(__doc__, quick="one seed with twelve corrections on a small demo")
    options.add_argument("--seeds", type=int, help="how many stories")
    chosen = options.parse_args()
    plan = PLANS[chosen.size]
    if chosen.seeds:
        plan = Plan(plan.dialogues, plan.corrected, plan.wordings, chosen.seeds, plan.steps)
    found = stories(plan)
    if chosen.json:
        print(report.as_json(all(map(holds, found)), {"stories": found}))
        return
    for seed, one in enumerate(found, start=1):
        show(one, seed)
    print(f"\nholds: {[holds(one) for one in found]}")


if __name__ == "__main__":
    main()
