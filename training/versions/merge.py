"""A version's adapter and base merged into one plain model, which lies beside the adapter."""

from __future__ import annotations

from pathlib import Path

from ecc_site.core.jobs import JobError
from serving.loading import place_of
from serving.models import Version
from training.ml.compatibility import read_config
from training.ml.merging import CannotMerge, merge, merge_refusal
from training.versions.models import MergeJob
from training.versions.registry import adapter_folder

EXACT = "float32"


def merge_version(job: MergeJob) -> None:
    """Work of a MergeJob; does nothing where such a model is there already. Raises JobError."""
    adapter = adapter_folder(job.version)
    if adapter is None:
        raise JobError(f"The adapter of {job.version} is no longer below the data folder.")
    job.set_total(1)
    there = merged_precision(job.version)
    if there is None or (job.exact and there != EXACT):
        _merge(job.version, adapter, exact=job.exact)
    job.advance(done=1)


def can_merge(version: Version) -> bool:
    folder = adapter_folder(version)
    return folder is not None and merge_refusal(folder) is None


def merged_folder(version: Version) -> Path | None:
    """Where the merged model lies, None where there is none."""
    place = merged_place(version)
    return place if place and place.is_dir() else None


def merged_precision(version: Version) -> str | None:
    """Such as bfloat16 or float32, of the merged model; None where there is none, empty where it does not say."""
    folder = merged_folder(version)
    if folder is None:
        return None
    try:
        config = read_config(folder)
    except (OSError, ValueError):
        return ""
    return str(config.get("dtype") or config.get("torch_dtype") or "")


def merged_place(version: Version) -> Path | None:
    """Where the merged model lies or would lie, None without an adapter."""
    folder = adapter_folder(version)
    return _beside(folder) if folder else None


def _beside(adapter: Path) -> Path:
    return adapter.with_name(f"merged-{adapter.name}")


def _merge(version: Version, adapter: Path, *, exact: bool) -> None:
    target = _beside(adapter)
    try:
        merge(place_of(version.model), adapter, target, exact=exact)
    except CannotMerge as error:
        raise JobError(str(error)) from error
    except OSError as error:
        raise JobError(f"The folder {target} cannot be written: {error.strerror or error}.") from error
