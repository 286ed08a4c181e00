"""Table VI as CSV and as LaTeX, each a text from a table."""

from __future__ import annotations

import csv
import io

from ecc_site.core.spreadsheets import escape_formula
from training.paper.table6.table import MEASURES, Table

LATEX = {
    "\\": r"\textbackslash{}",
    **{c: "\\" + c for c in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def csv_text(table: Table) -> str:
    """A line per input, then a line per summary; an unknown number is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["input", "reference", *(escape_formula(column.title) for column in table.columns)])
    for row in table.rows:
        writer.writerow(
            [escape_formula(row.text), escape_formula(row.reference), *(_number(cell.final) for cell in row.cells)]
        )
    for name, values in _summaries(table):
        writer.writerow([name, "", *map(_number, values)])
    return out.getvalue()


def latex_text(table: Table) -> str:
    """A tabular with booktabs rules; Chinese inputs need xeCJK or ctex."""
    lines = [rf"\begin{{tabular}}{{l{'r' * len(table.columns)}}}", r"\toprule"]
    lines.append(_line(["Input", *(escaped(column.title) for column in table.columns)]))
    lines.append(r"\midrule")
    lines += [_line([escaped(row.text), *(_number(cell.final) or "--" for cell in row.cells)]) for row in table.rows]
    lines.append(r"\midrule")
    lines += [
        _line([escaped(name), *(_number(value) or "--" for value in values)]) for name, values in _summaries(table)
    ]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def _summaries(table: Table) -> list[tuple[str, list]]:
    intervals = [column.interval for column in table.columns]
    rows = [
        (name, [getattr(interval, part) for interval in intervals])
        for name, part in (("mean", "mean"), ("interval low", "low"), ("interval high", "high"))
    ]
    rows.append(("coverage", [column.coverage for column in table.columns]))
    return rows + [(name, [column.measures.get(name) for column in table.columns]) for name in MEASURES]


def _line(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def escaped(text: str) -> str:
    """As LaTeX prints it; line breaks become spaces."""
    return " ".join("".join(LATEX.get(character, character) for character in text).split())
