"""How long the pages with lists take as the shop grows to a million verdicts.

    python benchmarks/list_pages.py [--quick] [--json] [--database URL]

On SQLite in a temporary folder, or in the empty database that is named, such as one of PostgreSQL.

Rounds of 10,000, 100,000 and 1,000,000 generated verdicts in one database, two about each of two turns of dialogues of
six turns, all scored. Each page is asked for by a manager, from the request to its HTML: the median of five, in
milliseconds of CPU on SQLite, which works in this process, else of the wall clock. `baseline` is the site's page of
tokens, which lists next to nothing. `queries` are those of the page.

The bar: no page takes more than 300 ms or more queries at the largest round than at the smallest; what people said in
the score room, which is asked for behind the page and goes through all verdicts, may take 600 ms.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import report
from benchmarks.database import open_database
from benchmarks.export_load.in_site import store
from benchmarks.whatif import milliseconds, signed_in

SIZES = {"full": (10_000, 100_000, 1_000_000), "quick": (10_000, 100_000), "smoke": (40,)}
TRIALS = {"full": 5, "quick": 5, "smoke": 1}
LONGEST_MS, BEHIND_MS = 300.0, {"scores:people": 600.0}
BASELINE = "baseline"

Row = dict[str, float]


def pages(round_pk: int) -> dict[str, str]:
    """By name the address of each page, of this round and its dataset where it is about one."""
    from django.urls import reverse

    from dialogues.models import Dialogue
    from review.models import Round

    dataset = Round.objects.get(pk=round_pk).dataset_id
    dialogue = Dialogue.objects.filter(dataset=dataset).first()
    assert dialogue is not None
    of_round = {
        name: reverse(name, args=[round_pk])
        for name in ("round", "review:exports", "review:disagreements", "review:agreement")
    }
    of_dataset = {name: reverse(name, args=[dataset]) for name in ("dataset", "dialogues:list", "review:new-round")}
    chosen = {
        name: f"{reverse(name)}?dataset={dataset}" for name in ("scores:room", "scores:people", "review:calibration")
    }
    of_site = {
        name: reverse(name)
        for name in ("review:queue", "training:labels", "training:versions", "memory", "jobs", "audit")
    }
    found = {
        "search for a word": f"{reverse('dialogues:search')}?q=优惠券&dataset={dataset}",
        "search for one dialogue": f"{reverse('dialogues:search')}?q={dialogue.source_id}&dataset={dataset}",
    }
    of_dialogue = {"dialogue": reverse("dialogue", args=[dialogue.pk])}
    return {BASELINE: reverse("tokens"), **of_round, **of_dataset, **chosen, **of_dialogue, **of_site, **found}


def measured(round_pk: int, trials: int) -> dict[str, Row]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = signed_in(Client())

    def ask(address: str) -> None:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    rows = {}
    for name, address in pages(round_pk).items():
        first = milliseconds(lambda address=address: ask(address))
        taken = median(milliseconds(lambda address=address: ask(address)) for _ in range(trials))
        with CaptureQueriesContext(connection) as queries:
            ask(address)
        rows[name] = {"first_ms": round(first, 1), "ms": round(taken, 1), "queries": len(queries)}
    return rows


def run(size: str, folder: str, database: str) -> dict[int, dict[str, Row]]:
    open_database(folder, database)
    found = {}
    from training.labels.latest import sync_latest

    for count in SIZES[size]:
        round_pk = store(count)
        sync_latest(most=None)  # as the task of each minute does
        found[count] = measured(round_pk, TRIALS[size])
        print(f"{count:>9,} verdicts measured", file=sys.stderr)
    return found


def slow(found: dict[int, dict[str, Row]]) -> list[str]:
    """The pages that miss the bar."""
    first, last = found[min(found)], found[max(found)]
    return [
        name
        for name, row in last.items()
        if row["ms"] > BEHIND_MS.get(name, LONGEST_MS) or row["queries"] > first[name]["queries"]
    ]


def main() -> None:
    parser = report.parser(__doc__, quick="10,000 and 100,000 verdicts, two minutes")
    parser.add_argument("--database", metavar="URL", default="", help="an empty database, which is filled")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pages-") as folder:
        found = run(options.size, folder, options.database)
    missed = slow(found)
    if options.json:
        print(report.as_json(not missed, found, missed=missed))
        return
    print(f"{'page':<24}", *(f"{count:>12,}" for count in found), "  queries  times the baseline at the largest")
    largest = found[max(found)]
    for name, row in largest.items():
        taken = (f"{rows[name]['ms']:>9.1f} ms" for rows in found.values())
        print(f"{name:<24}", *taken, f"{row['queries']:>9}", f"{row['ms'] / largest[BASELINE]['ms']:>9.1f}")
    print("holds:", not missed, *missed)


if __name__ == "__main__":
    main()
