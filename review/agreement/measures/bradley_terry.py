"""Strengths of players from games with ties.

Davidson, *On extending the Bradley-Terry model to accommodate ties in paired comparison experiments*, Journal of the
American Statistical Association 65 (1970): with strengths π, i beats j in proportion to π_i, loses in proportion to
π_j, and ties in proportion to ν √(π_i π_j). Written here because `evalica` counts a tie as half a win, gives no
interval, and loads pandas into the web process (a second); without ties the two agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from review.agreement.measures.estimates import Estimate, known, normal_quantile

ITERATIONS = 100
TOLERANCE = 1e-10
LOSS, TIE, WIN = 0.0, 0.5, 1.0  # of the first player


@dataclass(frozen=True)
class Games:
    """N games: first, second: shape (N,), players counted from 0; outcomes: shape (N,), LOSS, TIE or WIN of the first;
    groups: shape (N,), the cluster of each game.
    """

    first: np.ndarray
    second: np.ndarray
    outcomes: np.ndarray
    groups: np.ndarray


@dataclass(frozen=True)
class _Cells:
    """Equal games together. design: shape (U, O, K), the log odds of each outcome as sums of parameters, which are the
    strengths of players 1 and up, then ln ν; chosen: shape (U,), which outcome it was; weights: shape (U,), how many.
    """

    design: np.ndarray
    chosen: np.ndarray
    weights: np.ndarray


def strengths(games: Games, players: int) -> list[Estimate]:
    """ln π of each player against player 0, whose own is 0, with intervals clustered by group; `n` counts their games.

    Strengths are None where the games do not bind all players together: where some of them never lose or tie against
    the others, maximum likelihood puts them infinitely far (Ford 1957). So are they where every game is a tie.
    """
    counts = np.bincount(games.first, minlength=players) + np.bincount(games.second, minlength=players)
    if not _bound_together(games, players) or (games.outcomes == TIE).all():
        return [Estimate(None, None, None, int(n)) for n in counts]
    cells, cell = _cells_of(games, players)
    parameters = _maximum(cells)
    half = normal_quantile() * _standard_errors(cells, parameters, cell, games.groups)
    others = zip(parameters[: players - 1], half[: players - 1], counts[1:], strict=True)
    return [Estimate(0.0, None, None, int(counts[0])), *(_estimate(value, h, n) for value, h, n in others)]


def _estimate(value: float, half: float, n: int) -> Estimate:
    return Estimate(float(value), known(value - half), known(value + half), int(n))


def _bound_together(games: Games, players: int) -> bool:
    """Whether there is a way from every player to every other over games that were not lost."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    not_lost, not_won = games.outcomes > LOSS, games.outcomes < WIN
    rows = np.concatenate([games.first[not_lost], games.second[not_won]])
    columns = np.concatenate([games.second[not_lost], games.first[not_won]])
    graph = csr_array((np.ones(len(rows)), (rows, columns)), shape=(players, players))
    return connected_components(graph, connection="strong")[0] == 1


def _cells_of(games: Games, players: int) -> tuple[_Cells, np.ndarray]:
    """The cells, and the cell of each game, shape (N,). Without ties ν is 0, and a tie is no outcome."""
    outcome = (2 * games.outcomes).astype(np.int64)  # 0 loss, 1 tie, 2 win
    codes = (games.first.astype(np.int64) * players + games.second) * 3 + outcome
    found, cell, weights = np.unique(codes, return_inverse=True, return_counts=True)
    pair, chosen = np.divmod(found, 3)
    first, second = np.divmod(pair, players)
    rows = np.arange(len(found))
    design = np.zeros((len(found), 3, players + 1))
    design[rows, 0, second] = design[rows, 2, first] = 1
    design[rows, 1, first] = design[rows, 1, second] = 0.5
    design[:, 1, -1] = 1
    if not (chosen == 1).any():
        return _Cells(design[:, ::2, 1:-1], chosen // 2, weights), cell
    return _Cells(design[:, :, 1:], chosen, weights), cell


def _maximum(cells: _Cells) -> np.ndarray:
    """The parameters, shape (K,), by Newton's method: the likelihood is concave."""
    parameters = np.zeros(cells.design.shape[2])
    for _ in range(ITERATIONS):
        scores, information = _derivatives(cells, parameters)
        step = np.linalg.solve(information, cells.weights @ scores)
        parameters = parameters + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < TOLERANCE:
            break
    return parameters


def _derivatives(cells: _Cells, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the log likelihood: the first of a game of each cell, shape (U, K), and minus the second of all, (K, K)."""
    odds = cells.design @ parameters
    odds = np.exp(odds - odds.max(axis=1, keepdims=True))
    probabilities = odds / odds.sum(axis=1, keepdims=True)  # (U, O)
    means = np.einsum("uo,uok->uk", probabilities, cells.design)
    scores = cells.design[np.arange(len(cells.chosen)), cells.chosen] - means
    squares = np.einsum("u,uo,uok,uol->kl", cells.weights, probabilities, cells.design, cells.design)
    return scores, squares - means.T @ (means * cells.weights[:, None])


def _standard_errors(cells: _Cells, parameters: np.ndarray, cell: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Those that let the games of a group depend on each other (Liang and Zeger 1986); NaN for a single group."""
    scores, information = _derivatives(cells, parameters)
    _, group = np.unique(groups, return_inverse=True)
    clusters = int(group.max()) + 1
    if clusters < 2:
        return np.full(len(parameters), np.nan)
    sums = np.column_stack([np.bincount(group, weights=column[cell]) for column in scores.T])
    bread = np.linalg.inv(information)
    return np.sqrt(np.diag(bread @ (sums.T @ sums) @ bread) * clusters / (clusters - 1))
