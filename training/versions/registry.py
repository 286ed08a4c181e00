"""What the registry knows of a version beside its row: where it came from, how large it is, how well it scored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from scoring.models import Profile, Score, ScorerSet
from scoring.summary import Summary, summarise
from serving.loading import place_of
from serving.models import Alias, Version
from training.runs.models import Checkpoint


@dataclass(frozen=True)
class Entry:
    """One line of the registry. `size` in bytes and `summary` are None where unknown."""

    version: Version
    checkpoint: Checkpoint | None
    size: int | None
    summary: Summary | None


def end_versions() -> QuerySet[Version]:
    """End models with their aliases and origin, in three queries however many there are."""
    checkpoints = Checkpoint.objects.select_related("run")
    return (
        Version.objects.end()
        .select_related("base")
        .prefetch_related(Prefetch("aliases", Alias.objects.order_by("name")), Prefetch("checkpoint", checkpoints))
    )


def entries(versions: list[Version], dataset=None, kind: str = "") -> list[Entry]:
    """The versions with their means on a dataset under its active profile."""
    summaries = _summaries(versions, dataset, kind) if dataset and kind else {}
    return [Entry(v, getattr(v, "checkpoint", None), size_of(v), summaries.get(v.pk)) for v in versions]


def _summaries(versions: list[Version], dataset, kind: str) -> dict[int, Summary]:
    scorer_set = ScorerSet.objects.current()
    if scorer_set is None:
        return {}
    profile = Profile.objects.active_for(dataset, scorer_set)
    scores = Score.objects.of(scorer_set, dataset, kind, split="test").filter(version__in=versions)
    return {row["version"]: summarise(row) for row in scores.summary_by_version(profile)}


def size_of(version: Version) -> int | None:
    """Bytes of the adapter, or of a base that is a folder of this machine; None where it is not one."""
    folder = adapter_folder(version) if version.adapter else Path(place_of(version.model))
    if folder is None or not folder.is_dir():
        return None
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())


def adapter_folder(version: Version) -> Path | None:
    """The folder of its adapter, None unless it lies below ECC_DATA_DIR."""
    root = settings.DATA_DIR.resolve()
    folder = (root / version.adapter).resolve()
    return folder if version.adapter and root in folder.parents and folder.is_dir() else None
