"""Table VI as it is shown: inputs × versions under an α and Θ, from the components that are stored."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from math import isnan, nan

from django.core.cache import cache
from django.utils.translation import gettext as _

from dialogues.models import Answer, EvalSet, Turn
from dialogues.querysets import KINDS
from review.calibration.measures.clusters import clustered_mean
from review.calibration.measures.intervals import Interval
from scoring.fusion import COMPONENTS, final_score
from scoring.measures import text_overlap
from scoring.models import Score, ScorerSet
from serving.models import Version
from training.evaluation.scores import scores_of
from training.ml.methods import method_named
from training.runs.models import Checkpoint

CACHED_S = 24 * 3600
MEASURES = ("bleu", "rouge_l", "chrf", "characters", "latency_ms")


@dataclass(frozen=True)
class Cell:
    """One answer. `final` is None where it is unknown; then `score` may be None too, for no answer was scored."""

    score: Score | None
    final: float | None

    @property
    def heat(self) -> float:
        """0 to 100, for the colour."""
        return round(100 * (self.final or 0), 1)


@dataclass(frozen=True)
class Column:
    """A version on one set: mean over the known of `wanted` pairs, and what else describes its answers."""

    version: Version
    method: str  # empty for a base
    steps: int | None
    cells: list[Cell]
    dialogues: list[int]  # of each cell: turns of a dialogue are alike
    rank: float = 1.0  # place of the steps among those of the same method, in (0, 1]

    @property
    def title(self) -> str:
        weights = self.version.weights_of or self.version
        title = f"{method_named(self.method).label} {self.steps:,}" if self.method else str(weights)
        if self.version.fixed_memory is not None:
            return _("%(version)s + memory") % {"version": title}
        if self.version.memory_revision is not None:
            words = {"version": title, "revision": self.version.memory_revision}
            return _("%(version)s + memory %(revision)s") % words
        return title

    @property
    def is_arm(self) -> bool:
        """Whether a memory helped."""
        return self.version.weights_of is not None

    @cached_property
    def interval(self) -> Interval:
        finals = [nan if cell.final is None else cell.final for cell in self.cells]
        return clustered_mean(finals, self.dialogues).in_unit()

    @property
    def wanted(self) -> int:
        """How many pairs the set has."""
        return len(self.cells)

    @property
    def coverage(self) -> float:
        return self.interval.n / self.wanted if self.wanted else 0.0

    @property
    def shade(self) -> float:
        """In (0, 1]; the more steps the darker."""
        return 0.4 + 0.6 * self.rank

    @cached_property
    def measures(self) -> dict[str, float | None]:
        """bleu, rouge_l, chrf in [0, 1]; characters and latency_ms are means. None where nothing was answered."""
        scores = [cell.score for cell in self.cells if cell.score]
        if not scores:
            return dict.fromkeys(MEASURES)
        answers = [score.comparison.end.text for score in scores]
        latencies = [s.comparison.end.latency_ms for s in scores if s.comparison.end.latency_ms is not None]
        return self._text_measures(scores) | {
            "characters": sum(map(len, answers)) / len(answers),
            "latency_ms": sum(latencies) / len(latencies) if latencies else None,
        }

    def _text_measures(self, scores: list[Score]) -> dict[str, float]:
        """Cached: answers and references never change, there only come more."""
        key = f"table6-{self.version.pk}-{len(scores)}-{min(s.pk for s in scores)}-{max(s.pk for s in scores)}"
        texts = [s.comparison.end.text for s in scores], [s.comparison.reference.text for s in scores]
        known = cache.get(key)
        if known is None:
            known = {name: getattr(text_overlap, name)(*texts) for name in MEASURES[:3]}
            cache.set(key, known, CACHED_S)
        return known


@dataclass(frozen=True)
class Row:
    """One input with its reference, and a cell for each column."""

    text: str
    reference: str
    dialogue: int
    turn: int
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    rows: list[Row]
    columns: list[Column]


def build(
    eval_set: EvalSet, versions: list[Version], scorer_set: ScorerSet, kind: str, *, alpha: float, theta: float
) -> Table:
    """The set's pairs of one kind by the versions, in their order. Raises ValueError for α or Θ outside [0, 1].

    Open turns of the dataset of inputs that nobody gave a reference for are shown too, and unknown.
    """
    pairs = _pairs(eval_set, kind)
    related = ("comparison__end", "comparison__reference")
    scores: dict[tuple, Score] = {}
    for score in scores_of(eval_set, versions, scorer_set, kind).select_related(*related):
        scores[score.version_id, score.comparison.turn_id, score.comparison.reference_id] = score
    origins = _origins(versions)
    columns = []
    for version in versions:
        own = [scores.get((version.pk, turn.pk, reference.pk)) if reference else None for turn, reference in pairs]
        cells = [Cell(score, _final(score, alpha, theta)) for score in own]
        method, steps, rank = origins[version.pk]
        columns.append(Column(version, method, steps, cells, [turn.dialogue_id for turn, _ in pairs], rank))
    rows = [
        Row(turn.text, reference.text if reference else "", turn.dialogue_id, turn.pk, [c.cells[i] for c in columns])
        for i, (turn, reference) in enumerate(pairs)
    ]
    return Table(rows, columns)


def checkpoint_of(version: Version) -> Checkpoint | None:
    """Where its weights come from; None for a base."""
    return getattr(version.weights_of or version, "checkpoint", None)


def _pairs(eval_set: EvalSet, kind: str) -> list[tuple[Turn, Answer | None]]:
    items = eval_set.items.select_related("turn", "reference").order_by("turn_id", "reference_id")
    pairs: list[tuple[Turn, Answer | None]] = [
        (item.turn, item.reference) for item in items if KINDS[item.reference.source] == kind
    ]
    if eval_set.purpose == EvalSet.Purpose.INPUTS and eval_set.dataset:
        known = {turn.pk for turn, _reference in pairs}
        pairs += [(turn, None) for turn in Turn.objects.open_in(eval_set.dataset).exclude(pk__in=known)]
    return sorted(pairs, key=lambda pair: pair[0].pk)


def _final(score: Score | None, alpha: float, theta: float) -> float | None:
    if score is None:
        return None
    final = float(final_score(**{name: getattr(score, name) for name in COMPONENTS}, alpha=alpha, theta=theta))
    return None if isnan(final) else final


def _origins(versions: list[Version]) -> dict[int, tuple[str, int | None, float]]:
    """Method, steps, and the place of the steps among those of the method, in (0, 1]; `("", None, 1)` of a base.

    Those of an arm are those of its weights.
    """
    found = {version.pk: checkpoint_of(version) for version in versions}
    checkpoints = {pk: checkpoint for pk, checkpoint in found.items() if checkpoint}
    steps = defaultdict(set)
    for checkpoint in checkpoints.values():
        steps[checkpoint.run.method].add(checkpoint.step)
    origins: dict[int, tuple[str, int | None, float]] = dict.fromkeys(found, ("", None, 1.0))
    for pk, checkpoint in checkpoints.items():
        ordered = sorted(steps[checkpoint.run.method])
        place = (ordered.index(checkpoint.step) + 1) / len(ordered)
        origins[pk] = (checkpoint.run.method, checkpoint.step, place)
    return origins
