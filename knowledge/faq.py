"""A file of questions and replies becomes entries of the memory: CSV with a header, or one JSON object a line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ecc_site.core.batching import batched
from ecc_site.core.errors import ExpectedError
from ecc_site.core.keyset import UNSTORABLE
from knowledge.models import Entry
from serving.runtimes.language import language_of

MOST_BYTES, MOST_ROWS = 2 * 2**20, 5000
LONGEST = 4000  # characters of a question or reply
ENCODINGS = ("utf-8-sig", "gb18030")


class BadFile(ExpectedError):
    """The file as a whole cannot be used; the text is one sentence."""


@dataclass
class FaqReport:
    """What became of a file."""

    added: int = 0
    known: int = 0  # the memory had the same question with the same reply
    problems: list[str] = field(default_factory=list)  # one sentence for each line that was left out


def import_faq(name: str, data: bytes, by: Any) -> FaqReport:
    """Remember every good line, all as one revision. Raises BadFile; nothing is remembered then."""
    report, rows = FaqReport(), []
    for number, line in _lines(name, _text(data)):
        question, reply = (_stored(line.get(key)) for key in ("question", "reply"))
        missing = next((key for key, value in (("question", question), ("reply", reply)) if not value), None)
        if missing:
            report.problems.append(
                _("Line %(number)s: “%(field)s” is empty or no text.") % {"number": number, "field": missing}
            )
        elif max(len(question), len(reply)) > LONGEST:
            sentence = _("Line %(number)s is longer than %(count)s characters.")
            report.problems.append(sentence % {"number": number, "count": LONGEST})
        else:
            rows.append((question, reply))
    known = _known({reply for _question, reply in rows})
    new = [row for row in dict.fromkeys(rows) if row not in known]
    report.added, report.known = len(new), len(rows) - len(new)
    if new:
        Entry.objects.add_many([_entry(question, reply) for question, reply in new], by=by, reason=name)
    return report


def _stored(value: Any) -> str:
    """A value of a file as it is remembered: without what no database stores; empty where it is no text."""
    return UNSTORABLE.sub("\ufffd", value).strip() if isinstance(value, str) else ""


def _entry(question: str, reply: str) -> tuple[dict[str, Any], list[str]]:
    language = language_of([question])
    return {"kind": Entry.Kind.REPLY, "source": Entry.Source.IMPORT, "language": language, "text": reply}, [question]


def _known(replies: set[str]) -> set[tuple[str, str]]:
    """(question, reply) of what is in use with one of these replies."""
    found: set[tuple[str, str]] = set()
    for batch in batched(sorted(replies)):
        found.update(Entry.objects.in_use().filter(text__in=batch).values_list("wordings__text", "text"))
    return found


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise BadFile(_("The file is larger than %(size)s MiB.") % {"size": MOST_BYTES // 2**20})
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile(_("The file is text neither in UTF-8 nor in GB18030."))


def _lines(name: str, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    read = _json_lines if name.lower().endswith((".jsonl", ".json")) else _csv_lines
    for count, (number, line) in enumerate(read(text), start=1):
        if count > MOST_ROWS:
            raise BadFile(_("The file has more than %(count)s lines.") % {"count": MOST_ROWS})
        yield number, line


def _json_lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                found = None
            yield number, found if isinstance(found, dict) else {}


def _csv_lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text))
    if not {"question", "reply"} <= {(name or "").strip().lower() for name in reader.fieldnames or []}:
        raise BadFile(_("The first line of a CSV file has to name the columns “question” and “reply”."))
    try:
        for row in reader:
            yield reader.line_num, {(name or "").strip().lower(): value for name, value in row.items()}
    except csv.Error as error:
        sentence = _("Line %(number)s is not valid CSV: %(error)s.")
        raise BadFile(sentence % {"number": reader.line_num, "error": error}) from error
