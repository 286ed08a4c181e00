"""Answers that another program sends for turns that are here: redacted like those that come with a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from dialogues.importing.cleaning import clean
from dialogues.importing.keep_given import SETTINGS
from dialogues.importing.texts import storable
from dialogues.models import Answer, Comparison, Turn
from ecc_site.core.errors import ExpectedError
from serving.models import Version
from serving.own_redaction import detectors
from serving.redaction import Redactor


@dataclass(frozen=True)
class PostedAnswer:
    """`side`: end or cloud. `version`: how its shop calls what wrote it; empty: the one that imports have."""

    turn: int
    side: str
    text: str
    version: str = ""


class CannotBeAnswered(ExpectedError):
    """The turn with this number in the request takes no answer. `missing`: there is no such turn."""

    def __init__(self, number: int, text: str, *, missing: bool = False) -> None:
        super().__init__(text)
        self.number, self.missing = number, missing


def redacted(answers: Sequence[PostedAnswer]) -> list[PostedAnswer]:
    """The answers, with the placeholders that their dialogues have for the same values. Raises CannotBeAnswered."""
    turns = Turn.objects.select_related("dialogue__dataset").in_bulk({answer.turn for answer in answers})
    for number, answer in enumerate(answers):
        _check(number, turns.get(answer.turn))
    redactors = _redactors({turn.dialogue_id for turn in turns.values()})
    return [
        replace(answer, text=redactors[turns[answer.turn].dialogue_id].redact(storable(answer.text)).text)
        for answer in answers
    ]


def _check(number: int, turn: Turn | None) -> None:
    if turn is None:
        raise CannotBeAnswered(number, _("There is no such turn."), missing=True)
    if not turn.is_open:
        raise CannotBeAnswered(number, _("This turn is not a question that is to be answered."))
    if not turn.dialogue.dataset.takes_imports:
        sentence = _("%(name)s is a built-in dataset and takes no answers from elsewhere.")
        raise CannotBeAnswered(number, sentence % {"name": turn.dialogue.dataset})


def _redactors(dialogues: Iterable[int]) -> dict[int, Redactor]:
    """One for each dialogue, which has read what was said in it."""
    said: dict[int, list[str]] = defaultdict(list)
    turns = Turn.objects.filter(dialogue__in=list(dialogues)).order_by("dialogue_id", "position")
    for dialogue, raw in turns.values_list("dialogue_id", "raw"):
        said[dialogue].append(clean(raw))
    known = detectors()
    redactors = {dialogue: Redactor(known) for dialogue in said}
    for dialogue, texts in said.items():
        redactors[dialogue].redact_all(texts)
    return redactors


def store_answers(answers: Sequence[PostedAnswer]) -> list[tuple[bool, int]]:
    """For each whether it is new, and the id of the answer that this version has to this turn now.

    All or nothing; an answer that there is already stays as it is. Raises NameTaken.
    """
    with transaction.atomic():
        sides = {(answer.side, answer.version) for answer in answers}
        versions = {side: Version.objects.of_imports(*side) for side in sorted(sides)}
        placed = [(answer.turn, versions[answer.side, answer.version]) for answer in answers]
        before = _ids_of(placed)
        first = {place: answer.text for place, answer in reversed(list(zip(placed, answers, strict=True)))}
        _keep(first)
        Comparison.objects.pair({turn for turn, _version in placed})
        after = _ids_of(placed)
    new = [place not in before and place not in placed[:number] for number, place in enumerate(placed)]
    return [(is_new, after[place]) for is_new, place in zip(new, placed, strict=True)]


def _keep(texts: dict[tuple[int, Version], str]) -> None:
    groups: dict[tuple[int, Version], list[Answer]] = defaultdict(list)
    turns = Turn.objects.select_related("dialogue__dataset").in_bulk({turn for turn, _version in texts})
    for (turn, version), text in texts.items():
        answer = Answer(turn_id=turn, text=text, source=Answer.Source.MODEL, version=version, settings_hash=SETTINGS)
        groups[turns[turn].dialogue.dataset_id, version].append(answer)
    datasets = {turn.dialogue.dataset_id: turn.dialogue.dataset for turn in turns.values()}
    for (dataset, version), new in groups.items():
        Answer.objects.keep(new, datasets[dataset], version)


def _ids_of(placed: Sequence[tuple[int, Version]]) -> dict[tuple[int, Version], int]:
    """By turn and version the ids of the answers that there are."""
    versions = {version.pk: version for _turn, version in placed}
    rows = Answer.objects.filter(
        turn__in={turn for turn, _version in placed}, version__in=versions, settings_hash=SETTINGS, source="model"
    )
    return {(turn, versions[version]): pk for turn, version, pk in rows.values_list("turn_id", "version_id", "pk")}
