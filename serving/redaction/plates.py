"""Licence plates of China (GA 36): a province, a letter, and five characters, or six for electric cars."""

import re
from collections.abc import Iterator

from .context import digits
from .spans import Span, Strength

KIND = "plate"

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_CHARACTER = "[0-9A-HJ-NP-Za-hj-np-z]"
_PLATE = re.compile(
    rf"[{_PROVINCES}][A-HJ-NP-Za-hj-np-z][ ·.•-]?"
    rf"({_CHARACTER}{{5,6}}|{_CHARACTER}{{4}}[挂学警港澳领])(?![0-9A-Za-z])"
)


def find(text: str) -> Iterator[Span]:
    """Licence plates of a folded text. At least three digits, so that 新Redmi9 is none."""
    for match in _PLATE.finditer(text):
        if len(digits(match[1])) >= 3:
            yield Span(KIND, *match.span(), Strength.SHAPED)
