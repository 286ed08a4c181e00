"""Whether the final score may stand in for an annotator in each language: see estimating.licence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from review.calibration.columns import LANGUAGES
from review.calibration.estimating.licence import Licence, licence_of
from review.calibration.material import Material
from review.calibration.source import Source, Tell
from scoring.parameters import Parameters

PARTS = 1  # steps that are told


@dataclass(frozen=True)
class OfLanguage:
    """shared: replies with a final score that two or more people judged; people: who judged those."""

    language: str
    shared: int
    people: int
    licence: Licence


@dataclass(frozen=True)
class LicenceFigures:
    """in_sight: verdicts that do not count, since who sees the score is led by it. parameters: of the profile, whose
    threshold is the score's word for acceptable.
    """

    languages: list[OfLanguage]
    in_sight: int
    parameters: Parameters

    @property
    def outcomes(self) -> dict[str, str]:
        """By language."""
        return {of.language: of.licence.outcome.value for of in self.languages}


def work_out(source: Source, tell: Tell) -> LicenceFigures:
    """Of the replies that somebody judged; tell: see PARTS."""
    material, parameters = source.judged, source.parameters
    own = Material(material.replies, material.said.where(~material.said.in_sight), material.rounds)
    found = []
    for code in np.unique(own.replies.language).tolist():
        found.append(_of_language(own.where(own.replies.language == code), LANGUAGES[code], parameters))
        tell(0)
    tell(1)
    return LicenceFigures(found, int(material.said.in_sight.sum()), parameters)


def _of_language(material: Material, language: str, parameters: Parameters) -> OfLanguage:
    final, opinions = material.replies.final(parameters), material.said.opinions()
    answers = np.where(np.isnan(final), np.nan, final >= parameters.threshold)
    counts = np.bincount(opinions.item, minlength=len(final))
    shared = (counts > 1) & ~np.isnan(final)
    people = np.unique(opinions.person[shared[opinions.item]])
    licence = licence_of(answers, opinions, material.replies.dialogue)
    return OfLanguage(language, int(shared.sum()), len(people), licence)
