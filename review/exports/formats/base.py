"""What the formats have in common: how records become text, and what those that teach must never hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from dialogues.held_out import TEACHABLE, AllHeldOutReplies
from review.exports.judged import Judged

Record = dict[str, Any]
NO_REPLY, IN_TEST = "no_reply", "in_test"
REASONS = {  # why a verdict made no record
    NO_REPLY: _("nothing in them to learn"),
    IN_TEST: _("test dialogues have the same"),
}


class Format:
    """Writes batches of verdicts as the text of one file; subclasses say in `records` what becomes of a batch."""

    name: ClassVar[str]  # in the form, in ExportJob.format and as --format
    label: ClassVar[Any]
    ending: ClassVar[str] = "jsonl"
    teaches: ClassVar[bool] = False  # what it writes is meant for training, so test dialogues may not be in it

    def __init__(self) -> None:
        self.record_count = 0
        self.left_out: Counter[str] = Counter()  # verdicts without a record, by the reason

    def text(self, batches: Iterable[Sequence[Judged]]) -> Iterator[str]:
        """The file in pieces."""
        return self.lines(self._counted(batches))

    def records(self, batch: Sequence[Judged]) -> Iterator[Record]:
        raise NotImplementedError

    def lines(self, records: Iterable[Record]) -> Iterator[str]:
        """One JSON object a line."""
        for record in records:
            yield as_json(record) + "\n"

    def _counted(self, batches: Iterable[Sequence[Judged]]) -> Iterator[Record]:
        for batch in batches:
            for record in self.records(batch):
                self.record_count += 1
                yield record


class TeachingFormat(Format):
    """Leaves out what is in test dialogues: a turn of one, and the same question with the same reply (invariant 4)."""

    teaches = True

    def __init__(self) -> None:
        super().__init__()
        self._held_out = AllHeldOutReplies()

    def records(self, batch: Sequence[Judged]) -> Iterator[Record]:
        for judged in batch:
            made = list(self.records_of(judged, judged.prompt))
            allowed = [record for record, replies in made if self._may_be_learned(judged, replies)]
            if not allowed:
                self.left_out[IN_TEST if made else NO_REPLY] += 1
            yield from allowed

    def records_of(self, judged: Judged, prompt: list[dict[str, str]]) -> Iterator[tuple[Record, Sequence[str]]]:
        """What a verdict teaches, each record with the replies in it."""
        raise NotImplementedError

    def _may_be_learned(self, judged: Judged, replies: Sequence[str]) -> bool:
        asked = judged["customer"]
        return judged["split"] in TEACHABLE and not any(self._held_out.has(asked, reply) for reply in replies)


def reply(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def as_json(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False)
