"""Everything that hangs on the turns of a dialogue, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from dialogues.models import Answer, Comparison, Dialogue, Turn
from knowledge.models import Entry
from review.calibration.predicted import predicted_of
from review.models import Verdict
from scoring.models import Score, ScorerSet
from training.models import Label


@dataclass
class AnswerPanel:
    """An answer with its scores by the current scorer set, one for each reference; predicted: by the id of a score how
    likely people accept the answer, where a learned model is shown.
    """

    answer: Answer
    scores: list[Score]
    predicted: dict[int, float]


@dataclass
class TurnPanel:
    turn: Turn
    answers: list[AnswerPanel] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    entries: dict[int, Entry] = field(default_factory=dict)

    @property
    def has_anything(self) -> bool:
        return bool(self.answers or self.verdicts or self.labels or self.entries)


def panels_of(dialogue: Dialogue) -> list[TurnPanel]:
    """A panel for each turn, in their order."""
    panels = {turn.pk: TurnPanel(turn) for turn in dialogue.turns.all()}
    _add_answers(dialogue, panels)
    verdicts = Verdict.objects.active().filter(comparison__turn__dialogue=dialogue)
    verdicts = verdicts.select_related("comparison__end__version", "annotator", "current", "round", "entry")
    for verdict in verdicts.order_by("pk"):
        panels[verdict.comparison.turn_id].verdicts.append(verdict)
    labels = Label.objects.filter(turn__dialogue=dialogue).order_by("pk").prefetch_related("paraphrases")
    for label in labels.select_related("author", "teacher", "cloud_call", "entry", "revision__verdict__round"):
        panels[label.turn_id].labels.append(label)
    _add_entries(dialogue, panels.values())
    return list(panels.values())


def _add_answers(dialogue: Dialogue, panels: dict[int, TurnPanel]) -> None:
    by_end: dict[int, list[Score]] = defaultdict(list)
    scorer_set = ScorerSet.objects.current()
    compared = Comparison.objects.filter(turn__in=list(panels))  # first: a scorer set has all scores of the site
    scores = Score.objects.filter(scorer_set=scorer_set, comparison__in=compared).with_texts()
    scores = scores.select_related("comparison__reference__version", "comparison__reference__author")
    predicted = predicted_of(list(scores), dialogue.dataset, scorer_set, dialogue.language) if scorer_set else {}
    for score in sorted(scores, key=attrgetter("pk")):
        by_end[score.comparison.end_id].append(score)
    answers = Answer.objects.filter(turn__dialogue=dialogue).prefetch_related("used_entries__entry")
    for answer in answers.select_related("version", "author", "cloud_call"):
        panels[answer.turn_id].answers.append(AnswerPanel(answer, by_end[answer.pk], predicted))


def _add_entries(dialogue: Dialogue, panels: Iterable[TurnPanel]) -> None:
    """The entries that verdicts and labels became, and those that were learned from the same question here."""
    learned: dict[str, list[Entry]] = defaultdict(list)
    for entry in Entry.objects.filter(origin=dialogue.content_hash).prefetch_related("wordings"):
        for wording in entry.wordings.all():
            learned[wording.text].append(entry)
    for panel in panels:
        made = [verdict.entry for verdict in panel.verdicts if verdict.entry]
        made += [label.entry for label in panel.labels if label.entry]
        if panel.turn.role == Turn.Role.CUSTOMER:
            made += learned[panel.turn.text]
        panel.entries = {entry.pk: entry for entry in made}
