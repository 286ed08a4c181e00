"""Patterns of the shop's own, such as the form of its membership numbers."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

from .spans import Detector, Span, Strength

LONGEST = 500  # characters of a pattern
KINDS = frozenset(
    (
        *("phone", "resident_id", "passport", "bank_card", "email", "order_number", "parcel_number"),
        *("address", "name", "account", "link", "plate", "literal"),
    )
)
_NAME = re.compile(r"[a-z](?:_?[a-z]){1,29}")
_MOST_MEMORY = 1 << 20  # bytes; what a pattern with large repetitions would need more of is refused


class BadPattern(ValueError):
    """The name or the expression cannot be used: `code` says why, one of those in BAD, and `said` what RE2 says."""

    def __init__(self, code: str, said: str = ""):
        super().__init__(f"{BAD[code]} {said}".strip())
        self.code, self.said = code, said


BAD = {
    "name": "Expected a name of two to thirty small Latin letters and underscores, such as member_number.",
    "taken": "There is a kind of this name already.",
    "empty": "Expected a regular expression.",
    "long": f"Expected a regular expression of at most {LONGEST} characters.",
    "syntax": "RE2 cannot read the regular expression:",
    "everywhere": "The regular expression matches an empty text, and so would match everywhere.",
}


def check_name(name: str) -> None:
    """Raises BadPattern for a name that cannot stand in a placeholder such as [MEMBER_NUMBER_1], or is taken."""
    if not _NAME.fullmatch(name):
        raise BadPattern("name")
    if name in KINDS:
        raise BadPattern("taken")


@lru_cache(maxsize=200)
def own_detector(name: str, expression: str) -> Detector:
    """Finds what a regular expression in RE2's syntax matches, as the kind `name`.

    It reads the folded text, so 0-9 stands for full-width digits too. RE2 takes linear time whatever the expression.
    Raises BadPattern for one that RE2 does not know, that is too long or too large, or that matches nothing at all.
    """
    check_name(name)
    pattern = _compiled(expression)

    def find(text: str) -> Iterator[Span]:
        for match in pattern.finditer(text):
            if match.end() > match.start():
                yield Span(name, match.start(), match.end(), Strength.CERTAIN)

    return Detector(find)


def _compiled(expression: str) -> Any:
    if not expression.strip():
        raise BadPattern("empty")
    if len(expression) > LONGEST:
        raise BadPattern("long")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    try:
        pattern = re2.compile(expression, options)
    except re2.error as error:
        raise BadPattern("syntax", error.args[0].decode(errors="replace")) from None
    if pattern.search(""):
        raise BadPattern("everywhere")
    return pattern
