"""How long it takes to try α, Θ and a threshold over all stored scores, and what a process keeps for it.

    python benchmarks/whatif.py [--quick] [--json] [--database URL]

On SQLite in a temporary folder, or in the empty database that is named, such as one of PostgreSQL.

Datasets of 10,000, 100,000 and 1,000,000 scored comparisons: three end versions each answered a third as many turns,
beside the human agent's replies; the components are drawn, one in twenty is unknown. A trial is the fragment that the
sliders ask for, with other values each time: figures of each version, both curves, the distribution, the answers that
change sides; from the request to its HTML, in milliseconds of CPU on SQLite, which works in this process, else of the
wall clock. `page` is the whole score page. `cold_s` is the first trial of a process, which reads the columns;
`bytes` is what it keeps for each score. `baseline_ms` is the plain way in the same run: a loop over the rows of the
ORM that works out Eq. 1 and counts who changes sides, nothing else; `times` is that by a trial.

The bars: a trial takes at most 50 ms at 100,000 scores and 150 ms at 1,000,000, and no page asks for more queries.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import report
from benchmarks.database import open_database

SIZES = {"full": (10_000, 100_000, 1_000_000), "quick": (10_000, 100_000), "smoke": (300,)}
TRIALS = {"full": 15, "quick": 15, "smoke": 2}
BARS_MS = {100_000: 50.0, 1_000_000: 150.0}
VERSIONS = 3
AT_ONCE = 5_000


def clock() -> Callable[[], float]:
    from django.db import connection

    return time.process_time if connection.vendor == "sqlite" else time.perf_counter


def milliseconds(work: Callable[[], Any]) -> float:
    now = clock()
    began = now()
    work()
    return 1000 * (now() - began)


def store(size: int) -> int:
    """A dataset of so many scored comparisons; its id."""
    from dialogues.models import Dataset
    from scoring.models import Profile, ScorerSet
    from serving.models import Version

    turns = size // VERSIONS
    dataset = Dataset.objects.create(name=f"{size} scores", dialogue_count=turns, open_turn_count=turns)
    versions = [
        Version.objects.get_or_create(name=f"v{n}", defaults={"kind": "end", "model": f"v{n}"})[0].pk
        for n in range(1, VERSIONS + 1)
    ]
    scorer_set, _ = ScorerSet.objects.get_or_create(digest="0" * 64, defaults={"similarity": "a", "match": "b"})
    profile = Profile.objects.active_for(dataset, scorer_set)
    rng = random.Random(size)
    for begin in range(0, turns, AT_ONCE):
        store_turns(dataset.pk, versions, profile, min(AT_ONCE, turns - begin), rng)
    return dataset.pk


def store_turns(dataset: int, versions: list[int], profile: Any, count: int, rng: random.Random) -> None:
    from django.db import transaction

    from dialogues.models import Answer, Comparison, Dialogue, Turn
    from ecc_site.core.bulk import insert_rows, new_ids
    from scoring.models import Score

    with transaction.atomic():
        dialogues, turns = new_ids(Dialogue, count), new_ids(Turn, count)
        answers, comparisons = new_ids(Answer, count * (VERSIONS + 1)), new_ids(Comparison, count * VERSIONS)
        named = ["id", "dataset_id", "language", "split", "content_hash", "turn_count"]
        insert_rows(Dialogue, named, ((pk, dataset, "zh", "train", f"{pk:064d}", 1) for pk in dialogues))
        asked = (
            (pk, d, 0, "customer", "什么时候发货", "什么时候发货", True) for pk, d in zip(turns, dialogues, strict=True)
        )
        insert_rows(Turn, ["id", "dialogue_id", "position", "role", "raw", "text", "is_open"], asked)
        humans, ends = answers[:count], answers[count:]
        said = ((pk, turn, "human", "亲，48小时内发出哦") for pk, turn in zip(humans, turns, strict=True))
        insert_rows(Answer, ["id", "turn_id", "source", "text"], said)
        of_models = [(turn, human, version) for turn, human in zip(turns, humans, strict=True) for version in versions]
        pairs = [(end, *of) for end, of in zip(ends, of_models, strict=True)]
        said = ((end, turn, "model", "好的", version) for end, turn, _human, version in pairs)
        insert_rows(Answer, ["id", "turn_id", "source", "text", "version_id"], said)
        named = ["id", "end_id", "turn_id", "reference_id", "version_id", "dataset_id", "kind", "split"]
        rows = ((pk, *pair, dataset, "human", "train") for pk, pair in zip(comparisons, pairs, strict=True))
        insert_rows(Comparison, named, rows)
        repeated = ["comparison_id", "version_id", "scorer_set_id", "profile_id", "dataset_id", "kind", "split"]
        named = [*repeated, "similarity", "match_end", "match_cloud", "final"]
        fixed = (profile.scorer_set_id, profile.pk, dataset, "human", "train")
        of = zip(comparisons, pairs, strict=True)
        insert_rows(Score, named, ((pk, pair[3], *fixed, *components(profile, rng)) for pk, pair in of))


def components(profile: Any, rng: random.Random) -> Iterator[float | None]:
    import numpy as np

    from scoring.fusion import final_score

    parts = [np.nan if rng.random() < 0.05 else rng.random() for _ in range(3)]
    yield from (None if np.isnan(part) else part for part in parts)
    final = final_score(*parts, profile.alpha, profile.theta)
    yield None if np.isnan(final) else float(final)


def measured(dataset: int, trials: int) -> dict[str, float]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from scoring.figures.kept import KEPT

    client = signed_in(Client())
    rng = random.Random(dataset)

    def ask(path: str, **values: str) -> None:
        answer = client.get(path, {"dataset": dataset, "kind": "human", **values})
        assert answer.status_code == 200, answer.content[:500]

    def trial() -> None:
        ask("/scores/what-if/", **{name: f"{rng.random():.2f}" for name in ("alpha", "theta", "threshold")})

    KEPT.forget()
    cold = milliseconds(trial)
    [kept] = KEPT.sizes
    taken = median(milliseconds(trial) for _ in range(trials))
    page = median(milliseconds(lambda: ask("/scores/")) for _ in range(trials))
    with CaptureQueriesContext(connection) as queries:
        trial()
    plain = milliseconds(lambda: by_loop(dataset))
    return {
        "trial_ms": round(taken, 1),
        "page_ms": round(page, 1),
        "queries": len(queries),
        "cold_s": round(cold / 1000, 2),
        "bytes": round(kept.bytes / max(1, kept.rows)),
        "baseline_ms": round(plain, 1),
        "times": round(plain / taken, 1),
    }


def signed_in(client: Any) -> Any:
    from django.contrib.auth.models import User

    from ecc_site.core.roles import MANAGER, set_role

    person, is_new = User.objects.get_or_create(username="manager")
    if is_new:
        set_role(person, MANAGER)
    client.force_login(person)
    return client


def by_loop(dataset: int) -> int:
    import numpy as np

    from scoring.fusion import final_score
    from scoring.models import Score

    changed = 0
    for score in Score.objects.filter(dataset=dataset, kind="human").iterator():
        parts = [np.nan if part is None else part for part in (score.similarity, score.match_end, score.match_cloud)]
        changed += (final_score(*parts, 0.4, 0.3) >= 0.5) != (score.final is not None and score.final >= 0.5)
    return changed


def run(size: str, folder: str, database: str) -> dict[int, dict[str, float]]:
    open_database(folder, database)
    found = {}
    for count in SIZES[size]:
        found[count] = measured(store(count), TRIALS[size])
        print(f"{count:>9,} scores: {found[count]}", file=sys.stderr)
    return found


def holds(found: dict[int, dict[str, float]]) -> bool:
    fast = all(row["trial_ms"] <= BARS_MS.get(count, 50.0) for count, row in found.items())
    return fast and len({row["queries"] for row in found.values()}) == 1


def main() -> None:
    parser = report.parser(__doc__, quick="10,000 and 100,000 scores, a minute")
    parser.add_argument("--database", metavar="URL", default="", help="an empty database, which is filled")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="whatif-") as folder:
        found = run(options.size, folder, options.database)
    if options.json:
        print(report.as_json(holds(found), found))
        return
    for count, row in found.items():
        print(f"{count:>9,} scores", *(f"{name} {value}" for name, value in row.items()), sep="  ")
    print("holds:", holds(found))


if __name__ == "__main__":
    main()
