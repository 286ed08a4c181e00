"""What is tried is compared with a plain loop over Eq. 1."""

import math

import numpy as np
import pytest

from scoring.figures.by_version import BINS, figures
from scoring.figures.groups import Groups
from scoring.figures.parameters import Parameters
from scoring.figures.sweeps import STEPS, over_alpha, over_theta
from scoring.figures.trial import try_out
from scoring.fusion import final_score
from tests.scoring.figures.made import columns, random_columns

ACTIVE, TRIED = Parameters(0.8, 0.2, 0.5), Parameters(0.35, 0.6, 0.4)
SEEDS = pytest.mark.parametrize("seed", range(3))


def finals(of, parameters) -> list[float]:
    rows = zip(of.similarity, of.match_end, of.match_cloud, strict=True)
    return [final_score(*row, parameters.alpha, parameters.theta) for row in rows]


def known_of(of, scores, version) -> list[tuple[int, float]]:
    rows = zip(of.versions, of.dialogues, scores, strict=True)
    return [(dialogue, score) for its, dialogue, score in rows if its == version and not math.isnan(score)]


def clustered_half(known: list[tuple[int, float]]) -> float:
    """1.96 standard errors of the mean, from the sums of the deviations of each dialogue."""
    mean = sum(score for _, score in known) / len(known)
    sums: dict[int, float] = {}
    for dialogue, score in known:
        sums[dialogue] = sums.get(dialogue, 0) + score - mean
    variance = sum(value**2 for value in sums.values()) / len(known) ** 2 * len(sums) / (len(sums) - 1)
    return 1.959964 * math.sqrt(variance)


@SEEDS
def test_each_version_is_what_a_loop_finds(seed):
    of = random_columns(seed)
    scores = finals(of, TRIED)
    for found in figures(of, Groups.of(of), TRIED, TRIED.final(of)):
        known = known_of(of, scores, found.version)
        values = [score for _, score in known]
        assert (found.known, found.total) == (len(known), int((of.versions == found.version).sum()))
        assert found.mean == pytest.approx(sum(values) / len(values))
        assert found.high - found.mean == pytest.approx(clustered_half(known))
        assert found.acceptable == sum(score >= TRIED.threshold for score in values)
        assert found.histogram == [sum(min(int(score * BINS), BINS - 1) == i for score in values) for i in range(BINS)]
        rule = zip(of.versions, scores, of.match_cloud, strict=True)
        assert found.theta_rule == sum(v == found.version and not math.isnan(s) and m < 0.6 for v, s, m in rule)


@SEEDS
def test_the_highest_mean_has_the_first_rank(seed):
    of = random_columns(seed)
    found = figures(of, Groups.of(of), TRIED, TRIED.final(of))
    ranked = sorted(found, key=lambda version: version.rank)
    assert [version.rank for version in ranked] == [1, 2, 3]
    assert [version.mean for version in ranked] == sorted((version.mean for version in found), reverse=True)


@SEEDS
def test_those_that_change_sides_are_named_the_largest_change_first(seed):
    of = random_columns(seed)
    rows = list(zip(of.ids, finals(of, ACTIVE), finals(of, TRIED), strict=True))
    up = {pk for pk, before, after in rows if before < 0.5 and after >= 0.4}
    down = {pk for pk, before, after in rows if before >= 0.5 and not after >= 0.4}
    found = try_out(of, Groups.of(of), ACTIVE, TRIED, most=1000)
    assert (found.becomes_acceptable, found.no_longer_acceptable) == (len(up), len(down))
    assert set(found.changed) == up | down
    change = {pk: abs(after - before) for pk, before, after in rows}
    sizes = [change[pk] for pk in found.changed]
    assert sizes == sorted(sizes, reverse=True)
    assert try_out(of, Groups.of(of), ACTIVE, TRIED, most=7).changed == found.changed[:7]


def test_the_same_parameters_change_nothing():
    of = random_columns(9)
    found = try_out(of, Groups.of(of), ACTIVE, ACTIVE, most=10)
    assert (found.becomes_acceptable, found.no_longer_acceptable, found.changed) == (0, 0, [])
    assert found.now == found.tried


def test_a_version_without_known_scores_has_no_mean_and_a_single_dialogue_no_interval():
    of = columns([1, 2, 2], [math.nan, 0.4, 0.6], [0.5] * 3, [0.9] * 3, dialogues=[1, 2, 2])
    nothing, one = figures(of, Groups.of(of), ACTIVE, ACTIVE.final(of))
    assert (nothing.total, nothing.known, nothing.mean, nothing.rank) == (1, 0, None, None)
    assert (one.known, one.low, one.high) == (2, None, None)


def test_without_rows_there_is_nothing():
    of = columns([], [], [], [])
    found = try_out(of, Groups.of(of), ACTIVE, TRIED, most=5)
    assert (found.now, found.tried, found.changed) == ([], [], [])


@SEEDS
def test_a_part_has_the_groups_of_the_whole(seed):
    of = random_columns(seed)
    chosen = of.similarity > 0.5
    part, groups = of.of(chosen), Groups.of(of).part(chosen)
    assert figures(part, groups, TRIED, TRIED.final(part)) == figures(part, Groups.of(part), TRIED, TRIED.final(part))


@SEEDS
def test_the_curves_go_through_the_means_at_every_step(seed):
    of = random_columns(seed)
    groups = Groups.of(of)
    alphas, thetas = over_alpha(of, groups, TRIED), over_theta(of, groups, TRIED)
    for i, value in enumerate(STEPS):
        for curves, parameters in (
            (alphas, Parameters(value, TRIED.theta, 0.5)),
            (thetas, Parameters(TRIED.alpha, value, 0.5)),
        ):
            means = [version.mean for version in figures(of, groups, parameters, parameters.final(of))]
            assert curves[:, i] == pytest.approx(means)


def test_the_curves_of_nothing_are_unknown():
    of = columns([1], [math.nan], [0.5], [0.5])
    assert np.isnan(over_alpha(of, Groups.of(of), TRIED)).all()
    assert np.isnan(over_theta(of, Groups.of(of), TRIED)).all()
