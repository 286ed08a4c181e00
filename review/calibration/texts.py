"""Everything that a small model may know of stored replies: their components, and features of their texts."""

from __future__ import annotations

import numpy as np
from django.db.models.functions import Length

from dialogues.models import Comparison
from review.calibration.columns import LANGUAGES, Replies
from review.calibration.estimating.features import NAMES, features_of
from scoring.fusion import COMPONENTS

BATCH = 2_000


def columns_to_learn(replies: Replies) -> dict[str, np.ndarray]:
    """By name columns of shape (N,), NaN for unknown; the texts are read in batches, one query each."""
    features = np.full((len(replies), len(NAMES)), np.nan)
    for start in range(0, len(replies), BATCH):
        part = slice(start, start + BATCH)
        texts = _texts(replies.comparison[part])
        found = [i for i, pk in enumerate(replies.comparison[part].tolist()) if pk in texts]
        rows = [texts[replies.comparison[part][i]] for i in found]
        languages = [LANGUAGES[code] for code in replies.language[part][found]]
        questions, answers, references = ([row[k] for row in rows] for k in range(3))
        for name, values in features_of(questions, answers, references, languages).items():
            features[start + np.array(found), NAMES.index(name)] = values
    components = {name: getattr(replies, name) for name in COMPONENTS}
    return {**components, **dict(zip(NAMES, features.T, strict=True))}


def lengths_of(replies: Replies) -> tuple[np.ndarray, np.ndarray]:
    """How many characters each reply has, and its reference, both of shape (N,); NaN for what is gone."""
    found = np.full((2, len(replies)), np.nan)
    for start in range(0, len(replies), BATCH):
        part = replies.comparison[start : start + BATCH]
        rows = Comparison.objects.filter(pk__in=part.tolist())
        for pk, own, of_reference in rows.values_list("pk", Length("end__text"), Length("reference__text")):
            found[:, start + int(np.searchsorted(part, pk))] = own, of_reference
    return found[0], found[1]


def _texts(comparisons: np.ndarray) -> dict[int, tuple[str, str, str]]:
    """By comparison the question, the reply, and the reference."""
    rows = Comparison.objects.filter(pk__in=comparisons.tolist())
    return {pk: texts for pk, *texts in rows.values_list("pk", "turn__text", "end__text", "reference__text")}  # type: ignore[misc]
