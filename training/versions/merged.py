"""A version's adapter and base as one plain model, which lies beside the adapter."""

from __future__ import annotations

from pathlib import Path

from ecc_site.core.jobs import JobError
from serving.loading import place_of
from serving.models import Version
from training.ml.merging import CannotMerge, merge, merge_refusal
from training.versions.models import MergeJob
from training.versions.registry import adapter_folder


def merge_version(job: MergeJob) -> None:
    """Work of a MergeJob; a model that has been merged already stays as it is. Raises JobError."""
    version = job.version
    target = merged_place(version)
    if target is None:
        raise JobError(f"The adapter of {version} is not below the folder of data any more.")
    job.set_total(1)
    if not target.is_dir():
        try:
            merge(place_of(version.model), adapter_folder(version), target)
        except CannotMerge as problem:
            raise JobError(str(problem)) from problem
        except OSError as problem:
            raise JobError(f"The folder {target} cannot be written: {problem.strerror or problem}.") from problem
    job.advance(done=1)


def can_merge(version: Version) -> bool:
    folder = adapter_folder(version)
    return folder is not None and merge_refusal(folder) is None


def merged_folder(version: Version) -> Path | None:
    """Where the merged model lies, None where there is none."""
    place = merged_place(version)
    return place if place and place.is_dir() else None


def merged_place(version: Version) -> Path | None:
    """Where it lies or would lie."""
    folder = adapter_folder(version)
    return folder.with_name(f"merged-{folder.name}") if folder else None
