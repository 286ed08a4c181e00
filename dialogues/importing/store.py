"""Stores parsed dialogues in batches, each all or nothing; storing the same dialogues again adds nothing."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from dialogues.importing.parsers import ParsedDialogue
from dialogues.models import Answer, Dataset, Dialogue, Turn
from dialogues.search.engine import Said
from dialogues.search.index import index_dialogues
from serving.runtimes.language import language_of

BATCH = 200


@dataclass(frozen=True)
class Stored:
    added: int
    repeated: int


def split_by_hash(content_hash: str) -> str:
    """train, dev or test, in proportions of 80 / 10 / 10; the same for the same content everywhere."""
    bucket = int(content_hash[:8], 16) % 10
    return {8: "dev", 9: "test"}.get(bucket, "train")


def store_batch(dataset: Dataset, batch: list[ParsedDialogue], *, never_leaves: bool = False) -> Stored:
    """Add those dialogues of the batch that the dataset does not have yet, and update its counters.

    With `never_leaves` all dialogues of the batch are marked so, also those that the dataset has already.
    """
    distinct = {parsed.content_hash: parsed for parsed in batch}
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
        repeated = dataset.dialogues.filter(content_hash__in=distinct)
        known = set(repeated.values_list("content_hash", flat=True))
        new = [parsed for content_hash, parsed in distinct.items() if content_hash not in known]
        open_turns = _insert(dataset, new, never_leaves or dataset.never_leaves)
        if never_leaves:
            repeated.update(never_leaves=True)
        Dataset.objects.filter(pk=dataset.pk).update(
            dialogue_count=F("dialogue_count") + len(new), open_turn_count=F("open_turn_count") + open_turns
        )
    return Stored(added=len(new), repeated=len(batch) - len(new))


def _insert(dataset: Dataset, new: list[ParsedDialogue], never_leaves: bool) -> int:
    """Store the dialogues with their turns and human answers; returns how many of the turns want an answer."""
    dialogues = Dialogue.objects.bulk_create([_dialogue(dataset, parsed, never_leaves) for parsed in new])
    turns: list[Turn] = []
    open_turns: list[tuple[Turn, str]] = []  # each with the human agent's reply, which may be empty
    for dialogue, parsed in zip(dialogues, new, strict=True):
        open_positions = set(parsed.open_positions())
        rows = [
            Turn(dialogue=dialogue, position=i, role=t.role, raw=t.raw, text=t.text, is_open=i in open_positions)
            for i, t in enumerate(parsed.turns)
        ]
        turns += rows
        open_turns += [(rows[i], _reply_after(parsed, i)) for i in open_positions]
    Turn.objects.bulk_create(turns, batch_size=1000)
    answers = [Answer(turn=turn, source="human", text=reply) for turn, reply in open_turns if reply]
    Answer.objects.bulk_create(answers, batch_size=1000)
    index_dialogues(
        Said(dialogue.pk, dataset.pk, dialogue.split, dialogue.language, [turn.text for turn in parsed.turns])
        for dialogue, parsed in zip(dialogues, new, strict=True)
    )
    return len(open_turns)


def _dialogue(dataset: Dataset, parsed: ParsedDialogue, never_leaves: bool) -> Dialogue:
    return Dialogue(
        dataset=dataset,
        source_id=parsed.source_id,
        language=language_of([turn.text for turn in parsed.turns]),
        split=parsed.split or split_by_hash(parsed.content_hash),
        never_leaves=never_leaves,
        content_hash=parsed.content_hash,
        turn_count=len(parsed.turns),
    )


def _reply_after(parsed: ParsedDialogue, position: int) -> str:
    """The human agent's messages before the customer's next one, joined by line breaks."""
    messages = []
    for turn in parsed.turns[position + 1 :]:
        if turn.role == "customer":
            break
        if turn.role == "agent" and turn.text:
            messages.append(turn.text)
    return "\n".join(messages)
