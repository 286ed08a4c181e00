"""What the registry shows of a version beside its row: where it came from, how large it is, how well it scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q

from dialogues.models import Dataset
from scoring.comparing import held_out_summaries
from scoring.models import Score
from scoring.summary import Summary
from serving.loading import place_of
from serving.models import Alias, AliasMove, Version
from serving.querysets import VersionQuerySet
from training.runs.models import Checkpoint


@dataclass(frozen=True)
class RegistryEntry:
    """A version as the registry lists it. `size` in bytes and `summary` are None where unknown."""

    version: Version
    checkpoint: Checkpoint | None
    size: int | None
    summary: Summary | None


def end_versions() -> VersionQuerySet:
    """End models with their aliases and origin, in three queries however many there are."""
    checkpoints = Checkpoint.objects.select_related("run")
    return (
        Version.objects.end()
        .select_related("base")
        .prefetch_related(Prefetch("aliases", Alias.objects.order_by("name")), Prefetch("checkpoint", checkpoints))
    )


def listed_versions() -> VersionQuerySet:
    """What the registry lists: models as they came, and of the checkpoints those that were measured or promoted.

    Arms and all other checkpoints are on the page of their run.
    """
    measured = Exists(Score.objects.filter(version=OuterRef("pk")))
    promoted = Exists(AliasMove.objects.filter(after=OuterRef("pk")))
    return end_versions().without_arms().filter(Q(checkpoint=None) | measured | promoted)


def registry_entries(
    versions: Sequence[Version], dataset: Dataset | None = None, kind: str = ""
) -> list[RegistryEntry]:
    """The versions with their mean scores on a dataset's test split, under its active profile."""
    summaries = held_out_summaries(dataset, kind) if dataset and kind else {}
    return [RegistryEntry(v, getattr(v, "checkpoint", None), size_of(v), summaries.get(v.pk)) for v in versions]


def size_of(version: Version) -> int | None:
    """Bytes of the adapter, or of the base if that is a folder on this machine; None where it is neither."""
    folder = adapter_folder(version) if version.adapter else Path(place_of(version.model))
    if folder is None or not folder.is_dir():
        return None
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())


def adapter_folder(version: Version) -> Path | None:
    """The folder of the version's adapter; None unless it exists below ECC_DATA_DIR."""
    root = settings.DATA_DIR.resolve()
    folder = (root / version.adapter).resolve()
    return folder if version.adapter and root in folder.parents and folder.is_dir() else None


def base_name(version: Version) -> str:
    """The base by a name that means the same on another machine: of a folder the last part."""
    return Path(version.model).name if Path(version.model).is_absolute() else version.model
