"""Scores the comparisons of a dataset in chunks, each stored as soon as it is scored."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from django.db import transaction

from dialogues.models import Comparison
from dialogues.querysets import ComparisonQuerySet
from ecc_site.core.bulk import with_existing
from scoring.components import Scorers, components
from scoring.embeddings import STORE
from scoring.fusion import COMPONENTS, final_score
from scoring.loading import configured_scorers, configured_set
from scoring.models import Profile, Score, ScoreJob
from scoring.querysets import unscored

CHUNK = 512


def score_dataset(job: ScoreJob) -> None:
    """Work of a ScoreJob: scores what the configured scorers have not scored yet, so a second run continues."""
    scorer_set = configured_set()
    scorers = configured_scorers(STORE)
    scorer_set.use()
    profile = Profile.objects.active_for(job.dataset, scorer_set)
    todo = unscored(job.dataset.comparisons.all(), scorer_set)
    job.set_total(job.done + todo.count())
    for comparisons in _chunks(todo):
        scores = _scores(comparisons, scorers, profile)
        with transaction.atomic():
            Score.objects.bulk_create(with_existing(scores, "comparison"), ignore_conflicts=True)
        job.advance(done=len(scores))


def _chunks(todo: ComparisonQuerySet) -> Iterator[list[Comparison]]:
    last = 0
    rows = todo.with_answers().order_by("id")
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def _scores(comparisons: list[Comparison], scorers: Scorers, profile: Profile) -> list[Score]:
    parts = components(
        scorers,
        [c.turn.text for c in comparisons],
        [c.end.text for c in comparisons],
        [c.reference.text for c in comparisons],
    )
    of_eq1 = {name: parts[name] for name in COMPONENTS}
    final = np.asarray(final_score(**of_eq1, alpha=profile.alpha, theta=profile.theta))  # (B,)
    return [
        Score(
            comparison=c,
            scorer_set_id=profile.scorer_set_id,
            profile=profile,
            dataset_id=c.dataset_id,
            version_id=c.version_id,
            kind=c.kind,
            split=c.split,
            final=_known(final[i]),
            **{name: _known(part[i]) for name, part in parts.items()},
        )
        for i, c in enumerate(comparisons)
    ]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
