"""All models that ship: where each lies, its settings, and how it is built."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.retrieval.shipped import ShippedScorers, neighbours
from scoring.embedded.build import ROCKETQA, SIMBERT, build_rocketqa, build_simbert, quick
from serving.embedded import manifest
from serving.embedded.end_training import LONG, QUICK, STANDARD, EndSettings, build_end_model

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

HERE = Path(__file__).parent


@dataclass(frozen=True)
class ShippedModel:
    """`settings` by length of training: quick (a few steps, for tests), standard, and for some models long."""

    folder: Path
    build: Callable[..., dict]
    settings: dict[str, DataclassInstance]

    def settings_for(self, training: str) -> DataclassInstance:
        return self.settings.get(training, self.settings["standard"])

    @property
    def may_ship(self) -> list[DataclassInstance]:
        return [settings for training, settings in self.settings.items() if training != "quick"]


def build_end(folder: Path, settings: EndSettings, on_step: Callable[[int, int], None]) -> dict[str, float]:
    """The end model learns to read what the scorers that ship find for its questions, so they are built before it."""
    near = {} if settings == QUICK else neighbours(ShippedScorers())
    return build_end_model(folder, settings, on_step, near)


MODELS = {
    "simbert": ShippedModel(HERE / "simbert", build_simbert, {"quick": quick(SIMBERT), "standard": SIMBERT}),
    "rocketqa": ShippedModel(HERE / "rocketqa", build_rocketqa, {"quick": quick(ROCKETQA), "standard": ROCKETQA}),
    "end": ShippedModel(manifest.FILE.parent / "end", build_end, {"quick": QUICK, "standard": STANDARD, "long": LONG}),
}


def build(name: str, out: Path | None, training: str, on_step: Callable[[int, int], None]) -> dict:
    """Build one model into its own place, or below `out`; returns its entry of the manifest.

    The old files stay until the new ones are complete.
    """
    model = MODELS[name]
    folder = out / name if out else model.folder
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    settings = model.settings_for(training)
    started = time.monotonic()
    figures = model.build(fresh, settings, on_step)
    for file in fresh.rglob("*.safetensors"):
        file.chmod(0o644)  # they are saved readable by their owner only
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return manifest.model_entry(folder, settings, time.monotonic() - started, figures)


def write_manifest(entries: dict[str, dict], out: Path | None) -> None:
    manifest.write(entries, out / manifest.FILE.name if out else manifest.FILE)


def problems() -> list[str]:
    """One sentence for each mismatch between the shipped models, their settings and the corpus."""
    return manifest.problems({name: (model.folder, model.may_ship) for name, model in MODELS.items()})
