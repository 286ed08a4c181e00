"""What can be wrong with a file or with one of its records, as sentences in the language of whoever reads them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ecc_site.core.errors import ExpectedError

SENTENCES = {
    "json": _("expected a JSON object"),
    "json_cut": _("the JSON ends or breaks here; what stands before it was read"),
    "deep": _("is nested too deeply; nothing after it was read"),
    "bytes": _("has bytes that are not %(encoding)s text"),
    "long_line": _("expected a line of at most %(limit)s MiB"),
    "long_record": _("expected one record to have at most %(limit)s MiB; nothing after it was read"),
    "list": _("expected a list of at least one turn"),
    "most_turns": _("expected at most %(limit)s turns"),
    "object": _("expected an object with a role and a text"),
    "text": _("expected a text"),
    "plain": _("expected a text or a number"),
    "long_text": _("expected at most %(limit)s characters"),
    "role": _("nobody has said who “%(role)s” is: choose it under “Who is who”, or with --role NAME=customer"),
    "split": _("expected one of train, dev, test"),
    "no_customer": _("expected at least one turn of the customer"),
    "columns": _("expected %(count)s columns, found another number"),
    "field": _("is missing or empty"),
    "label": _("expected 0 or 1"),
    "preference": _("expected one of end, reference, tie, both_bad"),
    "headless": _("a message stands before the first “name time” line"),
    "quotes": _("the table breaks here: %(error)s"),
    "open_quote": _("a quote that this row opens is never closed; the next lines were read without it"),
    "file": _("this file of the archive was not read to its end: %(error)s"),
    "near_duplicate": _("says nearly the same as another dialogue of the dataset"),
    "erased": _("was erased at somebody's request, and stays out"),
    "same_id": _("has the id of another dialogue with other content, and was kept beside it"),
    "expected": _("expected %(expected)s"),
    "other": _("cannot be used, for one of many further reasons"),
}
"""By kind. A further kind of problem is a line here."""

NAME_THEIR_PLACE = ("role",)
"""Kinds whose sentence needs no field in front."""

KEPT = ("same_id",)
"""Kinds that are reported although the dialogue was stored."""


class BadFile(ExpectedError):
    """The file as a whole cannot be read; the text is one sentence."""


def sentence(kind: str, field: str, values: dict[str, Any]) -> str:
    """One problem in words, in the language that is active."""
    said = str(SENTENCES[kind]) % values
    return f"{field}: {said}" if field and kind not in NAME_THEIR_PLACE else said
