"""What a person asked an import for, in plain values that another process can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dialogues.importing.formats import Choices
from dialogues.importing.roles import Roles
from dialogues.importing.upload import Rules, Upload
from serving.redaction import detectors_with


@dataclass(frozen=True)
class Task:
    """A file and what is made of it; JSON can hold all of this."""

    path: str
    name: str
    encoding: str  # empty: recognised
    format: str  # empty: recognised
    columns: Mapping[str, str]
    roles: Mapping[str, str]
    steps: Sequence[str]
    patterns: Sequence[tuple[str, str]]  # names and expressions of the shop's own kinds of personal data

    @property
    def upload(self) -> Upload:
        """The file, to be read as the person chose."""
        choices = Choices(columns=dict(self.columns), roles=dict(self.roles))
        return Upload(Path(self.path), self.name, self.encoding, self.format, choices)

    @property
    def rules(self) -> Rules:
        """What is made of the records of the file."""
        return Rules(Roles(self.roles), frozenset(self.steps), detectors_with(self.patterns))
