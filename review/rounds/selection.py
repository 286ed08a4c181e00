"""Which comparisons of a dataset a round has, in which order, and why each is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from dialogues.models import Comparison
from review.drawn import Drawn
from review.models import Round, RoundItem, Tag, Verdict
from review.rounds.gold import gold_items
from review.tags.slicing import tagged
from scoring.models import Profile, Score, ScorerSet

SPLITS = {"teach": ("train", "dev"), "measure": ("test",)}
ROW = np.dtype([("comparison", "i8"), ("final", "f8"), ("match_cloud", "f8")])
LARGEST = 1_000_000  # comparisons in a round


@dataclass(frozen=True)
class Selection:
    """What a manager wants reviewed; kept with the round as JSON, so that it can be read and made again."""

    versions: tuple[int, ...]  # ids
    order: str  # worst | random | uncertain
    size: int
    low: float | None = None  # of the final score
    high: float | None = None
    theta_rule: bool | None = None  # only where it applied, or only where it did not
    against_people: bool = False  # only where the score and a person disagree
    tag: int | None = None  # only turns of it, whether a person confirmed that or not
    random_share: float = 0.0  # of the size, drawn at random and kept apart from what the order chooses
    gold_round: int | None = None  # whose decided items are mixed in, to see how well annotators do
    gold_count: int = 0
    comparisons: tuple[int, ...] = ()  # ids that somebody chose by hand: these alone, in this order
    drawn: Drawn | None = None  # how these were drawn, where chance chose them

    @classmethod
    def of(cls, round_: Round) -> Selection:
        """The selection that a round was made with."""
        kept = round_.selection
        several = {name: tuple(kept.get(name, ())) for name in ("versions", "comparisons")}
        drawn = Drawn.of_json(kept["drawn"]) if kept.get("drawn") else None
        return cls(**{**kept, **several, "drawn": drawn})

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "versions": list(self.versions), "comparisons": list(self.comparisons)}

    @property
    def needs_scores(self) -> bool:
        limits = (self.low, self.high, self.theta_rule)
        if self.comparisons:
            return False
        return self.order != RoundItem.Stratum.RANDOM or self.against_people or any(x is not None for x in limits)


@dataclass(frozen=True)
class Chosen:
    """A comparison of the round, and why it is there."""

    comparison: int
    stratum: str
    reason: str = ""
    expected: str = ""  # of a gold item


def choose(round_: Round, selection: Selection) -> list[Chosen]:
    """The items in the order in which they are reviewed; empty where nothing matches."""
    if selection.comparisons:
        return _with_gold(round_, selection, [_given(round_, selection)])
    pool = _pool(round_, selection)
    draw = np.random.default_rng(round_.seed)
    size = min(selection.size, LARGEST, len(pool))
    at_random = size if selection.order == RoundItem.Stratum.RANDOM else round(selection.random_share * size)
    drawn = np.sort(draw.choice(len(pool), at_random, replace=False)) if at_random else np.empty(0, dtype=int)
    rest = np.delete(pool, drawn)
    ordered, reasons = _ordered(round_, selection, rest, size - at_random)
    drawn = draw.permutation(drawn)
    chosen = [Chosen(int(pool["comparison"][i]), RoundItem.Stratum.RANDOM.value) for i in drawn]
    others = [Chosen(int(row["comparison"]), selection.order, why) for row, why in zip(ordered, reasons, strict=True)]
    return _with_gold(round_, selection, [others, chosen])


def _given(round_: Round, selection: Selection) -> list[Chosen]:
    """Those of the chosen or drawn ones that the purpose of the round allows."""
    fitting = set(matching(round_, selection).values_list("pk", flat=True))
    stratum = RoundItem.Stratum.RANDOM if selection.drawn else RoundItem.Stratum.CHOSEN
    return [Chosen(pk, stratum.value) for pk in selection.comparisons if pk in fitting]


def _with_gold(round_: Round, selection: Selection, lists: list[list[Chosen]]) -> list[Chosen]:
    taken = {item.comparison for part in lists for item in part} if selection.gold_count else set()
    gold = (Chosen(pk, "gold", expected=expected) for pk, expected in gold_items(round_, selection.gold_round))
    return mixed([*lists, [item for item in gold if item.comparison not in taken][: selection.gold_count]])


def matching(round_: Round, selection: Selection) -> QuerySet:
    """The comparisons that fit, or their scores where those are asked for; `comparison_id` is in both."""
    narrowed: dict[str, Any] = {"split__in": SPLITS[round_.purpose]}
    narrowed |= {"pk__in": selection.comparisons} if selection.comparisons else {"version__in": selection.versions}
    fitting = Comparison.objects.filter(dataset=round_.dataset, kind=round_.kind, **narrowed)
    if selection.tag is not None:
        fitting = tagged(fitting, Tag.objects.get(pk=selection.tag))
    if not selection.needs_scores:
        return fitting.annotate(comparison_id=F("pk"))
    scores = Score.objects.of(ScorerSet.objects.current(), round_.dataset, round_.kind)
    scores = scores.filter(**narrowed, final__isnull=False)
    if selection.tag is not None:
        scores = scores.filter(comparison__in=fitting)
    limits = {"final__gte": selection.low, "final__lte": selection.high}
    scores = scores.filter(**{name: value for name, value in limits.items() if value is not None})
    if selection.theta_rule is not None:
        scores = scores.filter(_theta_rule(round_, selection.theta_rule))
    return scores.filter(_against_people(round_)) if selection.against_people else scores


def _profile(round_: Round) -> Profile | None:
    scorer_set = ScorerSet.objects.current()
    return Profile.objects.active_for(round_.dataset, scorer_set) if scorer_set else None


def _theta_rule(round_: Round, applied: bool) -> Q:
    profile = _profile(round_)
    theta = profile.theta if profile else 0.0
    return Q(match_cloud__lt=theta) if applied else Q(match_cloud__gte=theta)


def _against_people(round_: Round) -> Exists | Q:
    """A person finds the end answer acceptable and the score does not, or the other way round."""
    profile = _profile(round_)
    threshold = profile.threshold if profile else 0.5
    said = Verdict.objects.active().filter(comparison=OuterRef("comparison"))
    accepted = Exists(said.filter(current__end_acceptable=True)) & Q(final__lt=threshold)
    refused = Exists(said.filter(current__end_acceptable=False)) & Q(final__gte=threshold)
    return accepted | refused


def _pool(round_: Round, selection: Selection) -> np.ndarray:
    """All that fit as rows of ROW; of the worst alone only as many as are wanted, in the order of an index."""
    rows = matching(round_, selection)
    if not selection.needs_scores:
        ids = rows.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10_000)
        return np.fromiter(((pk, np.nan, np.nan) for pk in ids), dtype=ROW)
    if selection.order == RoundItem.Stratum.WORST and not selection.random_share:
        rows = rows.order_by("final", "id")[: min(selection.size, LARGEST)]
    else:
        rows = rows.order_by("id")
    values = rows.values_list("comparison_id", "final", "match_cloud").iterator(chunk_size=10_000)
    return np.fromiter(((pk, final, np.nan if match is None else match) for pk, final, match in values), dtype=ROW)


def _ordered(round_: Round, selection: Selection, rows: np.ndarray, size: int) -> tuple[np.ndarray, Iterable[str]]:
    """So many of the rows as the order wants them, each with the reason."""
    if not size or selection.order == RoundItem.Stratum.RANDOM:
        return rows[:0], []
    if selection.order == RoundItem.Stratum.WORST:
        first = rows[np.argsort(rows["final"], kind="stable")[:size]]
        return first, (f"{final:.2f}" for final in first["final"])
    profile = _profile(round_)
    threshold, theta = (profile.threshold, profile.theta) if profile else (0.5, 0.0)
    to_threshold, to_theta = np.abs(rows["final"] - threshold), np.abs(rows["match_cloud"] - theta)
    nearest = np.argsort(np.fmin(to_threshold, to_theta), kind="stable")[:size]
    near_theta = to_theta < to_threshold  # where the match is unknown, it is not
    reasons = (
        _("reference match %(value).2f, near Θ") % {"value": rows["match_cloud"][i]}
        if near_theta[i]
        else _("%(value).2f, near the threshold") % {"value": rows["final"][i]}
        for i in nearest
    )
    return rows[nearest], reasons


def mixed(lists: list[list[Chosen]]) -> list[Chosen]:
    """One list in which each of the lists is spread evenly and keeps its own order."""
    items = [item for part in lists for item in part]
    places = np.concatenate([(np.arange(len(part)) + 0.5) / max(len(part), 1) for part in lists])
    return [items[i] for i in np.argsort(places, kind="stable")]
