"""The administrative divisions of China, from provinces to counties, with those that were renamed since 1980."""

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r'(?:province|county)="([^"]*)"')
_YEARS = re.compile(r"^\[[^\]]*\]")
_LEVEL = re.compile(r"(?:(?:维吾尔|壮族|回族)?自治区|特别行政区|省|市|地区|自治州)$")
LONGEST = 11  # characters


@cache
def divisions() -> frozenset[str]:
    """Their full names and the short ones of provinces and cities: 浙江省, 浙江, 杭州市, 杭州, 西湖区.

    The list comes with python-stdnum, which reads the birthplace of a resident id from it.
    """
    lines = (files("stdnum") / "cn" / "loc.dat").read_text(encoding="utf-8")
    full = {_YEARS.sub("", name) for names in _NAME.findall(lines) for name in names.split(",")}
    full = {name for name in full if 2 <= len(name) <= LONGEST and name not in {"市辖区", "县", "市"}}
    return frozenset(full | {short for name in full if len(short := _LEVEL.sub("", name)) >= 2})


def division_before(text: str, start: int, end: int) -> int:
    """Where the longest division that ends at `end` begins, not before `start`; `end` where there is none."""
    known = divisions()
    lengths = range(min(LONGEST, end - start), 1, -1)
    return next((end - length for length in lengths if text[end - length : end] in known), end)
