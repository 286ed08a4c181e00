"""What figures were worked out from: as long as a dataset has the same stamp, nothing in them can have changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max, OuterRef, Subquery

from dialogues.models import Dataset
from dialogues.querysets import DatasetQuerySet
from review.models import Round, Verdict
from scoring.models import Profile, Score, ScorerSet
from serving.models import Alias
from training.models import Assessment, Run


def with_stamps(datasets: DatasetQuerySet) -> DatasetQuerySet:
    """Each with the newest score, verdict and profile, by a few steps in indexes; for stamp_of."""
    scores = Score.objects.filter(dataset=OuterRef("pk")).order_by("-pk")
    revisions = Verdict.objects.filter(round=OuterRef("pk"), current__isnull=False).order_by("-current")
    by_round = Round.objects.annotate(newest=Subquery(revisions.values("current")[:1]))
    rounds = by_round.filter(dataset=OuterRef("pk")).order_by().values("dataset")
    profiles = Profile.objects.filter(dataset=OuterRef("pk"), active=True).order_by("-pk")
    return datasets.annotate(
        newest_score=Subquery(scores.values("pk")[:1]),
        newest_verdict=Subquery(rounds.annotate(last=Max("newest")).values("last")),
        newest_profile=Subquery(profiles.values("pk")[:1]),
    )


def stamp_of(dataset: Dataset, site: str) -> str:
    """Of a dataset of with_stamps; `site` is site_stamp()."""
    own = (dataset.newest_score, dataset.newest_verdict, dataset.newest_profile, dataset.removal_count)  # type: ignore[attr-defined]
    return _joined([*own, site])


def site_stamp() -> str:
    """What all datasets depend on: the scorers, who answers customers, and what waits to do so."""
    champion = Alias.objects.filter(name=Alias.Name.CHAMPION).values_list("version", flat=True).first()
    newest = [ScorerSet.objects.current(), Assessment.objects.order_by("-pk").first()]
    done = Run.objects.filter(state=Run.State.DONE).order_by("-pk").values_list("pk", flat=True).first()
    return _joined([champion, *(row.pk if row else 0 for row in newest), done])


def _joined(parts: Iterable[int | str | None]) -> str:
    return ".".join(str(part or 0) for part in parts)
