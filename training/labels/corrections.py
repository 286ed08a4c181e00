"""Corrections as reference answers of the kind `correction`, which the end answers are compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef, QuerySet

from dialogues.models import Answer, Comparison, Dataset, EvalItem, text_hash
from ecc_site.core.batching import SIZE, batched
from review.human_replies import HumanReply
from review.models import Verdict
from scoring.models import Score
from training.labels.models import Label


def sync_references(dataset: Dataset, turns: Collection[int] | None, corrections: Sequence[HumanReply]) -> None:
    """Make the annotators' answers of a dataset, or of these turns of it, agree with its active corrections.

    New corrections become answers, paired with the end answers. Answers that nobody stands by any more are deleted,
    unless a verdict or a frozen set needs them.
    """
    expected = {(reply.turn_id, reply.author_id, text_hash(reply.text)): reply for reply in corrections}
    where = {"turn__dialogue__dataset": dataset} if turns is None else {"turn__in": turns}
    answers = Answer.objects.filter(source="annotator", **where)
    rows = answers.values_list("pk", "turn_id", "author_id", "settings_hash")
    stored = {(turn, author, hashed): pk for pk, turn, author, hashed in rows}
    new = [_answer(reply) for key, reply in expected.items() if key not in stored]
    Answer.objects.bulk_create(new, ignore_conflicts=True, batch_size=SIZE)
    for batch in batched(sorted({answer.turn_id for answer in new})):
        Comparison.objects.pair(batch)
    _delete(dataset, [pk for key, pk in stored.items() if key not in expected])


def _answer(reply: HumanReply) -> Answer:
    return Answer(
        turn_id=reply.turn_id,
        source="annotator",
        author_id=reply.author_id,
        text=reply.text,
        settings_hash=text_hash(reply.text),
    )


def _delete(dataset: Dataset, answer_ids: Sequence[int]) -> None:
    """Those that may go, with their scores: figures that were worked out from these are out of date."""
    gone: Counter[str] = Counter()
    for ids in batched(answer_ids):
        gone.update(_deletable(ids).delete()[1])
    if gone[Score._meta.label]:
        Dataset.objects.filter(pk=dataset.pk).note_removal()


def _deletable(answer_ids: Sequence[int]) -> QuerySet[Answer]:
    """Those of the answers that came from a verdict, and that no verdict and no frozen set needs."""
    label = Label.objects.filter(turn=OuterRef("turn"), text_hash=OuterRef("settings_hash"), revision__isnull=False)
    verdict = Verdict.objects.filter(comparison__reference=OuterRef("pk"))
    eval_item = EvalItem.objects.filter(reference=OuterRef("pk"))
    return Answer.objects.filter(Exists(label), ~Exists(verdict), ~Exists(eval_item), pk__in=answer_ids)
