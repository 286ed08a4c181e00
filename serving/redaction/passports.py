"""Passports and travel permits: a letter or two and six to nine digits."""

import re
from collections.abc import Iterator

from .context import MAY_GAP, is_product, label, stands_before
from .spans import Span, Strength

KIND = "passport"

_LABEL = label(r"护照|通行证|回乡证|台胞证|旅行证|居留证|居住证|passport|travel\s(?:permit|document)")
_ANY = re.compile(
    rf"(?<![0-9A-Za-z])(?:[A-Z]{{1,2}}{MAY_GAP}[0-9]{{6,10}}|(?=(?:[A-Z]*[0-9]){{5}})[A-Z][0-9A-Z]{{8}}|[0-9]{{8,9}})(?![0-9A-Za-z])",
    re.I,
)
# E12345678, EA1234567 and formerly G: passports of China; C and H: permits for Hongkong, Macao and Taiwan
_CHINESE = re.compile(r"(?<![0-9A-Za-z.])(?:[CEGH][0-9]{8}|E[A-HJ-NP-Z][0-9]{7})(?![0-9A-Za-z])(?![.-][0-9])")


def find(text: str) -> Iterator[Span]:
    """Passport numbers of a folded text: those of China by their form, others after a word such as 护照.

    A product number after its word, such as 货号E12345678, stays.
    """
    for match in _ANY.finditer(text):
        if stands_before(_LABEL, text, match.start()):
            yield Span(KIND, *match.span(), Strength.CHECKED)
    for match in _CHINESE.finditer(text):
        if not is_product(text, match.start()):
            yield Span(KIND, *match.span(), Strength.SHAPED)
