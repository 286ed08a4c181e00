"""Works out the figures of measures beside Eq. 1 from stored replies: a random part of them, read in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from dialogues.models import Comparison
from ecc_site.core.batching import batched
from review.calibration.beside.figures import BesideFigures, OfVersion, correlations, means_of, with_people
from review.calibration.beside.satisfaction import NAME as SATISFACTION
from review.calibration.beside.satisfaction import satisfaction_of
from review.calibration.columns import Replies
from review.calibration.material import Material
from review.calibration.source import Source, Tell
from scoring.fusion import COMPONENTS
from scoring.measures.beside import MEASURES
from scoring.parameters import Parameters

SUBJECT = "measures"
PARTS = 20  # steps that are told
MOST = 2_000  # replies of each version, and as many that people judged
SEED = 20_711


class Texts(NamedTuple):
    """Of N comparisons."""

    ids: list[int]
    questions: list[str]
    replies: list[str]
    references: list[str]

    def measured(self) -> dict[str, np.ndarray]:
        """Every measure beside Eq. 1, each of shape (N,)."""
        return {name: measure(self.questions, self.replies, self.references) for name, measure in MEASURES.items()}


def work_out(source: Source, tell: Tell) -> BesideFigures:
    """Of all scores of the filter; tell: see PARTS."""
    material = source.everything
    accepted, dialogues = material.mean(), material.replies.dialogue
    random = np.random.default_rng(SEED)
    parts = {version: _part(material.replies.version == version, random) for version in _versions(material)}
    judged = _part(~np.isnan(accepted), random)
    sample = _together(parts)
    read = np.union1d(sample, judged)
    columns = _columns(material.replies.at(read), source.parameters, tell)
    satisfaction = satisfaction_of(dialogues[read])
    if not np.isnan(satisfaction).all():
        columns[SATISFACTION] = satisfaction

    def at(places: np.ndarray) -> dict[str, np.ndarray]:
        return {name: values[np.searchsorted(read, places)] for name, values in columns.items()}

    versions = [
        OfVersion(version, len(part), _count(material, version), means_of(at(part), dialogues[part]))
        for version, part in parts.items()
    ]
    people = with_people(at(judged), accepted[judged], dialogues[judged])
    ids = material.replies.comparison[sample].tolist()
    return BesideFigures(list(columns), versions, correlations(at(sample)), people, len(judged), ids)


def texts_of(comparisons: Iterable[int]) -> Iterator[Texts]:
    """In batches, in the order of the ids; comparisons that were erased meanwhile are missing."""
    for ids in batched(list(comparisons)):
        rows = Comparison.objects.filter(pk__in=ids).values_list("pk", "turn__text", "end__text", "reference__text")
        by_id = {pk: texts for pk, *texts in rows}
        found = [pk for pk in ids if pk in by_id]
        yield Texts(found, *([by_id[pk][k] for pk in found] for k in range(3)))


def _versions(material: Material) -> list[int]:
    return np.unique(material.replies.version).tolist()


def _count(material: Material, version: int) -> int:
    return int((material.replies.version == version).sum())


def _part(mask: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Positions of at most MOST of those that a mask of shape (N,) chooses, in their order."""
    places = np.flatnonzero(mask)
    return np.sort(random.choice(places, MOST, replace=False)) if len(places) > MOST else places


def _together(parts: dict[int, np.ndarray]) -> np.ndarray:
    return np.sort(np.concatenate(list(parts.values()))) if parts else np.zeros(0, dtype=np.int64)


def _columns(replies: Replies, parameters: Parameters, tell: Tell) -> dict[str, np.ndarray]:
    """Components, the final score and every measure, each of shape (N,), NaN for unknown."""
    measured = {name: np.full(len(replies), np.nan) for name in MEASURES}
    place_of = {int(pk): i for i, pk in enumerate(replies.comparison)}
    done = told = 0
    for texts in texts_of(place_of):
        at = [place_of[pk] for pk in texts.ids]
        for name, values in texts.measured().items():
            measured[name][at] = values
        done += len(texts.ids)
        reached = PARTS * done // len(replies)
        tell(reached - told)
        told = reached
    components = {name: getattr(replies, name) for name in COMPONENTS}
    return {**components, "final": replies.final(parameters), **measured}
