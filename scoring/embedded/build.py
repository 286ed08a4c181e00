"""Builds and saves the two scorers, each with the quantiles of its scores on right and on unrelated dev pairs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
from sentence_transformers import SentenceTransformer
from sklearn.linear_model import LogisticRegression

from scoring.embedded.batches import STYLES
from scoring.embedded.training import Progress, ScorerSettings, train_match, train_similarity
from scoring.measures.match import CALIBRATION, DualMatch
from scoring.measures.similarity import Similarity
from serving.corpus import Exchange, exchanges

SIMBERT = ScorerSettings(steps=200, learning_rate=1.5e-3, buckets=5000, dimension=384, idf_cap=0.2, within_weight=0.1)
ROCKETQA = ScorerSettings(
    steps=250, learning_rate=1e-3, buckets=8192, dimension=240, idf_cap=0.3, within_weight=0.5, temperature=0.15
)
QUICK_STEPS = 3
DESCRIPTION = "scorer.json"
THETA_QUANTILE = 0.05  # Θ: one in twenty right replies counts as too poor
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
UNRELATED = 3  # replies from other intents for each right one


def build_simbert(folder: Path, settings: ScorerSettings, on_step: Progress) -> dict[str, float]:
    corpus = exchanges()
    _save(train_similarity(corpus, settings, on_step), folder)
    right, unrelated = _reply_pairs(corpus)
    measure = Similarity(folder)
    alike = measure.score(*zip(*right, strict=True))
    different = measure.score(*zip(*unrelated, strict=True))
    _write(folder / DESCRIPTION, {"quantiles": _quantiles(alike, different)})
    return {"right_median": _rounded(np.median(alike)), "unrelated_median": _rounded(np.median(different))}


def build_rocketqa(folder: Path, settings: ScorerSettings, on_step: Progress) -> dict[str, float]:
    corpus = exchanges()
    _save(train_match(corpus, settings, on_step), folder)
    right, unrelated = _question_pairs(corpus)
    _write(folder / CALIBRATION, _calibration(folder, right, unrelated))
    measure = DualMatch(folder)
    matching = measure.score(*zip(*right, strict=True))
    different = measure.score(*zip(*unrelated, strict=True))
    theta = _rounded(np.quantile(matching, THETA_QUANTILE))
    _write(folder / DESCRIPTION, {"theta": theta, "quantiles": _quantiles(matching, different)})
    return {"theta": theta, "unrelated_below_theta": _rounded(np.mean(different < theta))}


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
    return {"slope": _rounded(fitted.coef_[0, 0]), "intercept": _rounded(fitted.intercept_[0])}


def _question_pairs(corpus: tuple[Exchange, ...]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Dev questions with their own replies, and with replies of other intents in the same language."""
    right, unrelated = [], []
    for turn, others in _with_others(corpus):
        for style in STYLES:
            right.append((turn.customer, getattr(turn, style)))
            unrelated += [(turn.customer, getattr(other, style)) for other in others]
    return right, unrelated


def _reply_pairs(corpus: tuple[Exchange, ...]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The shop's dev replies with the other replies to the turn, and with replies of other intents."""
    right, unrelated = [], []
    for turn, others in _with_others(corpus):
        for style in STYLES[1:]:
            right.append((turn.shop, getattr(turn, style)))
            unrelated += [(turn.shop, getattr(other, style)) for other in others]
    return right, unrelated


def _with_others(corpus: tuple[Exchange, ...]) -> list[tuple[Exchange, list[Exchange]]]:
    rng = Random(1)
    dev = [exchange for exchange in corpus if exchange.split == "dev"]
    others = {e: [o for o in dev if o.intent != e.intent and o.language == e.language] for e in dev}
    return [(turn, rng.sample(others[turn], UNRELATED)) for turn in dev]


def _quantiles(right: np.ndarray, unrelated: np.ndarray) -> dict[str, dict[str, float]]:
    named = {"right": right, "unrelated": unrelated}
    return {
        name: {f"{q:g}": _rounded(value) for q, value in zip(QUANTILES, np.quantile(scores, QUANTILES), strict=True)}
        for name, scores in named.items()
    }


def _rounded(value: float | np.floating) -> float:
    return round(float(value), 4)


def _write(file: Path, content: dict) -> None:
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
