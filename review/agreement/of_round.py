"""All that a round's page says of agreement, in one query for the verdicts, one for the tags, and numpy.

Measured on SQLite and one of two busy cores, three opinions an item: 10,000 verdicts take 0.3 to 0.6 seconds, 100,000
take 1.4 to 3.2. Reading them is one of these; the rest grows with how far people disagree (Dawid and Skene).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from review.agreement.annotators import AnnotatorFigures, annotators_of
from review.agreement.consensus import ConsensusCounts, consensus_of
from review.agreement.figures import Figures, figures_of
from review.agreement.ratings import LANGUAGES, Ratings, items_by_tag, ratings_of
from review.agreement.versions import VersionStrength, strengths_of
from review.models import Round

MOST_TAGS = 20  # each is computed with its intervals
PARTS = 6  # that are worked out after the verdicts are read
Part = TypeVar("Part")


@dataclass(frozen=True)
class TagFigures:
    kind: str
    name: str
    figures: Figures


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
    consensus: ConsensusCounts


def agreement_of(round_: Round, tell: Callable[[int], None] = lambda steps: None) -> RoundAgreement:
    """Opinions are what people said themselves before a reveal, without a manager's decisions; gold items, whose
    preference is known, count for gold accuracy alone.

    tell: called with 1 after each batch of verdicts and each of the PARTS, with 0 on the way.
    """
    ratings = ratings_of(round_, tell)
    is_opinion = ~ratings.decides & ~ratings.after_reveal & (ratings.expected < 0)
    opinions = ratings.where(is_opinion)
    given = ratings.where(~ratings.decides)
    held = ratings.where(is_opinion | (ratings.decides & (ratings.expected < 0)))

    def told(part: Part) -> Part:
        tell(1)
        return part

    return RoundAgreement(
        figures=told(figures_of(opinions)),
        languages=told(_by_language(opinions)),
        tags=told(_by_tag(round_, opinions, tell)),
        annotators=told(annotators_of(given, opinions, round_.sides == Round.Sides.RANDOM)),
        versions=told(strengths_of(opinions)),
        consensus=told(consensus_of(held).counted()),
    )


def _by_language(opinions: Ratings) -> dict[str, Figures]:
    found = np.unique(opinions.language)
    if len(found) < 2:
        return {}
    return {LANGUAGES[code]: figures_of(opinions.where(opinions.language == code)) for code in found}


def _by_tag(round_: Round, opinions: Ratings, tell: Callable[[int], None]) -> list[TagFigures]:
    masks = {tag: np.isin(opinions.item, items) for tag, items in items_by_tag(round_).items()}
    largest = sorted(masks, key=lambda tag: (-masks[tag].sum(), tag))[:MOST_TAGS]
    found = []
    for tag in largest:
        if masks[tag].any():
            found.append(TagFigures(*tag, figures_of(opinions.where(masks[tag]))))
            tell(0)
    return found
