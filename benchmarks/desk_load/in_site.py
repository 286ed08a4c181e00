"""What is done and read inside a site: `python -m benchmarks.desk_load.in_site prepare | audit | by-item`, JSON out."""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")
QUESTIONS = ("什么时候发货", "可以便宜一点吗", "我要退货，怎么办", "有优惠券吗", "尺码偏小吗")
ANSWERS = ("亲，48小时内发出哦", "您好，这款是优惠价了", "您好，请在订单里申请退货", "好的", "亲，按平时的尺码拍就可以")


def prepare(size: int, overlap: int, annotators: int, rounds: int, password: str) -> dict:
    """Accounts, and rounds of the same so many scored comparisons, each of a dialogue of one turn."""
    from django.db import transaction

    from dialogues.models import Answer, Comparison, Dialogue, Turn
    from ecc_site.core.bulk import refresh_statistics
    from review.models import Assignment, RoundItem
    from scoring.models import Score

    with transaction.atomic():
        dataset, places = _compared(size)
        _score(dataset, [comparison for comparison, _dialogue in places])
        made = [_round(dataset, places, overlap) for _ in range(rounds)]
        refresh_statistics(Dialogue, Turn, Answer, Comparison, Score, RoundItem, Assignment)
        return {"annotators": _people(annotators, password), "rounds": made}


def _people(count: int, password: str) -> list[str]:
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    from ecc_site.core.roles import ANNOTATOR, set_role

    hashed = make_password(password)  # once: it is slow on purpose
    names = [f"reviewer-{n}" for n in range(count)]
    for name in names:
        set_role(User.objects.create(username=name, password=hashed), ANNOTATOR)
    return names


def _compared(size: int):
    """A dataset, and its comparisons each with its dialogue, by their ids."""
    from dialogues.models import Answer, Comparison, Dataset, Dialogue, Turn
    from ecc_site.core.bulk import insert_rows, new_ids
    from ecc_site.demo import end_version

    dataset = Dataset.objects.create(name="load", dialogue_count=size, open_turn_count=size)
    version = end_version()
    dialogues, turns, comparisons = (new_ids(model, size) for model in (Dialogue, Turn, Comparison))
    answers = new_ids(Answer, 2 * size)
    ends, references = answers[:size], answers[size:]
    named = ["id", "dataset_id", "source_id", "language", "split", "content_hash", "turn_count"]
    insert_rows(Dialogue, named, ((pk, dataset.pk, f"d{pk}", "zh", "train", f"{pk:064d}", 1) for pk in dialogues))
    asked = zip(turns, dialogues, strict=True)
    rows = ((pk, dialogue, 0, "customer", *2 * (QUESTIONS[pk % 5],), True) for pk, dialogue in asked)
    insert_rows(Turn, ["id", "dialogue_id", "position", "role", "raw", "text", "is_open"], rows)
    of_model = ((pk, turn, "model", ANSWERS[pk % 5], version.pk) for pk, turn in zip(ends, turns, strict=True))
    insert_rows(Answer, ["id", "turn_id", "source", "text", "version_id"], of_model)
    of_people = ((pk, turn, "human", ANSWERS[pk % 4]) for pk, turn in zip(references, turns, strict=True))
    insert_rows(Answer, ["id", "turn_id", "source", "text"], of_people)
    named = ["id", "turn_id", "end_id", "reference_id", "dataset_id", "version_id", "kind", "split"]
    pairs = zip(comparisons, turns, ends, references, strict=True)
    insert_rows(Comparison, named, ((*pair, dataset.pk, version.pk, "human", "train") for pair in pairs))
    return dataset, list(zip(comparisons, dialogues, strict=True))


def _score(dataset, comparisons: list[int]) -> None:
    """By the scorer set of the demo."""
    from ecc_site.core.bulk import insert_rows
    from ecc_site.demo import end_version
    from scoring.models import Profile, Score, ScorerSet

    profile = Profile.objects.active_for(dataset, ScorerSet.objects.current())
    fixed = {"scorer_set_id": profile.scorer_set_id, "profile_id": profile.pk, "dataset_id": dataset.pk}
    fixed |= {"version_id": end_version().pk, "kind": "human", "split": "train"}
    parts = ["similarity", "match_end", "match_cloud", "final"]
    rows = ((pk, *[(pk % 100) / 100] * 4, *fixed.values()) for pk in comparisons)
    insert_rows(Score, ["comparison_id", *parts, *fixed], rows)


def _round(dataset, places: list[tuple[int, int]], overlap: int) -> int:
    """The id of a round of these comparisons and dialogues."""
    from ecc_site.core.bulk import insert_rows
    from review.models import Assignment, Round, RoundItem

    counts = {"dialogue_count": len(places), "item_count": len(places), "wanted_count": len(places) * overlap}
    rules = {"kind": "human", "purpose": "teach", "overlap": overlap}
    round_ = Round.objects.create(name="load", dataset=dataset, **rules, **counts)
    items = ((round_.pk, comparison, dialogue, 0, "random") for comparison, dialogue in places)
    insert_rows(RoundItem, ["round_id", "comparison_id", "dialogue_id", "position", "stratum"], items)
    numbers = range(1, overlap + 1)
    wanted = ((round_.pk, dialogue, n, rank) for rank, (_, dialogue) in enumerate(places, start=1) for n in numbers)
    insert_rows(Assignment, ["round_id", "dialogue_id", "n", "priority"], wanted)
    return round_.pk


def audit(rounds: list[int]) -> dict:
    """What is stored of the rounds: the keys of their verdicts, items with too many of them, and the kept counters."""
    from django.db.models import Count, F, Sum

    from review.models import Round, Verdict, VerdictRevision

    active = Verdict.objects.active().filter(round__in=rounds)
    per_item = active.values("item").annotate(count=Count("pk")).filter(count__gt=F("round__overlap"))
    per_person = active.values("item", "annotator").annotate(count=Count("pk")).filter(count__gt=1)
    keys = VerdictRevision.objects.filter(verdict__round__in=rounds).values_list("key", flat=True)
    counted = Round.objects.filter(pk__in=rounds).aggregate(sum=Sum("verdict_count"))["sum"]
    return {
        "keys": [str(key) for key in keys],
        "over_assigned": per_item.count(),
        "doubled": per_person.count(),
        "miscounted": counted - active.count(),
    }


def by_item(round_pk: int) -> list[tuple[int, str]]:
    """Of each active verdict of the round the item and the preference."""
    from review.models import Verdict

    said = Verdict.objects.active().filter(round=round_pk)
    return list(said.values_list("item_id", "current__preference"))


def main() -> None:
    import django

    django.setup()
    work, *arguments = sys.argv[1:]
    if work == "prepare":
        *numbers, password = arguments
        said = prepare(*map(int, numbers), password)
    elif work == "by-item":
        said = by_item(int(arguments[0]))
    else:
        said = audit([int(pk) for pk in arguments])
    print(json.dumps(said))


if __name__ == "__main__":
    main()
