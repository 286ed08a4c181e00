"""A round of verdicts for benchmarks/export.py, stored by plain SQL, and the plain loop that it is compared with.

`python -m benchmarks.export_load.in_site ROUND FORMAT OUT` exports in a process of its own, and prints its peak memory.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")
QUESTIONS = ("什么时候发货", "可以便宜一点吗", "我要退货，怎么办", "有优惠券吗", "尺码偏小吗")
ANSWERS = ("亲，48小时内发出哦", "您好，这款是优惠价了", "您好，请在订单里申请退货", "好的", "亲，按平时的尺码拍就可以")
PREFERENCES = ("end", "reference", "tie", "both_bad")
ROLES = ("customer", "agent")
ASKED = (2, 4)  # positions of the turns that were reviewed, of six
EACH = 2  # verdicts about a comparison
PER_DIALOGUE = EACH * len(ASKED)


def store(size: int) -> int:
    """About so many verdicts: two about each of two turns of dialogues of six; returns the id of their round."""
    from django.db import transaction

    with transaction.atomic():
        return _store(max(1, size // PER_DIALOGUE))


def _store(count: int) -> int:
    from dialogues.models import Dataset
    from review.models import Round
    from serving.models import Version

    dataset = Dataset.objects.create(name=f"load {Dataset.objects.count()}")
    version, _ = Version.objects.get_or_create(kind="end", name="end", model="end")
    dialogues, asked = _said(dataset, count)
    comparisons = _compared(dataset, version, asked)
    _score(dataset, version, comparisons)
    round_ = Round.objects.create(name="load", dataset=dataset, kind="human", purpose="teach", overlap=EACH)
    _judge(round_, list(zip(comparisons, product(dialogues, ASKED), strict=True)))
    return round_.pk


def _said(dataset: Any, count: int) -> tuple[list[int], list[int]]:
    """Ids of dialogues, and of the turns of them that were reviewed."""
    from dialogues.models import Dialogue, Turn
    from ecc_site.core.bulk import insert_rows, new_ids

    dialogues = new_ids(Dialogue, count)
    named = ["id", "dataset_id", "source_id", "language", "split", "content_hash", "turn_count"]
    rows = ((pk, dataset.pk, f"d{pk}", "zh", _split(pk), f"{pk:064d}", 6) for pk in dialogues)
    insert_rows(Dialogue, named, rows)
    places = list(product(dialogues, range(6)))
    turns = dict(zip(places, new_ids(Turn, len(places)), strict=True))
    said = ((pk, d, at, ROLES[at % 2], *2 * (f"{QUESTIONS[(d + at) % 5]} {d}",)) for (d, at), pk in turns.items())
    insert_rows(Turn, ["id", "dialogue_id", "position", "role", "raw", "text"], said)
    return dialogues, [turns[place] for place in product(dialogues, ASKED)]


def _split(dialogue: int) -> str:
    return "test" if dialogue % 10 == 0 else "train"


def _compared(dataset: Any, version: Any, asked: list[int]) -> list[int]:
    """Ids of the comparisons of these turns, in the same order."""
    from dialogues.models import Answer, Comparison
    from ecc_site.core.bulk import insert_rows, new_ids

    comparisons, answers = new_ids(Comparison, len(asked)), new_ids(Answer, 2 * len(asked))
    ends, references = answers[: len(asked)], answers[len(asked) :]
    models = zip(ends, asked, strict=True)
    of_models = ((pk, turn, "model", f"{ANSWERS[pk % 5]} {pk}", version.pk) for pk, turn in models)
    insert_rows(Answer, ["id", "turn_id", "source", "text", "version_id"], of_models)
    people = zip(references, asked, strict=True)
    insert_rows(
        Answer,
        ["id", "turn_id", "source", "text"],
        ((pk, turn, "human", f"{ANSWERS[pk % 4]}。{pk}") for pk, turn in people),
    )
    named = ["id", "turn_id", "end_id", "reference_id", "dataset_id", "version_id", "kind", "split"]
    pairs = zip(comparisons, asked, ends, references, strict=True)
    insert_rows(Comparison, named, ((*pair, dataset.pk, version.pk, "human", "train") for pair in pairs))
    return comparisons


def _score(dataset: Any, version: Any, comparisons: list[int]) -> None:
    from ecc_site.core.bulk import insert_rows
    from scoring.models import Profile, Score, ScorerSet

    scorer_set, _ = ScorerSet.objects.get_or_create(digest="0" * 64, similarity="s", match="m")
    profile = Profile.objects.active_for(dataset, scorer_set)
    fixed = (scorer_set.pk, profile.pk, dataset.pk, version.pk, "human", "train")
    rows = ((pk, 0.5, 0.5, 0.5, 0.5, *fixed) for pk in comparisons)
    of = ["scorer_set_id", "profile_id", "dataset_id", "version_id", "kind", "split"]
    insert_rows(Score, ["comparison_id", "similarity", "match_end", "match_cloud", "final", *of], rows)


def _judge(round_: Any, places: list[tuple[int, tuple[int, int]]]) -> None:
    """Two people's verdicts about each comparison; `places` have its id, and its dialogue and position."""
    from ecc_site.core.bulk import insert_rows, new_ids
    from review.models import RoundItem, Verdict, VerdictRevision

    people = _people()
    items = dict(zip(places, new_ids(RoundItem, len(places)), strict=True))
    rows = ((pk, round_.pk, comparison, *place, "random") for (comparison, place), pk in items.items())
    insert_rows(RoundItem, ["id", "round_id", "comparison_id", "dialogue_id", "position", "stratum"], rows)
    assignments = _assign(round_, dict.fromkeys(dialogue for _, (dialogue, _) in places), people)
    given = list(product(places, range(EACH)))
    verdicts, revisions = new_ids(Verdict, len(given)), new_ids(VerdictRevision, len(given))
    made = (
        (pk, round_.pk, assignments[place[0], n], items[comparison, place], comparison, people[n], revision)
        for pk, revision, ((comparison, place), n) in zip(verdicts, revisions, given, strict=True)
    )
    named = ["id", "round_id", "assignment_id", "item_id", "comparison_id", "annotator_id", "current_id"]
    insert_rows(Verdict, named, made)
    named = ["id", "verdict_id", "preference", "end_acceptable", "reference_acceptable", "correction", "key"]
    insert_rows(VerdictRevision, named, map(_revision, revisions, verdicts))


def _assign(round_: Any, dialogues: Iterable[int], people: list[int]) -> dict[tuple[int, int], int]:
    """By dialogue and number the assignments, which are done."""
    from ecc_site.core.bulk import insert_rows, new_ids
    from review.models import Assignment

    pairs = list(product(dialogues, range(EACH)))
    made = dict(zip(pairs, new_ids(Assignment, len(pairs)), strict=True))
    rows = ((pk, round_.pk, dialogue, n + 1, pk, "done", people[n]) for (dialogue, n), pk in made.items())
    insert_rows(Assignment, ["id", "round_id", "dialogue_id", "n", "priority", "state", "annotator_id"], rows)
    return made


def _revision(pk: int, verdict: int) -> tuple[Any, ...]:
    preference = PREFERENCES[pk % 4]
    acceptable = (preference in ("end", "tie"), preference in ("reference", "tie"))
    correction = f"亲，已经为您处理好了 {pk}" if pk % 3 == 0 else ""
    return (pk, verdict, preference, *acceptable, correction, uuid.uuid4().hex)


def _people() -> list[int]:
    from django.contrib.auth.models import User

    return [User.objects.get_or_create(username=f"reviewer-{n}")[0].pk for n in range(EACH)]


def plain_loop(round_pk: int, size: int, path: Path) -> int:
    """Write the first verdicts as one would at first: objects, and queries for each row; returns how many."""
    from dialogues.models import Turn
    from review.models import Verdict
    from scoring.models import Score

    count = 0
    with path.open("w", encoding="utf-8") as file:
        for verdict in Verdict.objects.active().filter(round=round_pk).order_by("item_id", "pk")[:size]:
            comparison, said = verdict.comparison, verdict.current
            turn = comparison.turn
            earlier = Turn.objects.filter(dialogue=turn.dialogue_id, position__lt=turn.position).order_by("position")
            score = Score.objects.filter(comparison=comparison).select_related("profile").first()
            record = {
                "verdict": verdict.pk,
                "annotator": verdict.annotator.username,
                "dialogue": turn.dialogue.source_id,
                "conversation": [{"role": before.role, "text": before.text} for before in earlier],
                "customer": turn.text,
                "end_answer": comparison.end.text,
                "reference_answer": comparison.reference.text,
                "preference": said.preference,
                "correction": said.correction,
                "final": score and score.final,
                "alpha": score and score.profile.alpha,
                "at": said.created_at.isoformat(),
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    return count


def peak_mb() -> float:
    """The largest resident memory of this process; what the system counts for it begins with that of its parent."""
    status = Path("/proc/self/status").read_text()
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024, 1)


def main() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    round_pk, format_, out = sys.argv[1:]
    start = peak_mb()
    call_command("export", out, round=int(round_pk), format=format_, json=True)
    print(json.dumps({"start_mb": start, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
