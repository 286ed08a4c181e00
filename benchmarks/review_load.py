"""How many verdicts a second the desk takes in one large round, and how long an annotator waits for the next item.

    python benchmarks/review_load.py [--quick] [--json] [--database sqlite | postgresql]

A real site is launched for each database and size of the round: one comparison a dialogue, one verdict wanted of each.
In small rounds each crowd has one of its own, of the same comparisons, so that none leaves too few to the next.
Annotators who do not think sign in, and give verdicts as the page of the desk does, with sessions and CSRF, for a
window of thirty seconds: one of them, ten, fifty. A cycle is a verdict and the item that follows it. The page goes on
while a request is on its way and sends together what was given meanwhile, so each request of such annotators has five
verdicts and brings five items. They run on the same machine as the site, two web processes with eight threads.

At the end what was acknowledged is compared with what is stored: `lost`, `doubled`, `over_assigned`. The baselines, in
the same run: the forms of the desk without its script, a request and a page for each verdict; and the health page of
the site, which reads and writes next to nothing.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import report
from benchmarks.desk_load.crowd import Window, review, review_by_forms, signed_in
from benchmarks.fault_injection.visitor import Visitor
from tests import postgres
from tests.running_site import Site, two_free_ports

SIZES = {"full": (10_000, 100_000, 1_000_000), "quick": (10_000, 100_000), "smoke": (200,)}
SECONDS = {"full": 30.0, "quick": 10.0, "smoke": 1.0}
CROWDS = (1, 10, 50)
ENOUGH = 50_000  # comparisons of a round that all crowds together do not work off
DATABASES = ("sqlite", "postgresql")
IN_SITE = "benchmarks.desk_load.in_site"
NEEDED, GROWN, SLOWEST_MS = 120.0, 1.3, 1_000.0  # cycles a second of fifty; p95 at the largest against the smallest


@contextmanager
def environment_of(database: str) -> Iterator[dict[str, str]]:
    """The variables of a site on it. PostgreSQL has to write what is committed, as by default."""
    if database == "sqlite":
        yield {}
        return
    binaries = postgres.server_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL server was found here")
    with postgres.temporary_cluster(binaries) as url:
        yield {"DATABASE_URL": f"{url}?options=-c%20synchronous_commit%3Don"}


def measured(database: str, size: int, seconds: float) -> dict:
    """The figures of one round by the number of annotators, and what became of their verdicts."""
    with environment_of(database) as environment, tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder), two_free_ports(), ECC_DEMO_DIALOGUES="16", **environment)
        try:
            site.wait_for("The site is ready")
            return _measured(site, size, seconds)
        finally:
            site.kill_all()


def _measured(site: Site, size: int, seconds: float) -> dict:
    made = site.ask(IN_SITE, "prepare", size, 1, CROWDS[-1], len(CROWDS) if size < ENOUGH else 1, site.password)
    visitors = signed_in(site.url, made["annotators"], site.password)
    found, keys = {}, set()
    for count, round_ in zip(CROWDS, cycle(made["rounds"]), strict=False):
        window = review(visitors[:count], round_, seconds)
        forms = review_by_forms(visitors[:count], round_, seconds / 3)
        keys |= {*window.keys, *forms.keys}
        slower = {"by_forms_per_second": forms.figures["per_second"], "forms_p95_ms": forms.figures["p95_ms"]}
        found[count] = window.figures | slower | {"health_per_second": baseline(visitors[:count], seconds / 3)}
    stored = site.ask(IN_SITE, "audit", *made["rounds"])
    lost = len(keys - set(stored.pop("keys")))
    return {"by_annotators": found, "acknowledged": len(keys), "lost": lost, **stored}


def baseline(visitors: list[Visitor], seconds: float) -> float:
    """Answers of the health page a second."""
    window, over = Window(), threading.Event()

    def ask(visitor: Visitor) -> None:
        while not over.is_set():
            visitor.get("/healthz")
            window.times.append(0.0)

    threads = [threading.Thread(target=ask, args=[visitor], daemon=True) for visitor in visitors]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    over.set()
    for thread in threads:
        thread.join()
    window.seconds = time.monotonic() - began
    return window.figures["per_second"]


def holds(found: dict) -> bool:
    return all(_hold(by_size) for by_size in found.values())


def _hold(by_size: dict) -> bool:
    """Of one database: fast enough at every size, hardly slower at the largest, and nothing lost or twice."""
    rows = list(by_size.values())
    wrong = sum(row[name] for row in rows for name in ("lost", "doubled", "over_assigned"))
    most = [row["by_annotators"][CROWDS[-1]] for row in rows]
    fast = all(figures["per_second"] >= NEEDED and figures["p95_ms"] <= SLOWEST_MS for figures in most)
    return fast and not wrong and most[-1]["p95_ms"] <= GROWN * most[0]["p95_ms"]


def show(database: str, size: int, row: dict) -> None:
    for count, figures in row["by_annotators"].items():
        told = ", ".join(f"{name} {value}" for name, value in figures.items())
        ratio = figures["per_second"] / max(figures["by_forms_per_second"], 0.1)
        print(f"{database:<10} {size:>9,} items {count:>3} annotators: {told}  ({ratio:.1f} times the forms)")
    print("  " + ", ".join(f"{name} {value}" for name, value in row.items() if name != "by_annotators"))


def main() -> None:
    parser = report.parser(__doc__, quick="rounds of 10,000 and 100,000, windows of ten seconds")
    parser.add_argument("--database", choices=DATABASES, help="on this one alone")
    options = parser.parse_args()
    found: dict[str, dict] = {}
    for database in [options.database] if options.database else DATABASES:
        found[database] = {}
        for size in SIZES[options.size]:
            found[database][size] = measured(database, size, SECONDS[options.size])
            if not options.json:
                show(database, size, found[database][size])
    if options.json:
        print(report.as_json(holds(found), found))
    else:
        print("holds:", holds(found))


if __name__ == "__main__":
    main()
