"""What is done and read inside a site: `python -m benchmarks.desk_load.in_site prepare | audit …`, JSON out."""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")
QUESTIONS = ("什么时候发货", "可以便宜一点吗", "我要退货，怎么办", "有优惠券吗", "尺码偏小吗")
ANSWERS = ("亲，48小时内发出哦", "您好，这款是优惠价了", "您好，请在订单里申请退货", "好的", "亲，按平时的尺码拍就可以")


def prepare(size: int, overlap: int, annotators: int, password: str) -> dict:
    """Accounts, and a round of so many comparisons, each of a dialogue of one turn."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.db import transaction

    from dialogues.models import Answer, Comparison, Dataset, Dialogue, Turn
    from ecc_site.core.bulk import insert_rows, new_ids
    from ecc_site.core.roles import ANNOTATOR, set_role
    from ecc_site.demo import end_version
    from review.models import Assignment, Round, RoundItem

    hashed = make_password(password)  # once: it is slow on purpose
    names = [f"reviewer-{n}" for n in range(annotators)]
    for name in names:
        set_role(User.objects.create(username=name, password=hashed), ANNOTATOR)
    version = end_version()
    with transaction.atomic():
        dataset = Dataset.objects.create(name="load", dialogue_count=size, open_turn_count=size)
        dialogues, turns = new_ids(Dialogue, size), new_ids(Turn, size)
        answers = new_ids(Answer, 2 * size)
        ends, references = answers[:size], answers[size:]
        comparisons = new_ids(Comparison, size)
        insert_rows(
            Dialogue,
            ["id", "dataset_id", "source_id", "language", "split", "content_hash", "turn_count"],
            ((pk, dataset.pk, f"d{pk}", "zh", "train", f"{pk:064d}", 1) for pk in dialogues),
        )
        insert_rows(
            Turn,
            ["id", "dialogue_id", "position", "role", "raw", "text", "is_open"],
            (
                (pk, dialogue, 0, "customer", *2 * (QUESTIONS[pk % 5],), True)
                for pk, dialogue in zip(turns, dialogues, strict=True)
            ),
        )
        insert_rows(
            Answer,
            ["id", "turn_id", "source", "text", "version_id"],
            ((pk, turn, "model", ANSWERS[pk % 5], version.pk) for pk, turn in zip(ends, turns, strict=True)),
        )
        insert_rows(
            Answer,
            ["id", "turn_id", "source", "text"],
            ((pk, turn, "human", ANSWERS[pk % 4]) for pk, turn in zip(references, turns, strict=True)),
        )
        insert_rows(
            Comparison,
            ["id", "dataset_id", "version_id", "turn_id", "end_id", "reference_id", "kind", "split"],
            (
                (pk, dataset.pk, version.pk, turn, end, reference, "human", "train")
                for pk, turn, end, reference in zip(comparisons, turns, ends, references, strict=True)
            ),
        )
        round_ = Round.objects.create(
            name=f"load {size}",
            dataset=dataset,
            kind="human",
            purpose="teach",
            overlap=overlap,
            item_count=size,
            wanted_count=size * overlap,
        )
        insert_rows(
            RoundItem,
            ["round_id", "comparison_id", "dialogue_id", "position", "stratum"],
            ((round_.pk, pk, dialogue, 0, "random") for pk, dialogue in zip(comparisons, dialogues, strict=True)),
        )
        insert_rows(
            Assignment,
            ["round_id", "dialogue_id", "n", "priority"],
            (
                (round_.pk, dialogue, n, priority)
                for priority, dialogue in enumerate(dialogues, start=1)
                for n in range(1, overlap + 1)
            ),
        )
    return {"annotators": names, "round": round_.pk}


def audit(round_pk: int) -> dict:
    """What is stored of the round: the keys of its verdicts, items with too many of them, and the kept counter."""
    from django.db.models import Count

    from review.models import Round, VerdictRevision

    round_ = Round.objects.get(pk=round_pk)
    active = round_.verdicts.active()
    per_item = active.values("item").annotate(count=Count("pk")).filter(count__gt=round_.overlap)
    per_person = active.values("item", "annotator").annotate(count=Count("pk")).filter(count__gt=1)
    keys = VerdictRevision.objects.filter(verdict__round=round_).values_list("key", flat=True)
    return {
        "keys": [str(key) for key in keys],
        "over_assigned": per_item.count(),
        "doubled": per_person.count(),
        "miscounted": round_.verdict_count - active.count(),
    }


def main() -> None:
    import django

    django.setup()
    work, *arguments = sys.argv[1:]
    if work == "prepare":
        size, overlap, annotators, password = arguments
        said = prepare(int(size), int(overlap), int(annotators), password)
    else:
        said = audit(int(arguments[0]))
    print(json.dumps(said))


if __name__ == "__main__":
    main()
