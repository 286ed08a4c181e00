"""Reads, checks and cleans the records of an upload, in batches."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, islice
from typing import Any

from dialogues.importing.cleaning import DUPLICATE_STEP
from dialogues.importing.cleaning.near_duplicates import bands
from dialogues.importing.problems import BadFile
from dialogues.importing.records import ParsedDialogue, ParsedTurn
from dialogues.importing.refused import Refused
from dialogues.importing.report import ReadReport
from dialogues.importing.task import Task
from dialogues.importing.upload import Record, Rules, prepared
from dialogues.search.tokens import as_tokens

BATCH = 500
Place = tuple[str, int]  # the file in an archive and the line


@dataclass
class Batch:
    """Some records in the order of the file."""

    dialogues: list[tuple[Place, ParsedDialogue]] = field(default_factory=list)
    refused: list[tuple[Place, Refused]] = field(default_factory=list)
    count: int = 0  # of records, also those that are no dialogues on purpose
    share: float = 1.0  # of the file that has been read by now
    report: ReadReport = field(default_factory=ReadReport)  # of these records
    error: str = ""  # why the file cannot be read behind these records

    @property
    def is_last(self) -> bool:
        return bool(self.error) or self.count < BATCH

    def as_plain(self) -> dict[str, Any]:
        return {
            "dialogues": [(place, _plain(dialogue)) for place, dialogue in self.dialogues],
            "refused": [(place, refused.args) for place, refused in self.refused],
            "count": self.count,
            "share": self.share,
            "report": self.report.as_json(),
            "error": self.error,
        }

    @classmethod
    def of_plain(cls, plain: dict[str, Any]) -> Batch:
        dialogues = [((place, line), _dialogue(row)) for (place, line), row in plain["dialogues"]]
        refused = [
            ((place, line), Refused(kind, name, **values)) for (place, line), (kind, name, values) in plain["refused"]
        ]
        report = ReadReport(plain["report"])
        return cls(dialogues, refused, plain["count"], plain["share"], report, plain["error"])


def prepare(task: Task, skip: int = 0, part: int = 0, parts: int = 1) -> Generator[Batch]:
    """The records behind the first `skip`: every batch, or of each `parts` batches the one with that number, from 0."""
    upload, rules = task.upload, task.rules
    records = islice(upload.records(), skip, None)
    for number in count():
        batch = Batch()
        try:
            for record in islice(records, BATCH):
                batch.count += 1
                if number % parts == part:
                    add(record, batch, rules)
        except BadFile as error:  # what stands before it is stored
            batch.error = str(error)
        if number % parts == part:
            batch.share = upload.share
            yield batch
        if batch.is_last:
            return


def add(record: Record, batch: Batch, rules: Rules) -> None:
    """Check and clean one record more of the batch."""
    result, place = prepared(record.content, rules, batch.report), (record.place, record.line)
    if isinstance(result, ParsedDialogue):
        result.bands = bands(result.text) if DUPLICATE_STEP in rules.steps else []
        result.tokens = as_tokens(turn.text for turn in result.turns)
        batch.dialogues.append((place, result))
    elif isinstance(result, Refused):
        batch.refused.append((place, result))


def _plain(dialogue: ParsedDialogue) -> list[Any]:
    ended_at = dialogue.ended_at.isoformat() if dialogue.ended_at else None
    named = (dialogue.source_id, dialogue.split, ended_at, dialogue.content_hash, dialogue.language)
    return [dialogue.turns, *named, dialogue.bands, dialogue.tokens, dialogue.satisfaction]


def _dialogue(row: list[Any]) -> ParsedDialogue:
    turns, source_id, split, ended_at, content_hash, language, *found = row
    ended = datetime.fromisoformat(ended_at) if ended_at else None
    return ParsedDialogue(list(map(ParsedTurn._make, turns)), source_id, split, ended, content_hash, language, *found)
