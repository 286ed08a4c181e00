"""Cells that a spreadsheet program does not take for formulas: customer text is hostile."""

import re

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def escape_formula(value: object) -> object:
    """A text that would begin a formula with an apostrophe before it, anything else as it is."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value
