"""Whether anything is lost or done twice while the site is broken in every way that an operator has to fear.

    python benchmarks/faults.py [--quick] [--json] [--database sqlite | postgresql]

A real site is launched, on SQLite and then on a PostgreSQL of its own. Twenty annotators give verdicts through the desk
as its page does, and a manager keeps imports, answers and scores coming. First nobody disturbs them: the baseline. Then
each program is killed, all of them at once, the disk is full for some seconds, and the database is locked. At the end
everything that was acknowledged is compared with what is stored.

A verdict counts as acknowledged when the page would forget what was typed. Latencies are those of a person: from the
verdict to its acknowledgement, repetitions included. `silent_s` is the longest time without any acknowledgement,
`again_s` how long it took until each annotator had given another verdict after the fault was over.
The site and the database lie on a small disk in memory where that can be mounted, so that it can be filled.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import report
from benchmarks.fault_injection.run import DATABASES, NoDatabase, Plan, run
from benchmarks.fault_injection.summary import holds

FULL = Plan(
    annotators=20,
    rounds=24,
    demo_dialogues=64,
    imported_dialogues=200,
    quiet_s=30,
    settle_s=10,
    full_s=10,
    lock_s=40,
)
QUICK = Plan(
    annotators=20,
    rounds=24,
    demo_dialogues=16,
    imported_dialogues=20,
    quiet_s=5,
    settle_s=1,
    full_s=4,
    lock_s=10,
)
COLUMNS = {
    "fault": "<32",
    "seconds": ">8",
    "requests_failed": ">16",
    "silent_s": ">9",
    "again_s": ">8",
    "p50_ms": ">8",
    "p95_ms": ">8",
    "acknowledged": ">13",
    "stored": ">7",
    "lost": ">5",
    "doubled": ">8",
}


def show(database: str, found: dict) -> None:
    print(f"\n{database}\n" + "".join(f"{name:{width}}" for name, width in COLUMNS.items()))
    for row in found["faults"]:
        print("".join(f"{'-' if row[name] is None else row[name]:{width}}" for name, width in COLUMNS.items()))
        for reason in filter(None, (row["skipped"] and f"skipped: {row['skipped']}", row["trouble"])):
            print(f"  {reason}")
    for name, value in found.items():
        if name != "faults":
            print(f"{name}: {value}")


def measure(databases: list[str], plan: Plan) -> dict[str, dict]:
    """The figures by database. One that cannot be started here is left out, with a sentence."""
    found = {}
    for database in databases:
        try:
            found[database] = run(database, plan)
        except NoDatabase as reason:
            print(f"{database} is skipped: {reason}", file=sys.stderr)
    return found


def main() -> None:
    parser = report.parser(__doc__, quick="shorter times: some minutes for each database")
    parser.add_argument("--database", choices=DATABASES, help="on this one alone")
    options = parser.parse_args()
    databases = [options.database] if options.database else list(DATABASES)
    found = measure(databases, FULL if options.size == "full" else QUICK)
    all_hold = bool(found) and all(map(holds, found.values()))
    if options.json:
        print(report.as_json(all_hold, found))
        return
    for database, figures in found.items():
        show(database, figures)
    print("holds:", all_hold)


if __name__ == "__main__":
    main()
