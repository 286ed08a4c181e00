"""How well the final score tells acceptable replies in parts of what people judged: by version, language and so on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from review.agreement.measures.estimates import Estimate
from review.calibration.columns import LANGUAGES, SPLITS, Replies
from review.calibration.estimating.figures import auc_of
from review.calibration.material import AT_ONCE, Filter
from review.calibration.source import Tell
from review.models import TurnTag

MOST = 12  # of each kind, those with the most replies
BY = ("version", "language", "split", "tag")


@dataclass(frozen=True)
class Slice:
    """by: one of BY; key: id of the version or the tag, code of the language or the split; auc: of the final score."""

    by: str
    key: str
    replies: int
    auc: Estimate


def slices_of(chosen: Filter, replies: Replies, final: np.ndarray, accepted: np.ndarray, tell: Tell) -> list[Slice]:
    """Where a kind has a single part, that is all of it and left out. Two queries more for each two thousand turns."""
    parts = {
        "version": _parts(replies.version),
        "language": _parts(replies.language, LANGUAGES),
        "split": _parts(replies.split, SPLITS),
    }
    by_kind = {by: masks for by, masks in parts.items() if len(masks) > 1} | {"tag": _tagged(chosen, replies)}
    found = []
    for by in BY:
        masks = by_kind.get(by, {})
        largest = sorted(masks.items(), key=lambda part: (-int(part[1].sum()), part[0]))[:MOST]
        for key, mask in largest:
            figure = auc_of(final[mask], accepted[mask], replies.dialogue[mask])
            found.append(Slice(by, key, int(mask.sum()), figure))
            tell(0)
    return found


def _parts(codes: np.ndarray, names: tuple[str, ...] | None = None) -> dict[str, np.ndarray]:
    """By key a mask of shape (N,)."""
    return {str(names[code] if names else code): codes == code for code in np.unique(codes).tolist()}


def _tagged(chosen: Filter, replies: Replies) -> Mapping[str, np.ndarray]:
    turns: dict[str, list[int]] = defaultdict(list)
    rows = TurnTag.objects.confirmed() if chosen.only_confirmed else TurnTag.objects.valid()
    asked = np.unique(replies.turn)
    for i in range(0, len(asked), AT_ONCE):
        for tag, turn in rows.filter(turn__in=asked[i : i + AT_ONCE].tolist()).values_list("tag", "turn"):
            turns[str(tag)].append(turn)
    return {tag: np.isin(replies.turn, having) for tag, having in turns.items()}
