"""How long a review round takes to be made of up to a million comparisons, and in how much memory.

    python benchmarks/make_round.py [--quick] [--json] [--database URL]

On SQLite in a temporary folder, or in the empty database that is named, such as one of PostgreSQL.

Datasets of 10,000, 100,000 and 1,000,000 scored comparisons; of each a round of all with a final score, the worst
first, by the job that makes large rounds. `seconds` are those of the job, `preview_ms` what the form takes to say
beforehand how large the round would be. `more_mb` is by how much the resident memory grew at most. `baseline`
makes items and assignments of the first thousand as model objects, one after the other; `times` is how many times as
many comparisons a second the job stores, in the same run.

The bar: the largest round within ten minutes and in at most 512 MB more.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import report
from benchmarks.database import open_database
from benchmarks.export_load.in_site import peak_mb
from benchmarks.whatif import store

SIZES = {"full": (10_000, 100_000, 1_000_000), "quick": (10_000, 100_000), "smoke": (300,)}
BASELINE = 1_000
LONGEST_S, MOST_MB = 600.0, 512.0


def measured(dataset: int, size: int) -> dict[str, Any]:
    from review.models import MakeRoundJob
    from review.rounds import making
    from review.rounds.preview import preview

    round_, selection = wanted(dataset, size)
    began = time.perf_counter()
    preview(round_, selection)
    previewed = time.perf_counter() - began
    making.AT_ONCE = 0  # small ones by the job too, so that like is compared with like
    made = making.make_round(round_, selection, None)
    job = MakeRoundJob.objects.get(round=made)
    before = forget_peak()
    began = time.perf_counter()
    job.run(making.fill_later)
    seconds = time.perf_counter() - began
    made.refresh_from_db()
    assert made.is_open and made.item_count == made.items.count() > 0.8 * size, job.error
    rate, plain = made.item_count / seconds, one_by_one(dataset)
    return {
        "items": made.item_count,
        "dialogues": made.dialogue_count,
        "seconds": round(seconds, 2),
        "per_second": round(rate),
        "preview_ms": round(1000 * previewed, 1),
        "more_mb": round(peak_mb() - before, 1),
        "baseline_per_second": round(plain),
        "times": round(rate / plain, 1),
    }


def forget_peak() -> float:
    """The memory of the process, in MB, above which its peak counts from now on."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak_mb()


def wanted(dataset: int, size: int) -> tuple[Any, Any]:
    from review.models import Round
    from review.rounds.selection import Selection
    from serving.models import Version

    round_ = Round(name=f"{size}", dataset_id=dataset, kind="human", purpose="teach")
    versions = tuple(Version.objects.filter(kind="end").values_list("pk", flat=True))
    return round_, Selection(versions=versions, order="worst", size=size)


def one_by_one(dataset: int) -> float:
    """Comparisons a second that the plain way stores."""
    from dialogues.models import Comparison
    from review.models import Assignment, Round, RoundItem

    round_ = Round.objects.create(name="plain", dataset_id=dataset, kind="human", purpose="teach")
    chosen = Comparison.objects.filter(dataset=dataset).order_by("pk")[:BASELINE]
    began = time.perf_counter()
    for rank, comparison in enumerate(chosen):
        turn = comparison.turn
        of = {"round": round_, "dialogue": turn.dialogue}
        RoundItem.objects.create(comparison=comparison, position=turn.position, stratum="worst", **of)
        Assignment.objects.get_or_create(n=1, defaults={"priority": rank}, **of)
    return len(chosen) / (time.perf_counter() - began)


def run(size: str, folder: str, database: str) -> dict[int, dict[str, Any]]:
    open_database(folder, database)
    found = {}
    for count in SIZES[size]:
        found[count] = measured(store(count), count)
        print(f"{count:>9,} comparisons: {found[count]}", file=sys.stderr)
    return found


def holds(found: dict[int, dict[str, Any]]) -> bool:
    last = found[max(found)]
    return last["seconds"] <= LONGEST_S and last["more_mb"] <= MOST_MB


def main() -> None:
    parser = report.parser(__doc__, quick="10,000 and 100,000 comparisons, a minute")
    parser.add_argument("--database", metavar="URL", default="", help="an empty database, which is filled")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rounds-") as folder:
        found = run(options.size, folder, options.database)
    if options.json:
        print(report.as_json(holds(found), found))
        return
    for count, row in found.items():
        print(f"{count:>9,} comparisons", *(f"{name} {value}" for name, value in row.items()), sep="  ")
    print("holds:", holds(found))


if __name__ == "__main__":
    main()
