"""Builds and saves the two scorers, each with the quantiles of its scores on right and on unrelated dev pairs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer
from sklearn.linear_model import LogisticRegression

from scoring.embedded.training import Progress, ScorerSettings, train_match, train_similarity
from scoring.measures.known_pairs import quantiles, question_pairs, reply_pairs, rounded
from scoring.measures.match import CALIBRATION, DualMatch
from scoring.measures.similarity import Similarity
from serving.corpus import exchanges

SIMBERT = ScorerSettings(steps=200, learning_rate=1.5e-3, buckets=5000, dimension=384, idf_cap=0.2, within_weight=0.1)
ROCKETQA = ScorerSettings(
    steps=250, learning_rate=1e-3, buckets=8192, dimension=240, idf_cap=0.3, within_weight=0.5, temperature=0.15
)
QUICK_STEPS = 3
DESCRIPTION = "scorer.json"
THETA_QUANTILE = 0.05  # Θ: one in twenty right replies counts as too poor


def build_simbert(folder: Path, settings: ScorerSettings, on_step: Progress) -> dict[str, float]:
    corpus = exchanges()
    _save(train_similarity(corpus, settings, on_step), folder)
    right, unrelated = reply_pairs(corpus)
    measure = Similarity(folder)
    alike = measure.score(*zip(*right, strict=True))
    different = measure.score(*zip(*unrelated, strict=True))
    _write(folder / DESCRIPTION, {"quantiles": quantiles(alike, different)})
    return {"right_median": rounded(np.median(alike)), "unrelated_median": rounded(np.median(different))}


def build_rocketqa(folder: Path, settings: ScorerSettings, on_step: Progress) -> dict[str, float]:
    corpus = exchanges()
    _save(train_match(corpus, settings, on_step), folder)
    right, unrelated = question_pairs(corpus)
    _write(folder / CALIBRATION, _calibration(folder, right, unrelated))
    measure = DualMatch(folder)
    matching = measure.score(*zip(*right, strict=True))
    different = measure.score(*zip(*unrelated, strict=True))
    theta = rounded(np.quantile(matching, THETA_QUANTILE))
    _write(folder / DESCRIPTION, {"theta": theta, "quantiles": quantiles(matching, different)})
    return {"theta": theta, "unrelated_below_theta": rounded(np.mean(different < theta))}


def quick(settings: ScorerSettings) -> ScorerSettings:
    return replace(settings, steps=QUICK_STEPS)


def _save(model: SentenceTransformer, folder: Path) -> None:
    model.half().save_pretrained(str(folder), create_model_card=False, safe_serialization=True)


def _calibration(folder: Path, right: list, unrelated: list) -> dict[str, float]:
    """Slope and intercept of a logistic regression on the cosine, with right and unrelated pairs of equal weight."""
    encoder = DualMatch(folder).encoder
    questions, replies = zip(*right, *unrelated, strict=True)
    cosines = encoder.cosine(questions, replies, sides=("query", "document"))
    is_right = [1] * len(right) + [0] * len(unrelated)
    fitted = LogisticRegression(C=1e6, class_weight="balanced").fit(cosines[:, None], is_right)
    return {"slope": rounded(fitted.coef_[0, 0]), "intercept": rounded(fitted.intercept_[0])}


def _write(file: Path, content: dict) -> None:
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
