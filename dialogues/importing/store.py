"""Writes parsed dialogues in batches: each batch is wholly there or not at all, and importing twice adds nothing."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from dialogues.cleaning import language_of
from dialogues.importing.parsers import ParsedDialogue
from dialogues.models import Answer, Dataset, Dialogue, Turn

BATCH = 200


@dataclass(frozen=True)
class Stored:
    added: int
    repeated: int


def split_by_hash(content_hash: str) -> str:
    """train, dev or test as 80 / 10 / 10, the same for the same dialogue everywhere."""
    bucket = int(content_hash[:8], 16) % 10
    return {8: "dev", 9: "test"}.get(bucket, "train")


def store_batch(dataset: Dataset, batch: list[ParsedDialogue]) -> Stored:
    """Add the dialogues of the batch that the dataset does not have yet, and move its counters with them."""
    distinct = {parsed.content_hash: parsed for parsed in batch}
    with transaction.atomic():
        Dataset.objects.select_for_update().get(pk=dataset.pk)
        known = set(dataset.dialogues.filter(content_hash__in=distinct).values_list("content_hash", flat=True))
        new = [parsed for content_hash, parsed in distinct.items() if content_hash not in known]
        open_turns = _insert(dataset, new)
        Dataset.objects.filter(pk=dataset.pk).update(
            dialogue_count=F("dialogue_count") + len(new), open_turn_count=F("open_turn_count") + open_turns
        )
    return Stored(added=len(new), repeated=len(batch) - len(new))


def _insert(dataset: Dataset, new: list[ParsedDialogue]) -> int:
    dialogues = Dialogue.objects.bulk_create([_dialogue(dataset, parsed) for parsed in new])
    turns, answered = [], []
    for dialogue, parsed in zip(dialogues, new, strict=True):
        opened = set(parsed.open_positions())
        rows = [
            Turn(dialogue=dialogue, position=i, role=t.role, raw=t.raw, text=t.text, is_open=i in opened)
            for i, t in enumerate(parsed.turns)
        ]
        turns += rows
        answered += [(rows[i], _reply_after(parsed, i)) for i in opened]
    Turn.objects.bulk_create(turns, batch_size=1000)
    human = [Answer(turn=turn, source="human", text=reply) for turn, reply in answered if reply]
    Answer.objects.bulk_create(human, batch_size=1000)
    return len(answered)


def _dialogue(dataset: Dataset, parsed: ParsedDialogue) -> Dialogue:
    return Dialogue(
        dataset=dataset,
        source_id=parsed.source_id,
        language=language_of([turn.text for turn in parsed.turns]),
        split=parsed.split or split_by_hash(parsed.content_hash),
        never_leaves=dataset.never_leaves,
        content_hash=parsed.content_hash,
    )


def _reply_after(parsed: ParsedDialogue, position: int) -> str:
    """What the human agent said before the customer spoke again; several messages are joined by line breaks."""
    said = []
    for turn in parsed.turns[position + 1 :]:
        if turn.role == "customer":
            break
        if turn.role == "agent" and turn.text:
            said.append(turn.text)
    return "\n".join(said)
