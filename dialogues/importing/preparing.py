"""Reads, checks and cleans the records of an upload, in batches: here, or in a process of its own.

A large file is prepared by a second process while this one stores, so that an import uses two cores. The two speak in
lines of JSON: one with the Task, then one for each Batch.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings

from dialogues.importing.cleaning import DUPLICATE_STEP
from dialogues.importing.cleaning.near_duplicates import bands
from dialogues.importing.formats import Choices
from dialogues.importing.problems import BadFile
from dialogues.importing.records import ParsedDialogue, ParsedTurn
from dialogues.importing.refused import Refused
from dialogues.importing.report import ReadReport
from dialogues.importing.roles import Roles
from dialogues.importing.upload import Rules, Upload, prepared
from dialogues.search.tokens import as_tokens
from serving.redaction import detectors_with

BATCH = 500
LARGE = 4 * 2**20  # bytes of a file from which a second process pays: it takes a second or two to start


@dataclass(frozen=True)
class Task:
    """What is to be prepared: plain values that JSON can hold."""

    path: str
    name: str
    encoding: str
    format: str
    columns: dict[str, str]
    roles: dict[str, str]
    steps: list[str]
    patterns: list[tuple[str, str]]  # of the shop's own kinds of personal data
    skip: int  # records that an earlier attempt has done
    report: dict[str, Any]  # of the reading so far

    @property
    def upload(self) -> Upload:
        return Upload(Path(self.path), self.name, self.encoding, self.format, Choices(self.columns, self.roles))

    @property
    def rules(self) -> Rules:
        return Rules(Roles(self.roles), frozenset(self.steps), detectors_with(self.patterns))


@dataclass
class Batch:
    """Some records in the order of the file. A place is the file in an archive, and the line."""

    dialogues: list[tuple[tuple[str, int], ParsedDialogue]] = field(default_factory=list)
    refused: list[tuple[tuple[str, int], Refused]] = field(default_factory=list)
    count: int = 0  # of records, also those that are no dialogues on purpose
    share: float = 1.0  # of the file that has been read by now
    report: dict[str, Any] = field(default_factory=dict)  # of the reading, with this batch

    def as_plain(self) -> dict[str, Any]:
        return {
            "dialogues": [(place, _plain(dialogue)) for place, dialogue in self.dialogues],
            "refused": [(place, refused.args) for place, refused in self.refused],
            "count": self.count,
            "share": self.share,
            "report": self.report,
        }

    @classmethod
    def of_plain(cls, plain: dict[str, Any]) -> Batch:
        dialogues = [((place, line), _dialogue(row)) for (place, line), row in plain["dialogues"]]
        refused = [
            ((place, line), Refused(kind, name, **values)) for (place, line), (kind, name, values) in plain["refused"]
        ]
        return cls(dialogues, refused, plain["count"], plain["share"], plain["report"])


def batches(task: Task) -> Generator[Batch]:
    """The records in batches, prepared by a second process where the file is large. Raises BadFile at its place."""
    return _by_another_process(task) if Path(task.path).stat().st_size > LARGE else prepare(task)


def prepare(task: Task) -> Generator[Batch]:
    """As batches, in this process."""
    upload, report = task.upload, ReadReport(task.report)
    records = islice(upload.records(), task.skip, None)
    rules = task.rules
    while True:
        batch, error = Batch(), None
        try:
            for record in islice(records, BATCH):
                batch.count += 1
                result, place = prepared(record.content, rules, report), (record.place, record.line)
                if isinstance(result, ParsedDialogue):
                    result.bands = bands(result.text) if DUPLICATE_STEP in rules.steps else []
                    result.tokens = as_tokens(turn.text for turn in result.turns)
                    batch.dialogues.append((place, result))
                elif isinstance(result, Refused):
                    batch.refused.append((place, result))
        except BadFile as bad:  # what stands before it is stored
            error = bad
        batch.share, batch.report = upload.share, report.as_json()
        if batch.count:
            yield batch
        if error:
            raise error
        if batch.count < BATCH:
            return


def _by_another_process(task: Task) -> Generator[Batch]:
    command = [sys.executable, "-m", "dialogues.importing.preparing"]
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps(asdict(task)) + "\n")
        process.stdin.close()
        for line in process.stdout:
            plain = json.loads(line)
            if "error" in plain:
                raise BadFile(plain["error"])
            yield Batch.of_plain(plain)
        if process.wait():
            raise RuntimeError(f"the process that reads the file ended with {process.returncode}")
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """The second process."""
    import django

    django.setup()
    task = Task(**json.loads(sys.stdin.readline()))
    try:
        for batch in prepare(task):
            print(json.dumps(batch.as_plain(), ensure_ascii=False), flush=True)
    except BadFile as error:
        print(json.dumps({"error": str(error)}), flush=True)


def _plain(dialogue: ParsedDialogue) -> list[Any]:
    ended_at = dialogue.ended_at.isoformat() if dialogue.ended_at else None
    named = (dialogue.source_id, dialogue.split, ended_at, dialogue.content_hash, dialogue.language)
    return [dialogue.turns, *named, dialogue.bands, dialogue.tokens]


def _dialogue(row: list[Any]) -> ParsedDialogue:
    turns, source_id, split, ended_at, content_hash, language, *found = row
    ended = datetime.fromisoformat(ended_at) if ended_at else None
    return ParsedDialogue(
        [ParsedTurn(*turn) for turn in turns], source_id, split, ended, content_hash, language, *found
    )


if __name__ == "__main__":
    main()
