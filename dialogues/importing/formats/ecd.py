"""The text format of the E-commerce Dialogue Corpus: label, the turns before, the response, with tabs between.

The words are written apart, since the corpus was segmented; a line with label 0 has a response that does not belong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.importing.formats.base import Choices, Format, Lines
from dialogues.importing.records import Items, RawDialogue, RawTurn, Skipped
from dialogues.importing.refused import Refused

_BESIDE_CHINESE = re.compile("(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f])")


def read(lines: Lines, _choices: Choices) -> Items:
    """A dialogue for each line with label 1; the response is the agent's, and before it the two take turns."""
    for number, line in lines:
        if isinstance(line, Refused):
            yield number, line
            continue
        label, *turns = line.split("\t")
        if label.strip() not in ("0", "1"):
            yield number, Refused("label", "label")
        elif len(turns) < 2:
            yield number, Refused("columns", count=3)
        elif label.strip() == "0":
            yield number, Skipped("negative example")
        else:
            yield number, RawDialogue(_turns(turns))


def _turns(texts: list[str]) -> list[RawTurn]:
    sides = ("agent", "customer")
    last = len(texts) - 1
    return [RawTurn(sides[(last - i) % 2], _joined(text)) for i, text in enumerate(texts)]


def _joined(text: str) -> str:
    """The words of Chinese written together again; English words stay apart."""
    return _BESIDE_CHINESE.sub("", text.strip())


def matches(sample: Sequence[Any]) -> bool:
    fitting = sum(line[:2] in ("0\t", "1\t") and line.count("\t") >= 2 for line in sample)
    return bool(sample) and fitting > 0.8 * len(sample)


LEFT_OUT = {"negative example": _("wrong replies, label 0")}
EXAMPLE = "1\t在 吗 ， 什么 时候 发货\t亲 ， 48 小时 内 发出 哦"
FORMAT = Format("ecd", _("ECD text (label, turns, response)"), "lines", matches, read, EXAMPLE, left_out=LEFT_OUT)
