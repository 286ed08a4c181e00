"""What the true categories of items are, where raters differ in how they err.

Dawid and Skene, *Maximum likelihood estimation of observer error-rates using the EM algorithm*, Applied Statistics 28
(1979). Written here because `crowd-kit` loads pandas, scikit-learn and nltk into the web process (three seconds).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from review.agreement.measures.counting import counts_of

ITERATIONS = 500
TOLERANCE = 1e-5  # of a probability
LEAST = 1e-10  # a probability that is estimated as 0 still leaves a way back


@dataclass(frozen=True)
class DawidSkene:
    """posteriors: shape (I, C), how probable each category of each item is; priors: shape (C,), their shares;
    errors: shape (R, C, C), how probable it is that a rater says the first category where the second is true.
    """

    posteriors: np.ndarray
    priors: np.ndarray
    errors: np.ndarray


def dawid_skene(items: np.ndarray, raters: np.ndarray, codes: np.ndarray, categories: int) -> DawidSkene:
    """Maximum likelihood by EM, started at the shares of votes.

    items, raters, codes: shape (N,), counted from 0 without gaps in items and raters. A rater may rate an item twice.
    """
    votes = counts_of(items, codes, categories)
    posteriors = votes / votes.sum(axis=1, keepdims=True)
    for _ in range(ITERATIONS):
        priors, errors = _maximise(posteriors, items, raters, codes)
        before, posteriors = posteriors, _expect(priors, errors, items, raters, codes)
        if np.abs(posteriors - before).max() < TOLERANCE:
            break
    return DawidSkene(posteriors, priors, errors)


def _maximise(
    posteriors: np.ndarray, items: np.ndarray, raters: np.ndarray, codes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    categories = posteriors.shape[1]
    cell = raters.astype(np.int64) * categories + codes
    length = (int(raters.max()) + 1) * categories
    said = [np.bincount(cell, weights=column[items], minlength=length) for column in posteriors.T]
    errors = np.maximum(np.column_stack(said).reshape(-1, categories, categories), LEAST)  # (R, said, true)
    return np.maximum(posteriors.mean(axis=0), LEAST), errors / errors.sum(axis=1, keepdims=True)


def _expect(
    priors: np.ndarray, errors: np.ndarray, items: np.ndarray, raters: np.ndarray, codes: np.ndarray
) -> np.ndarray:
    logs = np.log(errors)[raters, codes]  # (N, C)
    likelihoods = np.column_stack([np.bincount(items, weights=column) for column in logs.T]) + np.log(priors)
    scaled = np.exp(likelihoods - likelihoods.max(axis=1, keepdims=True))
    return scaled / scaled.sum(axis=1, keepdims=True)
