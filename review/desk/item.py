"""All that the desk shows about items, gathered in a fixed number of queries for however many of them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from dialogues.models import Answer, Comparison, Turn, UsedEntry
from review.desk.sides import OTHER, choice_of, left_side
from review.models import Round, RoundItem, TurnTag, Verdict, VerdictRevision
from review.remembering import origins_of
from scoring.models import Score, ScorerSet
from serving.runtimes.numbers import invented


@dataclass(frozen=True)
class Unsaved:
    """What somebody wrote and ticked in a verdict that was refused."""

    item: RoundItem
    correction: str
    note: str
    tags: list[str] = field(default_factory=list)
    signals: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Side:
    """One of the two answers, at its place."""

    place: str  # left | right
    text: str
    name: str  # whose answer it is; “Answer A” in a blind round
    kind: str  # the class of its colour: end | cloud | human | ""
    version: str
    remembered: list[str] = field(default_factory=list)  # where the answer was remembered from
    new_numbers: list[str] = field(default_factory=list)  # those that occur in nothing that the model has read


@dataclass(frozen=True)
class Desk:
    item: RoundItem
    comparison: Comparison
    earlier_turns: list[Turn]  # what was said before the turn that is answered
    human: Answer | None  # the human agent's reply; None if there is none or it is the reference itself
    sides: list[Side]  # left, right
    score: Score | None  # None also where it may not be seen yet
    scores_hidden: bool
    tags: list[TurnTag]  # of the customer's turn, one of a kind at most: confirmed or suggested
    better: str  # the place of the answer that a correction starts from
    why: str  # it is in the round; empty where that may not be known yet
    earlier: VerdictRevision | None  # what the annotator decided before
    choice: str  # that decision by its place: left | right | tie | both_bad | ""
    correction: str  # what the editors start with
    note: str
    error_tags: list[str]  # that are ticked
    signals: list[str]
    key: uuid.UUID = field(default_factory=uuid.uuid4)  # idempotency key of its form

    @classmethod
    def at(cls, item: RoundItem, annotator: User, unsaved: Unsaved | None = None) -> Desk:
        return show(item.round, [item], annotator, unsaved)[0]


def show(round_: Round, items: list[RoundItem], annotator: User, unsaved: Unsaved | None = None) -> list[Desk]:
    """What the desk shows about these items of a round, in their order."""
    if not items:
        return []
    material = _Rows(round_, items, annotator)
    return [_desk(round_, item, annotator, material, unsaved) for item in items]


class _Rows:
    """The rows behind some items, by their ids."""

    def __init__(self, round_: Round, items: list[RoundItem], annotator: User):
        pks = [item.comparison_id for item in items]
        self.comparisons = Comparison.objects.with_answers().in_bulk(pks)
        turns = [comparison.turn_id for comparison in self.comparisons.values()]
        ends = [comparison.end_id for comparison in self.comparisons.values()]
        self.talks = _grouped(Turn.objects.filter(dialogue__in={item.dialogue_id for item in items}), "dialogue_id")
        self.humans = {answer.turn_id: answer for answer in Answer.objects.filter(turn__in=turns, source="human")}
        self.used = _grouped(UsedEntry.objects.filter(answer__in=ends).select_related("entry__author"), "answer_id")
        given = [used.entry for rows in self.used.values() for used in rows if used.use in UsedEntry.GIVEN]
        self.origins = origins_of(given) if given else {}
        scores = Score.objects.filter(comparison__in=pks, scorer_set=ScorerSet.objects.current())
        self.scores = {score.comparison_id: score for score in scores.select_related("profile")}
        self.tags = TurnTag.objects.shown(turns)
        verdicts = Verdict.objects.by_on(annotator, round_, items).select_related("current")
        self.earlier = {verdict.item_id: verdict.current for verdict in verdicts}


def _grouped(rows: Iterable, name: str) -> dict[int, list]:
    groups: dict[int, list] = defaultdict(list)
    for row in rows:
        groups[getattr(row, name)].append(row)
    return groups


def _desk(round_: Round, item: RoundItem, annotator: User, material: _Rows, unsaved: Unsaved | None) -> Desk:
    comparison = material.comparisons[item.comparison_id]
    turn = comparison.turn
    earlier = material.earlier.get(item.pk)
    hidden = round_.hides_scores and earlier is None
    score = None if hidden else material.scores.get(comparison.pk)
    left = left_side(round_, item, annotator.pk)
    written = unsaved if unsaved and unsaved.item == item else None
    ticked = written or earlier
    turns = sorted(material.talks[item.dialogue_id], key=lambda row: row.position)
    before = [row for row in turns if row.position < turn.position]
    return Desk(
        item=item,
        comparison=comparison,
        earlier_turns=before,
        human=None if comparison.kind == "human" else material.humans.get(turn.pk),
        sides=_sides(comparison, left, round_.blind and earlier is None, [*before, turn], material),
        score=score,
        scores_hidden=hidden,
        tags=material.tags.get(turn.pk, []),
        better="left" if round_.blind and earlier is None else choice_of(_better(score), left),
        why="" if round_.hides_reasons and earlier is None else _why(item),
        earlier=earlier,
        choice=choice_of(earlier.preference, left) if earlier else "",
        correction=_first_text("correction", written, earlier),
        note=_first_text("note", written, earlier),
        error_tags=ticked.tags if ticked else [],
        signals=ticked.signals if ticked else [],
    )


def _better(score: Score | None) -> str:
    """The side whose answer matches the question better; the reference where that is unknown or hidden."""
    if score is None or score.match_end is None or score.match_cloud is None:
        return "reference"
    return "end" if score.match_end > score.match_cloud else "reference"


def _why(item: RoundItem) -> str:
    return " · ".join(filter(None, (item.get_stratum_display(), item.reason)))


def _sides(comparison: Comparison, left: str, blind: bool, conversation: list[Turn], material: _Rows) -> list[Side]:
    placed = zip(("left", "right"), ("A", "B"), (left, OTHER[left]), strict=True)
    if blind:
        texts = {"end": comparison.end.text, "reference": comparison.reference.text}
        return [
            Side(place, texts[of], _("Answer %(letter)s") % {"letter": letter}, "", "") for place, letter, of in placed
        ]
    by_name = {"end": _end_side, "reference": _reference_side}
    return [by_name[of](place, comparison, conversation, material) for place, _letter, of in placed]


def _end_side(place: str, comparison: Comparison, conversation: list[Turn], material: _Rows) -> Side:
    used = material.used.get(comparison.end_id, [])
    origins = (material.origins.get(row.entry_id) for row in used if row.use in UsedEntry.GIVEN)
    read = [*(turn.text for turn in conversation), *(row.entry.text for row in used)]
    text = comparison.end.text
    names = {"name": _("End model"), "kind": "end", "version": str(comparison.version)}
    return Side(place, text, **names, remembered=list(filter(None, origins)), new_numbers=invented(text, read))


def _reference_side(place: str, comparison: Comparison, conversation: list[Turn], material: _Rows) -> Side:
    name = _("Human agent") if comparison.kind == "human" else _("Cloud model")
    version = str(comparison.reference.version or "")
    return Side(place, comparison.reference.text, name, comparison.kind, version)


def _first_text(name: str, *sources: Unsaved | VerdictRevision | None) -> str:
    return next(filter(None, (getattr(source, name, "") for source in sources)), "")
