"""All that a round's page says of agreement, in one query for the verdicts, one for the tags, and numpy.

Measured on SQLite and one of two busy cores, three opinions an item: 10,000 verdicts take 0.3 to 0.6 seconds, 100,000
take 1.4 to 3.2. Reading them is one of these; the rest grows with how far people disagree (Dawid and Skene).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from review.agreement.annotators import AnnotatorFigures, annotators_of
from review.agreement.consensus import Consensus, consensus_of
from review.agreement.figures import Figures, figures_of
from review.agreement.ratings import LANGUAGES, Ratings, items_by_tag, ratings_of
from review.agreement.versions import VersionStrength, strengths_of
from review.models import Round

MOST_TAGS = 20  # each is computed with its intervals


@dataclass(frozen=True)
class TagFigures:
    kind: str
    name: str
    figures: Figures


QUICK = 20_000  # verdicts whose figures are worked out within a second or so


@dataclass(frozen=True)
class RoundAgreement:
    """figures: of the whole round; languages: of those of its dialogues, where there are several; tags: of the
    questions for which people confirmed them, the most opinions first; versions: strengths, where several are compared;
    consensus: of all its items but the gold ones.
    """

    figures: Figures
    languages: dict[str, Figures]
    tags: list[TagFigures]
    annotators: list[AnnotatorFigures]
    versions: list[VersionStrength]
    consensus: Consensus


def quick_agreement_of(round_: Round) -> RoundAgreement | None:
    """As agreement_of, for pages that show other things too; None where it would take long, and without verdicts."""
    return agreement_of(round_) if 0 < round_.verdict_count <= QUICK else None


def agreement_of(round_: Round) -> RoundAgreement:
    """Opinions are what people said themselves before a reveal, without a manager's decisions; gold items, whose
    preference is known, count for gold accuracy alone.
    """
    ratings = ratings_of(round_)
    is_opinion = ~ratings.decides & ~ratings.after_reveal & (ratings.expected < 0)
    opinions = ratings.where(is_opinion)
    return RoundAgreement(
        figures=figures_of(opinions),
        languages={
            LANGUAGES[code]: figures_of(opinions.where(opinions.language == code))
            for code in _several(opinions.language)
        },
        tags=_by_tag(round_, opinions),
        annotators=annotators_of(ratings.where(~ratings.decides), opinions, round_.sides == Round.Sides.RANDOM),
        versions=strengths_of(opinions),
        consensus=consensus_of(ratings.where(is_opinion | (ratings.decides & (ratings.expected < 0)))),
    )


def _by_tag(round_: Round, opinions: Ratings) -> list[TagFigures]:
    masks = {tag: np.isin(opinions.item, items) for tag, items in items_by_tag(round_).items()}
    largest = sorted(masks, key=lambda tag: (-masks[tag].sum(), tag))[:MOST_TAGS]
    return [TagFigures(*tag, figures_of(opinions.where(masks[tag]))) for tag in largest if masks[tag].any()]


def _several(values: np.ndarray) -> np.ndarray:
    """The different values, none where they are all the same."""
    found = np.unique(values)
    return found if len(found) > 1 else found[:0]
