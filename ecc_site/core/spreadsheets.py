"""Cells that a spreadsheet program does not take for formulas: customers may write anything."""

import re

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def escape_formula(value: object) -> object:
    """A text that would start a formula gets an apostrophe in front; any other value is returned as it is."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value
