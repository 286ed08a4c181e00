"""What pages show of a filter: what is quick is worked out for the page, the rest is kept by a job.

Kept figures are stale as those of a round are, and where another profile is active by now.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet, Sum
from django.utils import timezone
from pydantic import TypeAdapter, ValidationError

from dialogues.models import Dataset
from review.calibration.material import Filter
from review.calibration.source import Source, tell_nobody
from review.calibration.subjects import SUBJECTS, Subject
from review.kept_figures import SHARE, Shown, job_beside, kept_figures
from review.models import CalibrationFigures, CalibrationJob, Verdict, VerdictRevision
from scoring.models import Score, ScorerSet

QUICK_SCORES = 20_000  # that are read for a page
ON_ITS_PAGE = tuple(name for name, subject in SUBJECTS.items() if not subject.apart)
MOST = 60  # rows that a dataset keeps of each subject: those of the filters that were worked out last


@dataclass(frozen=True)
class Sizes:
    """verdicts: of the rounds of a filter, as they are counted there."""

    chosen: Filter
    verdicts: int

    @classmethod
    def of(cls, chosen: Filter) -> Sizes:
        return cls(chosen, chosen.reviewed().aggregate(count=Sum("verdict_count"))["count"] or 0)

    @cached_property
    def has_few_scores(self) -> bool:
        return self.chosen.scores().order_by().values("pk")[: QUICK_SCORES + 1].count() <= QUICK_SCORES

    def are_quick(self, subject: Subject) -> bool:
        if not self.verdicts and subject.needs_verdicts:
            return True
        return self.verdicts <= subject.quick and (not subject.reads_all or self.has_few_scores)


@dataclass(frozen=True)
class Board:
    """The subjects by name, as they are known now. slow: whether some of them are kept by a job."""

    source: Source
    subjects: dict[str, Shown[Any]]
    slow: bool

    def __getitem__(self, name: str) -> Shown[Any]:
        return self.subjects[name]

    @property
    def is_stale(self) -> bool:
        return any(shown.is_stale for shown in self.subjects.values())

    @property
    def oldest(self) -> Shown[Any] | None:
        """The subject that was worked out the longest ago; None where all were worked out for the page."""
        kept = [shown for shown in self.subjects.values() if shown.at]
        return min(kept, key=lambda shown: shown.at) if kept else None  # type: ignore[arg-type, return-value]


def board_of(chosen: Filter, names: Collection[str] = ON_ITS_PAGE) -> Board:
    """Of these subjects, at the cost of a few small queries, however much there is."""
    source, sizes = Source.of(chosen), Sizes.of(chosen)
    kept = {row.subject: row for row in _rows(chosen)}
    shown, slow = {}, False
    for name, subject in SUBJECTS.items():
        if name not in names:
            continue
        if sizes.are_quick(subject):
            shown[name] = Shown(subject.work(source, tell_nobody) if sizes.verdicts else None)
        else:
            shown[name], slow = _shown(subject, source, kept.get(name)), True
    return Board(source, shown, slow)


def found_of(chosen: Filter, name: str) -> tuple[Any, datetime] | None:
    """What was found of a subject when it was last worked out, however long ago, and when. One query."""
    row = _rows(chosen).filter(subject=name).first()
    found = _read(SUBJECTS[name].form, row.figures) if row else None
    return (found, row.at) if row and found is not None else None


def found_everywhere(name: str, most: int) -> list[tuple[CalibrationFigures, Any]]:
    """The rows of a subject that were worked out last, with what was found: by the current scorers, where nothing
    narrows the filter. One query.
    """
    whole = Filter(Dataset(), ScorerSet(), "").digest
    current = ScorerSet.objects.latest_first().values("pk")[:1]
    rows = CalibrationFigures.objects.filter(subject=name, scorer_set=current, digest=whole)
    read = ((row, _read(SUBJECTS[name].form, row.figures)) for row in rows.select_related("dataset")[:most])
    return [(row, found) for row, found in read if found is not None]


def stale_work(chosen: Filter, name: str, by: User | None = None) -> CalibrationJob | None:
    """A new job, that is not in a queue yet, if this subject is stale or was never worked out and none is waiting."""
    is_stale = board_of(chosen, [name]).is_stale
    return CalibrationJob.objects.create_once(**same_work(chosen), created_by=by) if is_stale else None


def job_of(board: Board, by: User) -> CalibrationJob | None:
    """The job to show beside the figures."""
    if not board.slow:
        return None
    values = same_work(board.source.chosen)
    return job_beside(
        CalibrationJob.objects.filter(**_named(board.source.chosen)), board.is_stale, **values, created_by=by
    )


def same_work(chosen: Filter) -> dict[str, Any]:
    """The fields of a job that works out this filter."""
    return {**_named(chosen), "chosen": chosen.as_json()}


def work_out(job: CalibrationJob) -> None:
    """Work of a CalibrationJob: what is not quick, one subject after the other. Raises Cancelled.

    A verdict that is written meanwhile counts as one that came later.
    """
    chosen = Filter.of_json(job.dataset, job.scorer_set, job.kind, job.chosen)
    source, sizes, now = Source.of(chosen), Sizes.of(chosen), _now(job.dataset)
    todo = {name: subject for name, subject in SUBJECTS.items() if not sizes.are_quick(subject)}
    job.set_total(sum(subject.parts for subject in todo.values()))
    for name, subject in todo.items():
        found = subject.work(source, lambda steps: job.advance(done=steps))
        read = source.everything if subject.reads_all else source.judged
        counted = {"verdict_count": sizes.verdicts, "score_count": len(read.replies)}
        _keep(chosen, name, found, {**now, "profile": source.profile, **counted})
    _remove_oldest(job.dataset)


# --- rows


def _named(chosen: Filter) -> dict[str, Any]:
    of_filter = {name: getattr(chosen, name) for name in ("dataset", "scorer_set", "kind")}
    return {**of_filter, "digest": chosen.digest}


def _rows(chosen: Filter) -> QuerySet[CalibrationFigures]:
    return CalibrationFigures.objects.filter(**_named(chosen))


def _now(dataset: Dataset) -> dict[str, Any]:
    """What the newest verdict and score are before anything is read; each lies at the end of an index."""
    revision = VerdictRevision.objects.order_by("-pk").values_list("pk", flat=True).first()
    score = Score.objects.filter(dataset=dataset).order_by("-pk").values_list("pk", flat=True).first()
    return {"revision": revision or 0, "newest_score": score or 0, "at": timezone.now()}


def _keep(chosen: Filter, name: str, found: Any, values: dict[str, Any]) -> None:
    figures = _format(SUBJECTS[name].form).dump_python(found, mode="json")
    CalibrationFigures.objects.update_or_create(
        subject=name,
        **_named(chosen),
        defaults={**values, "figures": figures, "chosen": chosen.as_json()},
    )


def _remove_oldest(dataset: Dataset) -> None:
    """So that filters that nobody comes back to do not pile up."""
    kept = CalibrationFigures.objects.filter(dataset=dataset).order_by("-at").values_list("pk", flat=True)
    CalibrationFigures.objects.filter(pk__in=list(kept[MOST * len(SUBJECTS) :])).delete()


def _shown(subject: Subject, source: Source, kept: CalibrationFigures | None) -> Shown[Any]:
    found = _read(subject.form, kept.figures) if kept else None
    if kept is None or found is None:
        return Shown(None, is_stale=True)
    later = Verdict.objects.filter(round__in=source.chosen.reviewed(), current__gt=kept.revision)
    shown = kept_figures(found, kept.at, kept.verdict_count, later)
    is_stale = shown.is_stale or kept.profile_id != source.profile.pk
    if subject.reads_all and not is_stale:
        is_stale = _has_many_more_scores(kept)
    return replace(shown, is_stale=is_stale)


def _has_many_more_scores(kept: CalibrationFigures) -> bool:
    enough = max(1, round(SHARE * kept.score_count))
    later = Score.objects.filter(dataset=kept.dataset_id, pk__gt=kept.newest_score)
    return later.order_by().values("pk")[:enough].count() == enough


@cache
def _format(form: type) -> TypeAdapter[Any]:
    return TypeAdapter(form)


def _read(form: type, figures: Any) -> Any:
    """None for what an earlier version of the site has kept in another form."""
    try:
        return _format(form).validate_python(figures)
    except ValidationError:
        return None
