"""Tasks of Label Studio with their annotations, for its template of pairwise classification."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as _

from review.exports.formats.base import Format, Record, as_json
from review.exports.judged import Judged

SELECTED = {"end": "left", "reference": "right"}  # Pairwise knows no tie
BOTH = "text1,text2"


class LabelStudio(Format):
    """One task a comparison: `text1` is the end answer, `text2` the reference; one annotation a verdict.

    The preference is a choice of four, and where it is one of the sides also what Pairwise selects. Label Studio takes
    annotations for its own users alone, so the names stand in `data.annotators`, in the order of the annotations.
    """

    name = "label_studio"
    label = _("Label Studio tasks")
    ending = "json"

    def records(self, batch: Sequence[Judged]) -> Iterator[Record]:
        for _item, verdicts in groupby(batch, key=lambda judged: judged["item"]):
            yield _task(list(verdicts))

    def lines(self, records: Iterable[Record]) -> Iterator[str]:
        """A list, one task a line."""
        before = "[\n"
        for record in records:
            yield before + as_json(record)
            before = ",\n"
        yield "[]\n" if before == "[\n" else "\n]\n"


def _task(verdicts: list[Judged]) -> Record:
    first = verdicts[0]
    said = [*first.before, ("customer", first["customer"])]
    data = {
        "dialogue": [{"author": role, "text": text} for role, text in said],
        "text1": first["end_answer"],
        "text2": first["reference_answer"],
        "annotators": [judged["annotator"] for judged in verdicts],
        **{name: first[name] for name in ("item", "source_id", "end_model", "reference_kind", "split")},
    }
    task = {"data": data, "annotations": [_annotation(judged) for judged in verdicts]}
    if first["final"] is not None:
        task["predictions"] = [{"model_version": first["end_model"], "score": first["final"], "result": []}]
    return task


def _annotation(judged: Judged) -> Record:
    preference = judged["preference"]
    results = [_result("preference", "text1", "choices", {"choices": [preference]})]
    if preference in SELECTED:
        results.append(_result("pairwise", BOTH, "pairwise", {"selected": SELECTED[preference]}))
    for name in ("correction", "note"):
        if judged[name]:
            results.append(_result(name, "text1", "textarea", {"text": [judged[name]]}))
    seconds = {} if judged["seconds"] is None else {"lead_time": judged["seconds"]}
    return {"result": results, "created_at": judged["at"], **seconds}


def _result(name: str, of: str, kind: str, value: dict[str, Any]) -> Record:
    return {"id": name, "from_name": name, "to_name": of, "type": kind, "value": value}
