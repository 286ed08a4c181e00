"""What would come of an import: its first records, and what the file needs to be told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _

from dialogues.importing.formats.base import Format
from dialogues.importing.formats.columns import mapping
from dialogues.importing.problems import BadFile, sentence
from dialogues.importing.reading import Reading
from dialogues.importing.records import ParsedDialogue, RawDialogue
from dialogues.importing.refused import Refused
from dialogues.importing.report import ReadReport
from dialogues.importing.texts import storable
from dialogues.importing.upload import Rules, Upload, prepared

FIRST = 200  # records
MOST_NAMES, LONGEST_NAME = 50, 200
SHOWN = 4  # dialogues that cannot be used


@dataclass
class Preview:
    """The first records of a file as they would be imported."""

    format: Format | None = None
    encoding: str = ""
    files: int = 0
    columns: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)  # field of the format: column, empty where none is known
    others: str | None = None  # role of the names that are not among the speakers
    speakers: list[tuple[str, int, str | None]] = field(default_factory=list)  # name, turns, role (None: unknown)
    dialogues: list[ParsedDialogue] = field(default_factory=list)
    unread: list[RawDialogue] = field(default_factory=list)  # the first of those that cannot be used, as they are
    problems: Counter[str] = field(default_factory=Counter)  # sentence: how often
    report: ReadReport = field(default_factory=ReadReport)
    error: str = ""  # why the file as a whole cannot be read

    @property
    def refused(self) -> int:
        return sum(self.problems.values())

    @property
    def problem_rows(self) -> list[tuple[str, int]]:
        """The sentences and how often each is true, the most frequent first."""
        return self.problems.most_common()

    @property
    def records(self) -> int:
        return len(self.dialogues) + self.refused

    @property
    def unknown_speakers(self) -> list[str]:
        return [name for name, _count, role in self.speakers if role is None]


def preview_of(upload: Upload, rules: Rules) -> Preview:
    """Read the first records without storing anything; what makes the whole file unreadable is in `error`."""
    result = Preview()
    try:
        _describe(upload, result)
        _fill(upload, rules, result)
    except BadFile as error:
        result.error = str(error)
    return result


def _describe(upload: Upload, result: Preview) -> None:
    readings = [reading for reading in upload.readings() if isinstance(reading, Reading)]
    if not readings:
        raise BadFile(_("There is no file of dialogues in the archive."))
    first = readings[0]
    result.format, result.encoding, result.files = first.format, first.encoding, len(readings)
    if first.columns:
        result.columns = first.columns
        found = mapping(first.columns, first.format.fields, upload.choices.columns)
        result.fields = {name: found.get(name, "") for name in first.format.fields}


def _fill(upload: Upload, rules: Rules, result: Preview) -> None:
    speakers = Counter[str]()
    try:
        for record in islice(upload.records(), FIRST):
            if isinstance(record.content, RawDialogue):
                speakers.update(storable(turn.role).strip()[:LONGEST_NAME] for turn in record.content.turns)
            dialogue = prepared(record.content, rules, result.report)
            if isinstance(dialogue, ParsedDialogue):
                result.dialogues.append(dialogue)
            elif isinstance(dialogue, Refused):
                if isinstance(record.content, RawDialogue) and len(result.unread) < SHOWN:
                    result.unread.append(record.content)
                result.problems[sentence(dialogue.kind, dialogue.general_field, dialogue.values)] += 1
    finally:
        result.others = rules.roles.of_others
        most = speakers.most_common(MOST_NAMES)
        result.speakers = [(name, count, rules.roles.of(name)) for name, count in most]
