"""From a file to rows in three steps: a reader yields records, a parser makes dialogues, `store` writes them.

A further file format is one more parser, or one more reader, and its name in FORMATS.
"""

from dialogues.importing.parsers import parse_turns
from ecc_site.core.jsonl import read_jsonl

FORMATS = {"jsonl": (read_jsonl, parse_turns)}
