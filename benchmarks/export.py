"""How fast a round of review is exported in each format, with how much memory, beside a plain loop.

    python benchmarks/export.py [--quick] [--json] [--database URL]

On SQLite in a temporary folder, or in the empty database that is named, such as one of PostgreSQL.

Rounds of generated verdicts: dialogues of six turns, of which two were reviewed by two people each, with scores; every
third verdict has a correction, one dialogue in ten is of the test split. Each export is `manage.py export` in a process
of its own: `seconds` are those of the work, `peak_mb` the largest resident memory of the process, of which `start_mb`
was there before it. `baseline` writes the first thousand verdicts in a loop over model objects, which asks for
what belongs to each row; `times` is how many times as many rows a second the export writes, in the same run.

The bar: 50,000 verdicts under 30 seconds in each format, and at the largest round at least 0.7 of the rate and at most
64 MB more memory than at the smallest.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import report
from benchmarks.database import open_database

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"full": (50_000, 1_000_000), "quick": (5_000, 50_000), "smoke": (40,)}
BASELINE = {"full": 1_000, "quick": 1_000, "smoke": 20}
LONGEST_S, AT = 30.0, 50_000  # for so many verdicts
LEAST_RATE, MOST_MB = 0.7, 64.0  # of the largest round against the smallest


def exported(round_pk: int, format_: str, out: Path) -> dict[str, Any]:
    """What the command says, with the memory of its process."""
    command = [sys.executable, "-m", "benchmarks.export_load.in_site", str(round_pk), format_, str(out)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    said, memory = map(json.loads, done.stdout.splitlines()[-2:])
    return said | memory


def baseline(round_pk: int, size: int, folder: Path) -> float:
    """Rows a second of the plain loop."""
    from benchmarks.export_load.in_site import plain_loop

    began = time.perf_counter()
    count = plain_loop(round_pk, size, folder / "plain.jsonl")
    return count / (time.perf_counter() - began)


def measured(verdicts: int, size: str, folder: Path) -> dict[str, Any]:
    from benchmarks.export_load.in_site import store
    from review.exports.formats import FORMATS
    from review.models import Verdict

    round_pk = store(verdicts)
    count = Verdict.objects.filter(round=round_pk).count()
    plain = baseline(round_pk, BASELINE[size], folder)
    found: dict[str, Any] = {"verdicts": count, "baseline_per_second": round(plain, 1)}
    for name in FORMATS:
        out = folder / "out"
        row = exported(round_pk, name, out)
        rate = count / row["seconds"]
        row |= {"per_second": round(rate), "times": round(rate / plain, 1), "mb": round(out.stat().st_size / 2**20, 1)}
        found[name] = row
        print(f"{count:>9,} {name:16} {row}", file=sys.stderr)
    return found


def run(size: str, folder: Path, database: str) -> dict[str, Any]:
    open_database(folder, database)
    return {str(count): measured(count, size, folder) for count in SIZES[size]}


def holds(figures: dict[str, Any]) -> bool:
    rows = list(figures.values())
    smallest, largest = rows[0], rows[-1]
    formats = [name for name, row in smallest.items() if isinstance(row, dict)]
    return all(_hold(smallest[name], largest[name]) for name in formats)


def _hold(small: dict[str, Any], large: dict[str, Any]) -> bool:
    """Of one format in the smallest and the largest round."""
    fast = min(small["per_second"], large["per_second"]) * LONGEST_S >= AT
    flat = large["per_second"] >= LEAST_RATE * small["per_second"]
    return fast and flat and large["peak_mb"] <= small["peak_mb"] + MOST_MB


def main() -> None:
    parser = report.parser(__doc__, quick="rounds of 5,000 and 50,000 verdicts, a minute or two")
    parser.add_argument("--database", metavar="URL", default="", help="an empty database, which is filled")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        figures = run(options.size, Path(folder), options.database)
    if options.json:
        print(report.as_json(holds(figures), figures))
        return
    for row in figures.values():
        print(f"{row['verdicts']:,} verdicts, baseline {row['baseline_per_second']} a second")
        for name, values in row.items():
            if isinstance(values, dict):
                print(f"  {name:16}", *(f"{key} {value}" for key, value in values.items()), sep="  ")
    print("holds:", holds(figures))


if __name__ == "__main__":
    main()
