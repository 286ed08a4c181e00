"""How long the managers' first page takes, and what a worker does for it, at up to a million scores.

    python benchmarks/overview.py [--quick] [--json] [--database URL]

On SQLite in a temporary folder, or in the empty database that is named, such as one of PostgreSQL.

Datasets of 10,000, 100,000 and 1,000,000 scored comparisons of three end versions, in conversations of a year; people
gave a verdict on a tenth of the answers, at most 200,000. `page_ms` is the whole page from the request to its HTML when
the figures are kept, in milliseconds of CPU on SQLite, which works in this process, else of the wall clock; `queries`
are its queries. `cold_s` is how long a worker that has read nothing takes to work the figures out, and `warm_s` how
long it takes after one more verdict. `over_time_ms` is the part that is plain numpy: means, intervals and shares of all
weeks and versions. `baseline_ms` is the plain way in the same run: aggregates of the ORM over the rows for the same
numbers without intervals, asked for with each page; `times` is that by a page.

The bars: a page takes at most 300 ms at any size and no more queries at a million than at ten thousand, and figures
over time take less than 100 ms.
"""

from __future__ import annotations

import random
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import report
from benchmarks.database import open_database
from benchmarks.whatif import milliseconds, signed_in, store

SIZES = {"full": (10_000, 100_000, 1_000_000), "quick": (10_000, 100_000), "smoke": (300,)}
TRIALS = {"full": 9, "quick": 9, "smoke": 2}
PAGE_MS, OVER_TIME_MS = 300.0, 100.0
WEEKS = 52
SHARE, MOST_VERDICTS = 10, 200_000  # one in so many answers is reviewed
AT_ONCE = 5_000


def spread(dataset: int) -> None:
    """Let the conversations end in one of the last weeks each."""
    from django.db.models import F
    from django.utils import timezone

    from dialogues.models import Dialogue

    now = timezone.now()
    for week in range(WEEKS):
        of_week = Dialogue.objects.filter(dataset=dataset).annotate(week=F("pk") % WEEKS).filter(week=week)
        of_week.update(ended_at=now - timedelta(weeks=week))


def review(dataset: int, rng: random.Random) -> int:
    """A round about one in ten comparisons, each with a verdict; how many."""
    from django.utils import timezone

    from dialogues.models import Comparison
    from ecc_site.core.batching import batched
    from review.models import Participation, Round

    rows = Comparison.objects.filter(dataset=dataset).order_by("pk").values_list("pk", "turn__dialogue_id")
    chosen = [row for row in rows.iterator() if row[0] % SHARE == 0][:MOST_VERDICTS]
    counts = {name: len(chosen) for name in ("item_count", "wanted_count", "verdict_count", "dialogue_count")}
    about = {"name": f"round of {dataset}", "dataset_id": dataset, "kind": "human", "purpose": "teach"}
    round_ = Round.objects.create(**about, **counts)
    person = reviewer()
    for part in batched(chosen, AT_ONCE):
        store_verdicts(round_.pk, person, part, rng)
    Participation.objects.create(round=round_, annotator_id=person, verdict_count=len(chosen), last_at=timezone.now())
    return len(chosen)


def reviewer() -> int:
    from django.contrib.auth.models import User

    return User.objects.get_or_create(username="annotator")[0].pk


def store_verdicts(round_: int, person: int, part: Sequence[tuple[int, int]], rng: random.Random) -> None:
    from django.db import transaction
    from django.utils import timezone

    from ecc_site.core.bulk import insert_rows, new_ids
    from review.models import RoundItem, Verdict, VerdictRevision

    now = timezone.now()
    with transaction.atomic():
        items, verdicts, revisions = (new_ids(model, len(part)) for model in (RoundItem, Verdict, VerdictRevision))
        named = ["id", "round_id", "comparison_id", "dialogue_id", "position", "stratum"]
        of_items = zip(items, part, strict=True)
        insert_rows(RoundItem, named, ((pk, round_, *said, 0, "worst") for pk, said in of_items))
        named = ["id", "round_id", "item_id", "comparison_id", "annotator_id", "adjudicates"]
        rows = zip(verdicts, items, part, strict=True)
        insert_rows(Verdict, named, ((pk, round_, item, said[0], person, True) for pk, item, said in rows))
        named = ["id", "verdict_id", "preference", "end_acceptable", "reference_acceptable", "key", "created_at"]
        insert_rows(VerdictRevision, named, revision_rows(revisions, verdicts, now, rng))
        by_id = dict(zip(verdicts, revisions, strict=True))
        for verdict in (found := list(Verdict.objects.filter(pk__in=verdicts))):
            verdict.current_id = by_id[verdict.pk]
        Verdict.objects.bulk_update(found, ["current"], batch_size=500)


def revision_rows(revisions: list[int], verdicts: list[int], now: Any, rng: random.Random) -> Iterator[tuple]:
    from django.db import connection

    for pk, verdict in zip(revisions, verdicts, strict=True):
        key = uuid.UUID(int=rng.getrandbits(128))
        at = now - timedelta(days=rng.randrange(365))
        said = rng.random() < 0.4
        preference = "end" if said else "reference"
        yield (pk, verdict, preference, said, True, key.hex if connection.vendor == "sqlite" else key, at)


def measured(dataset: int, trials: int) -> dict[str, Any]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from ecc_site.overview.kept import refresh
    from scoring.figures.kept import KEPT
    from scoring.figures.over_time import over_time

    client = signed_in(Client())

    def page() -> None:
        answer = client.get("/", {"dataset": dataset})
        assert answer.status_code == 200, answer.content[:500]
        assert not answer.context or not answer.context["shown"].is_stale

    KEPT.forget()
    cold = milliseconds(refresh)
    say_once_more(dataset)
    warm = milliseconds(refresh)
    page()
    taken = median(milliseconds(page) for _ in range(trials))
    with CaptureQueriesContext(connection) as queries:
        page()
    selection, scored = kept_scores(dataset)
    numbers = median(milliseconds(lambda: over_time(selection, scored)) for _ in range(trials))
    plain = milliseconds(lambda: by_aggregates(dataset))
    return {
        "page_ms": round(taken, 1),
        "queries": len(queries),
        "cold_s": round(cold / 1000, 2),
        "warm_s": round(warm / 1000, 2),
        "over_time_ms": round(numbers, 1),
        "baseline_ms": round(plain, 1),
        "times": round(plain / taken, 1),
    }


def say_once_more(dataset: int) -> None:
    """A verdict changes, and the worker has had its rest."""
    from ecc_site.models import DatasetFigures
    from review.models import Round, Verdict, VerdictRevision

    verdict = Verdict.objects.filter(round=Round.objects.get(dataset=dataset)).order_by("-pk").first()
    assert verdict is not None
    said = {"preference": "end", "end_acceptable": True, "reference_acceptable": True, "key": uuid.uuid4()}
    verdict.current = VerdictRevision.objects.create(verdict=verdict, **said)
    verdict.save()
    DatasetFigures.objects.update(took_s=0)


def kept_scores(dataset: int) -> tuple[Any, Any]:
    from dialogues.models import Dataset
    from scoring.figures.kept import KEPT
    from scoring.models import Profile, ScorerSet

    scorer_set, of = ScorerSet.objects.current(), Dataset.objects.get(pk=dataset)
    selection = KEPT.of(scorer_set, of, "human")
    return selection, selection.under(Profile.objects.active_for(of, scorer_set).parameters)


def by_aggregates(dataset: int) -> int:
    """The same numbers, without intervals: means and shares by version and by week, of scores and of verdicts."""
    from django.db.models import Avg, Case, Count, FloatField, Q, Value, When
    from django.db.models.functions import TruncDay, TruncWeek

    from review.models import Verdict
    from scoring.models import Score

    scores = Score.objects.filter(dataset=dataset, kind="human").order_by()
    week = TruncWeek("comparison__turn__dialogue__ended_at")
    numbers = {"n": Count("final"), "mean": Avg("final"), "acceptable": Count("pk", filter=Q(final__gte=0.5))}
    given = Verdict.objects.active().filter(round__dataset=dataset).order_by()
    accepted = Avg(Case(When(current__end_acceptable=True, then=Value(1.0)), default=0.0, output_field=FloatField()))
    said = {"n": Count("pk"), "accepted": accepted}
    found = [
        scores.filter(split="test").values("version").annotate(**numbers),
        scores.values("version").annotate(**numbers),
        scores.annotate(week=week).values("version", "week").annotate(**numbers),
        given.values("comparison__version").annotate(**said),
        given.annotate(week=week).values("comparison__version", "week").annotate(**said),
        given.annotate(day=TruncDay("current__created_at")).values("day").annotate(n=Count("pk")),
        [given.aggregate(turns=Count("comparison__turn", distinct=True))],
    ]
    return sum(len(rows) for rows in found)


def run(size: str, folder: str, database: str) -> dict[int, dict[str, Any]]:
    open_database(folder, database)
    from serving.models import Alias, Version

    found = {}
    for count in SIZES[size]:
        dataset = store(count)
        Alias.move("champion", Version.objects.get(name="v1"))
        spread(dataset)
        verdicts = review(dataset, random.Random(count))
        found[count] = {"verdicts": verdicts, **measured(dataset, TRIALS[size])}
        print(f"{count:>9,} scores: {found[count]}", file=sys.stderr)
    return found


def holds(found: dict[int, dict[str, Any]]) -> bool:
    fast = all(row["page_ms"] <= PAGE_MS and row["over_time_ms"] <= OVER_TIME_MS for row in found.values())
    return fast and len({row["queries"] for row in found.values()}) == 1


def main() -> None:
    parser = report.parser(__doc__, quick="10,000 and 100,000 scores, two minutes")
    parser.add_argument("--database", metavar="URL", default="", help="an empty database, which is filled")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="overview-") as folder:
        found = run(options.size, folder, options.database)
    if options.json:
        print(report.as_json(holds(found), found))
        return
    for count, row in found.items():
        print(f"{count:>9,} scores", *(f"{name} {value}" for name, value in row.items()), sep="  ")
    print("holds:", holds(found))


if __name__ == "__main__":
    main()
