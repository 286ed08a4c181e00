"""An upload as one sequence of records, whatever it is packed in, and what becomes of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dialogues.importing.cleaning import REDACTION_STEP, cleaned
from dialogues.importing.formats import Choices
from dialogues.importing.opening import Source, sources
from dialogues.importing.problems import BadFile
from dialogues.importing.reading import Reading, reading_of
from dialogues.importing.records import ParsedDialogue, RawDialogue, Skipped, parsed
from dialogues.importing.redacting import redact
from dialogues.importing.refused import Refused
from dialogues.importing.report import ReadReport
from dialogues.importing.roles import Roles
from serving.redaction import DETECTORS
from serving.redaction.spans import Detector


@dataclass(frozen=True)
class Record:
    """One record of the upload: where it begins, and what the reader made of it."""

    place: str  # the file in an archive, else empty
    line: int
    content: RawDialogue | Refused | Skipped


@dataclass
class Upload:
    """A file that was uploaded, and what a person chose for it. Every method may raise BadFile."""

    path: Path
    name: str
    encoding: str = ""
    format: str = ""
    choices: Choices = field(default_factory=Choices)
    _open: Source | None = None

    def readings(self) -> Iterator[Reading | Record]:
        """How each file of it is read; of an archive, a Record says of a file why it is not."""
        found = sources(self.path, self.name)
        for source in found:
            self._open = source
            try:
                yield reading_of(source, self.encoding, self.format)
            except BadFile as error:
                if len(found) == 1:
                    raise
                yield _refused(source, error)

    def records(self) -> Iterator[Record]:
        """All records, always in the same order."""
        for reading in self.readings():
            if isinstance(reading, Record):
                yield reading
                continue
            place = reading.source.name if reading.source.member else ""
            try:
                for line, content in reading.items(self.choices):
                    yield Record(place, line, content)
            except BadFile as error:
                if not place:
                    raise
                yield _refused(reading.source, error)

    @property
    def share(self) -> float:
        """How much of the file has been read, above 0 and at most 1."""
        size = max(1, self.path.stat().st_size)
        return min(1.0, max(1, self._open.position() if self._open else 0) / size)


def _refused(source: Source, error: BadFile) -> Record:
    return Record(source.name, 1, Refused("file", error=str(error)))


@dataclass(frozen=True)
class Rules:
    """What is made of the records: who speaks, which steps of cleaning are taken, what is personal."""

    roles: Roles
    steps: Collection[str]
    detectors: Collection[Detector] = DETECTORS


def prepared(
    content: RawDialogue | Refused | Skipped, rules: Rules, report: ReadReport
) -> ParsedDialogue | Refused | Skipped:
    """The record's dialogue, checked, cleaned and redacted, or why there is none; the report is told."""
    if isinstance(content, Skipped):
        report.skipped(content.name)
    if not isinstance(content, RawDialogue):
        return content
    report.read(content)
    try:
        dialogue = cleaned(parsed(content, rules.roles.of), rules.steps, report.counts)
        if not any(turn.role == "customer" for turn in dialogue.turns):
            raise Refused("no_customer")
    except Refused as refused:
        return refused
    if REDACTION_STEP in rules.steps:
        report.redacted(redact(dialogue, rules.detectors))
    return dialogue
