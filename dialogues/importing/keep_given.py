"""Stores the answers and verdicts that came with turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dialogues.importing.given import SIDES
from dialogues.importing.texts import storable
from dialogues.models import Answer, Comparison, Dataset, GivenVerdict, Turn
from serving.models import Version
from serving.querysets import name_of_imports

SETTINGS = "imported"  # whatever they were
GIVEN = ("answers__version", "given_verdict")  # what `given_with` reads of a turn


def keep_given(dataset: Dataset, given: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """Store them for the turns with these ids, and pair the answers with their references."""
    if not given:
        return
    for side in SIDES:
        if said := [(turn, storable(values[side])) for turn, values in given if side in values]:
            version = Version.objects.of_imports(side)
            values = {"source": Answer.Source.MODEL, "version": version, "settings_hash": SETTINGS}
            Answer.objects.keep([Answer(turn_id=turn, text=text, **values) for turn, text in said], dataset, version)
    Comparison.objects.pair([turn for turn, _values in given])
    GivenVerdict.objects.bulk_create(
        GivenVerdict(
            turn_id=turn,
            dataset=dataset,
            preference=values["preference"],
            correction=storable(values.get("correction", "")),
            by=storable(values.get("by", ""))[:100],
        )
        for turn, values in given
        if "preference" in values and "end" in values
    )


def given_with(turn: Turn) -> dict[str, Any] | None:
    """What came with a stored turn, as `keep_given` takes it."""
    came = {
        answer.version.kind: answer.text
        for answer in turn.answers.all()
        if answer.version and answer.version.name == name_of_imports(answer.version.kind)
    }
    verdict = getattr(turn, "given_verdict", None)
    said = {name: text for name in ("preference", "correction", "by") if (text := getattr(verdict, name, ""))}
    return came | said or None
