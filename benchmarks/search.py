"""How long the list of dialogues and a search in it take, and what the index costs.

    python benchmarks/search.py [--quick] [--json] [--database URL]

On SQLite in a temporary folder, or in the empty database that is named, such as one of PostgreSQL.

A million generated dialogues of six turns (--quick: 50,000): exchanges of the corpus, in which each message of a
customer has an order number more and, in Chinese, two random characters, so that there are rare words as well as
frequent ones; nine of ten are Chinese. One in a thousand is in a small dataset, one in a thousand of the dev split.
One in a hundred has answers by the human agent, none has one by a cloud model. Two words are in twenty dialogues.

Times are milliseconds of CPU, which on an idle machine is the time that passes: SQLite works in this process. With
--database they are wall clock. `p50` and `p95` go from the words in the address to the list as HTML, without the frame
of the page; `found` is the median up to the hits with their excerpts. `stopped`: the search looked at its limit of
candidates, found less than a page, and says so. `baseline` is the median for the ids of a page by `LIKE '%words%'` on
the turns with the same filters, and `times` that by `found`.

`index`: bytes a dialogue, and microseconds of CPU a dialogue, in the batches of an import, for the rows of the index
with their tokens, and for the whole import. The bar: the 95th percentile of each search is under 100 ms.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import report
from benchmarks.database import open_database

SIZES = {"full": 1_000_000, "quick": 50_000, "smoke": 300}
ROUNDS = {"full": (40, 3), "quick": (40, 5), "smoke": (3, 1)}  # of the search, of the baseline
LONGEST_MS = 100.0
IMPORTED_AT_ONCE = 200


def searches() -> dict[str, dict[str, Any]]:
    """What is typed and chosen, by name."""
    from benchmarks.search_load.corpus import RARE, RARE_WORD

    return {
        "first page of the list": {},
        "list of one dataset": {"dataset": 1},
        "list of a small dataset": {"dataset": 3},
        "list of a rare split": {"split": "dev"},
        "frequent Chinese word": {"q": "发货"},
        "rare Chinese word": {"q": RARE},
        "frequent character": {"q": "的"},
        "rare character": {"q": RARE[0]},
        "Chinese sentence": {"q": "什么时候发货"},
        "frequent English word": {"q": "order"},
        "rare English word": {"q": RARE_WORD},
        "beginning of a word": {"q": "ord"},
        "two words": {"q": "发货 快递"},
        "no hit": {"q": "龘靐"},
        "no hit, frequent pairs": {"q": "退货发货退货"},
        "frequent word, rare split": {"q": "发货", "split": "dev"},
        "frequent word, small dataset": {"q": "发货", "dataset": 3},
        "frequent word, rare answers": {"q": "发货", "answers": "human"},
        "frequent word, no such answers": {"q": "发货", "answers": "cloud"},
        "frequent word, no such length": {"q": "发货", "turns_from": 7},
        "no words, no such length": {"turns_from": 7},
    }


def milliseconds(work: Callable[[], object], rounds: int) -> list[float]:
    from django.db import connection

    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    taken = []
    for _ in range(rounds):
        started = clock()
        work()
        taken.append(1000 * (clock() - started))
    return taken


def measure(size: str) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name, asked in searches().items():
        table[name] = measured(asked, *ROUNDS[size])
        print(f"{name:32} {table[name]}", file=sys.stderr)
    return table


def measured(asked: dict[str, Any], rounds: int, baseline_rounds: int) -> dict[str, Any]:
    page = found_by(asked)
    shown(asked)  # the template is read once
    taken = milliseconds(lambda: shown(asked), rounds)
    found = median(milliseconds(lambda: found_by(asked), rounds))
    plain = median(milliseconds(lambda: by_like(asked), baseline_rounds))
    return {
        "p50": round(median(taken), 1),
        "p95": round(quantiles(taken, n=20)[-1], 1),
        "found": round(found, 1),
        "hits": len(page.rows),
        "stopped": page.stopped,
        "baseline": round(plain, 1),
        "times": round(plain / found, 1),
    }


def shown(asked: dict[str, Any]) -> str:
    """The list as HTML."""
    from django.template.loader import render_to_string

    from ecc_site.forms import DialogueSearch

    form, page = DialogueSearch(asked), found_by(asked)
    context = {"form": form, "query": form.search().query, "page": page, "trail": form.trail()}
    return render_to_string("dialogues/_list.html", context | {"request": {"path": "/dialogues/"}})


def found_by(asked: dict[str, Any]) -> Any:
    from ecc_site.forms import DialogueSearch

    return DialogueSearch(asked).search().page()


def by_like(asked: dict[str, Any]) -> list[int]:
    from django.db.models import Exists, OuterRef

    from dialogues.models import Dialogue, Turn
    from dialogues.search.finding import HITS

    names = {"dataset", "split", "language"} & asked.keys()
    rows = Dialogue.objects.filter(**{name: asked[name] for name in names}).of_length(asked.get("turns_from"), None)
    if "answers" in asked:
        rows = rows.answered_by(asked["answers"])
    for word in asked.get("q", "").split():
        rows = rows.filter(Exists(Turn.objects.filter(dialogue=OuterRef("pk"), text__icontains=word)))
    return list(rows.order_by("-pk").values_list("pk", flat=True)[: HITS + 1])


def index_costs(count: int) -> dict[str, float]:
    """Index the stored dialogues as an import does, then import some of them once more."""
    from benchmarks.search_load.corpus import dialogues
    from dialogues.models import Dataset
    from dialogues.search.index import index_dialogues
    from dialogues.search.tokens import text_tokens

    rows, seconds = dialogues(count), 0.0
    while batch := list(islice(rows, IMPORTED_AT_ONCE)):
        seconds += cpu_seconds(lambda batch=batch: index_dialogues(batch))
    sample = list(islice(dialogues(count), IMPORTED_AT_ONCE))
    tokens = cpu_seconds(lambda: [text_tokens(row.texts) for row in sample])
    again = Dataset.objects.create(name="imported")
    whole = cpu_seconds(lambda: import_into(again, sample))
    again.delete()
    return {
        "characters": round(sum(len(text) for row in sample for text in row.texts) / len(sample)),
        "microseconds": round(1e6 * seconds / count),
        "of it tokens": round(1e6 * tokens / len(sample)),
        "whole import": round(1e6 * whole / len(sample)),
        "bytes": round(size_of("dialogues_search%") / count),
        "bytes of the dialogue": round((size_of("dialogues_dialogue%") + size_of("dialogues_turn%")) / count),
    }


def cpu_seconds(work: Callable[[], object]) -> float:
    from django.db import transaction

    started = time.process_time()
    with transaction.atomic():
        work()
    return time.process_time() - started


def import_into(dataset: Any, rows: Sequence[Any]) -> None:
    from benchmarks.search_load.corpus import ROLES
    from dialogues.importing.records import ParsedDialogue, ParsedTurn
    from dialogues.importing.store import store_batch

    said = [[ParsedTurn(ROLES[i % 2], text, text) for i, text in enumerate(row.texts)] for row in rows]
    store_batch(dataset, [ParsedDialogue(turns) for turns in said])


def size_of(tables: str) -> int:
    """Bytes of the tables with such a name and of their indexes."""
    from django.db import connection

    sizes = {
        "sqlite": "SELECT sum(pgsize) FROM dbstat JOIN sqlite_master AS made ON made.name = dbstat.name"
        " WHERE tbl_name LIKE %s",
        "postgresql": "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname LIKE %s",
    }
    with connection.cursor() as cursor:
        cursor.execute(sizes[connection.vendor], [tables])
        return int(cursor.fetchone()[0])


def run(size: str, folder: str, database: str) -> dict[str, Any]:
    open_database(folder, database)
    from benchmarks.search_load.corpus import store

    store(SIZES[size])
    index = index_costs(SIZES[size])
    print(f"index: {index}", file=sys.stderr)
    return {"dialogues": SIZES[size], "index": index, **measure(size)}


def holds(figures: dict[str, Any]) -> bool:
    return all(row["p95"] < LONGEST_MS for row in figures.values() if isinstance(row, dict) and "p95" in row)


def main() -> None:
    parser = report.parser(__doc__, quick="50,000 dialogues, two minutes")
    parser.add_argument("--database", metavar="URL", default="", help="an empty database, which is filled")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="search-") as folder:
        figures = run(options.size, folder, options.database)
    if options.json:
        print(report.as_json(holds(figures), figures))
        return
    print(f"{figures['dialogues']:,} dialogues, index: {figures['index']}")
    for name, row in islice(figures.items(), 2, None):
        print(f"{name:32}", *(f"{key} {value}" for key, value in row.items()), sep="  ")
    print("holds:", holds(figures))


if __name__ == "__main__":
    main()
