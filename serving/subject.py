"""What a question to a model behind a server is about, in plain ids that the caller hands down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Subject:
    """The customer turn that is asked about, with its dialogue and dataset; None where nobody's turn is.

    `quoted` are the hashes of the other dialogues that the prompt quotes, as examples or as what is remembered of
    them: in sets, so that those which thousands of prompts share are stored once.
    """

    dataset: int | None = None
    dialogue: int | None = None
    turn: int | None = None
    quoted: tuple[frozenset[str], ...] = ()

    def quoting(self, *origins: Iterable[str]) -> Subject:
        """The same, with more sets of quoted dialogues; empty ones and hashes that are empty are left out."""
        sets = (frozenset(filter(None, hashes)) for hashes in origins)
        return replace(self, quoted=(*self.quoted, *filter(None, sets)))


NOBODY = Subject()
