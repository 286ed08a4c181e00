"""From a file to rows in three steps: a reader yields records, a parser makes dialogues, `store` writes them.

A further file format is one more reader or parser and its line in FORMATS, from which the form and the command take it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from dialogues.importing.parsers import ParsedDialogue, parse_turns
from ecc_site.core.jsonl import LineProblem, read_jsonl


class Format(NamedTuple):
    read: Callable[[Path], Iterator[tuple[int, dict | LineProblem]]]  # records by line, the first line is 1
    parse: Callable[[dict], ParsedDialogue]  # raises LineProblem


FORMATS = {"jsonl": Format(read_jsonl, parse_turns)}
