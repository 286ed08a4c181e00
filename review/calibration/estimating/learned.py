"""A small model that learns from verdicts: the probability that people accept a reply, from its scores and its texts.

Logistic regression over the components of Eq. 1 and simple features, with a penalty chosen by cross-validation over
dialogues. Offered beside Eq. 1 where 200 verdicts are there, with its gain on dialogues that it has not seen. It is
kept as numbers in JSON and read with numpy alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from review.agreement.measures.bootstrap import LEAST_CLUSTERS, resampled
from review.agreement.measures.estimates import Estimate
from review.calibration.estimating.figures import mean_over_parts
from review.calibration.estimating.held_out import folds_of
from review.calibration.measures.auc import auc
from review.calibration.measures.clusters import clustered_mean
from review.calibration.measures.curves import fitted_curves, sigmoid
from review.calibration.measures.intervals import Interval
from review.calibration.measures.reliability import calibration_error, reliability

LEAST = 200  # verdicts
PENALTIES = (0.01, 0.1, 1.0, 10.0)  # C of scikit-learn: the smaller, the simpler the model
FORM = 1  # of the JSON


@dataclass(frozen=True)
class Model:
    """names: of the F columns; fill: what stands for an unknown value; mean, scale: by which each is standardised;
    weights: of the standardised columns, shape (F,), on the log odds of acceptance.
    """

    names: tuple[str, ...]
    fill: tuple[float, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float
    penalty: float
    verdicts: int

    def probability(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Of acceptance, shape (B,), in [0, 1]. columns: of its names, each of shape (B,), NaN for unknown.

        Raises KeyError where one of them is missing.
        """
        return self.of_rows(np.column_stack([columns[name] for name in self.names]).astype(float))

    def of_rows(self, values: np.ndarray) -> np.ndarray:
        """The same for rows of its columns, shape (B, F)."""
        filled = np.where(np.isnan(values), np.array(self.fill), values)
        return sigmoid(self.intercept + (filled - np.array(self.mean)) / np.array(self.scale) @ np.array(self.weights))

    def as_json(self) -> dict[str, Any]:
        return {"form": FORM, **{name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Raises ValueError for what as_json did not write."""
        try:
            values = {name: kept[name] for name in cls.__dataclass_fields__}
        except KeyError as error:
            raise ValueError(f"The model lacks {error}.") from error
        if kept.get("form") != FORM:
            raise ValueError(f"The model has the form {kept.get('form')!r}, not {FORM}.")
        parts: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
        model = cls(**parts)
        if len({len(part) for part in (model.names, model.fill, model.mean, model.scale, model.weights)}) != 1:
            raise ValueError("The model's lists are not of one length.")
        return model


@dataclass(frozen=True)
class Learned:
    """model: fitted to all verdicts. The rest is of dialogues that it was not fitted to.

    eq1, learned: AUC for acceptance; gain: their difference, paired; saved: how much lower the model's loss is, per
    verdict, than that of a logistic curve over the final score; error: expected calibration error of its probabilities.
    """

    model: Model
    eq1: Estimate
    learned: Estimate
    gain: Estimate
    saved: Interval
    error: float | None
    items: int


def learn(
    columns: Mapping[str, np.ndarray],
    final: np.ndarray,
    accepted: np.ndarray,
    groups: np.ndarray,
    verdicts: int | None = None,
) -> Learned | None:
    """columns: of N replies, components and features by name, each of shape (N,), NaN for unknown; final: under the
    active profile; accepted: share of the people who accepted it, NaN where nobody judged; groups: dialogues; verdicts:
    how many there were, None for one a reply.

    None with fewer than 200 verdicts or ten dialogues, or where everything or nothing was accepted.
    """
    known = ~np.isnan(accepted) & ~np.isnan(final)
    names = tuple(columns)
    values = np.column_stack([columns[name] for name in names]).astype(float)[known]
    final, accepted, groups = final[known], accepted[known], groups[known]
    count = len(accepted) if verdicts is None else verdicts
    enough = count >= LEAST and len(np.unique(groups)) >= LEAST_CLUSTERS
    if not enough or not 0 < accepted.mean() < 1:
        return None
    model = _fitted(names, values, accepted, groups, count)
    return Learned(model, **_held_out(names, values, final, accepted, groups), items=len(accepted))


def _held_out(
    names: tuple[str, ...], values: np.ndarray, final: np.ndarray, accepted: np.ndarray, groups: np.ndarray
) -> dict[str, Any]:
    """The figures of a Learned: each fold by a model, and a curve over the final score, of the others."""
    folds = folds_of(groups)
    learned, of_eq1 = np.full((2, len(final)), np.nan)
    for fold in np.unique(folds):
        held, rest = folds == fold, folds != fold
        if not 0 < accepted[rest].mean() < 1:
            continue
        model = _fitted(names, values[rest], accepted[rest], groups[rest], int(rest.sum()))
        learned[held] = model.of_rows(values[held])
        curve = fitted_curves(final[None, rest], accepted[rest], np.ones(int(rest.sum())))
        of_eq1[held] = curve.probability(final[None, held])[0]
    known = ~np.isnan(learned)
    accepted, groups, folds = accepted[known], groups[known], folds[known]
    before, after = (mean_over_parts(auc, part[known], accepted, folds) for part in (final, learned))
    saved = _loss(of_eq1[known], accepted) - _loss(learned[known], accepted)
    return {
        "eq1": resampled(before, groups),
        "learned": resampled(after, groups),
        "gain": resampled(lambda counted: after(counted) - before(counted), groups),
        "saved": clustered_mean(saved, groups),
        "error": calibration_error(reliability(learned[known], accepted, groups)),
    }


def _loss(probability: np.ndarray, accepted: np.ndarray) -> np.ndarray:
    """Minus the log likelihood of each item."""
    sure = np.clip(probability, 1e-9, 1 - 1e-9)
    return -(accepted * np.log(sure) + (1 - accepted) * np.log(1 - sure))


def _fitted(names: tuple[str, ...], values: np.ndarray, accepted: np.ndarray, groups: np.ndarray, count: int) -> Model:
    """With the penalty that does best on dialogues left out of these."""
    folds = folds_of(groups)
    losses = [_loss_of_penalty(names, values, accepted, folds, penalty) for penalty in PENALTIES]
    return _with_penalty(names, values, accepted, count, PENALTIES[int(np.argmin(losses))])


def _loss_of_penalty(
    names: tuple[str, ...], values: np.ndarray, accepted: np.ndarray, folds: np.ndarray, penalty: float
) -> float:
    total = 0.0
    for fold in np.unique(folds):
        held, rest = folds == fold, folds != fold
        if 0 < accepted[rest].mean() < 1:
            model = _with_penalty(names, values[rest], accepted[rest], int(rest.sum()), penalty)
            total += float(_loss(model.of_rows(values[held]), accepted[held]).sum())
    return total


def _with_penalty(
    names: tuple[str, ...], values: np.ndarray, accepted: np.ndarray, count: int, penalty: float
) -> Model:
    """A reply that some people accepted counts as that much of an accepted one, and else as a refused one."""
    from sklearn.linear_model import LogisticRegression  # takes a second to load

    known = (~np.isnan(values)).sum(axis=0)
    fill = np.divide(np.nansum(values, axis=0), known, out=np.zeros(values.shape[1]), where=known > 0)
    filled = np.where(np.isnan(values), fill, values)
    mean, scale = filled.mean(axis=0), filled.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    unit = (filled - mean) / scale
    labels, shares = np.repeat([1, 0], len(accepted)), np.concatenate([accepted, 1 - accepted])
    counted = shares > 0
    found = LogisticRegression(C=penalty, max_iter=1000)
    found.fit(np.concatenate([unit, unit])[counted], labels[counted], shares[counted])
    return Model(
        names=names,
        fill=tuple(fill.tolist()),
        mean=tuple(mean.tolist()),
        scale=tuple(scale.tolist()),
        weights=tuple(found.coef_[0].tolist()),
        intercept=float(found.intercept_[0]),
        penalty=penalty,
        verdicts=count,
    )
