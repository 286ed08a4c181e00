"""What is tried is compared with a plain loop over Eq. 1."""

import math

import numpy as np
import pytest

from scoring.figures.by_version import BINS
from scoring.figures.curves import STEPS
from scoring.figures.groups import Groups
from scoring.figures.selection import Selection
from scoring.figures.trial import changes
from scoring.fusion import final_score
from scoring.parameters import Parameters
from tests.scoring.figures.by_hand import clustered_half
from tests.scoring.figures.made import random_selection, selection

ACTIVE, TRIED = Parameters(0.8, 0.2, 0.5), Parameters(0.35, 0.6, 0.4)
SEEDS = pytest.mark.parametrize("seed", range(3))


def finals(of, parameters) -> list[float]:
    rows = zip(of.similarity, of.match_end, of.match_cloud, strict=True)
    return [final_score(*row, parameters.alpha, parameters.theta) for row in rows]


def known_of(of, scores, version) -> list[tuple[int, float]]:
    rows = zip(of.versions, of.dialogues, scores, strict=True)
    return [(dialogue, score) for its, dialogue, score in rows if its == version and not math.isnan(score)]


@SEEDS
def test_each_version_is_what_a_loop_finds(seed):
    chosen = random_selection(seed)
    of, scores = chosen.columns, finals(chosen.columns, TRIED)
    for found in chosen.under(TRIED).versions:
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
    found = random_selection(seed).under(TRIED).versions
    ranked = sorted(found, key=lambda version: version.rank)
    assert [version.rank for version in ranked] == [1, 2, 3]
    assert [version.mean for version in ranked] == sorted((version.mean for version in found), reverse=True)


def changed(chosen, active, tried, most):
    return changes(chosen.columns.ids, chosen.under(active), chosen.under(tried), most)


@SEEDS
def test_those_that_change_sides_are_named_the_largest_change_first(seed):
    chosen = random_selection(seed)
    of = chosen.columns
    rows = list(zip(of.ids, finals(of, ACTIVE), finals(of, TRIED), strict=True))
    rows = [row for row in rows if not math.isnan(row[1]) and not math.isnan(row[2])]
    up = {pk for pk, before, after in rows if before < 0.5 and after >= 0.4}
    down = {pk for pk, before, after in rows if before >= 0.5 and after < 0.4}
    found = changed(chosen, ACTIVE, TRIED, most=1000)
    assert (found.becomes_acceptable, found.no_longer_acceptable) == (len(up), len(down))
    assert set(found.ids) == up | down
    change = {pk: abs(after - before) for pk, before, after in rows}
    sizes = [change[pk] for pk in found.ids]
    assert sizes == sorted(sizes, reverse=True)
    few = [change[pk] for pk in changed(chosen, ACTIVE, TRIED, most=7).ids]
    assert few == sizes[:7]


def test_the_same_parameters_change_nothing():
    found = changed(random_selection(9), ACTIVE, ACTIVE, most=10)
    assert (found.becomes_acceptable, found.no_longer_acceptable, found.ids) == (0, 0, [])


def test_a_version_without_known_scores_has_no_mean_and_a_single_dialogue_no_interval():
    nothing, one = (
        selection([1, 2, 2], [math.nan, 0.4, 0.6], [0.5] * 3, [0.9] * 3, dialogues=[1, 2, 2]).under(ACTIVE).versions
    )
    assert (nothing.total, nothing.known, nothing.mean, nothing.rank) == (1, 0, None, None)
    assert (one.known, one.low, one.high) == (2, None, None)


def test_without_rows_there_is_nothing():
    nothing = selection([], [], [], [])
    assert nothing.under(ACTIVE).versions == []
    assert changed(nothing, ACTIVE, TRIED, most=5).ids == []
    assert nothing.curves.over_theta(0.5).shape == nothing.curves.over_alpha(0.5).shape == (0, len(STEPS))


@SEEDS
def test_a_part_is_as_if_there_were_nothing_else(seed):
    whole = random_selection(seed)
    rows = np.flatnonzero(whole.columns.similarity > 0.5)
    part, alone = whole.part(rows), whole.columns.of(rows)
    assert part.under(TRIED).versions == Selection(alone, Groups.of(alone)).under(TRIED).versions


def test_what_is_remembered_of_scores_is_bounded():
    chosen = random_selection(1)
    first = chosen.under(ACTIVE)
    assert chosen.under(ACTIVE) is first
    for alpha in (0.1, 0.2, 0.3):
        chosen.under(Parameters(alpha, 0, 0))
    assert chosen.under(ACTIVE) is not first


@SEEDS
def test_the_curves_go_through_the_means_at_every_step(seed):
    chosen = random_selection(seed)
    alphas, thetas = chosen.curves.over_alpha(TRIED.theta), chosen.curves.over_theta(TRIED.alpha)
    for i, value in enumerate(STEPS):
        of_alpha = chosen.under(Parameters(value, TRIED.theta, 0.5)).versions
        of_theta = chosen.under(Parameters(TRIED.alpha, value, 0.5)).versions
        assert alphas[:, i] == pytest.approx([version.mean for version in of_alpha])
        assert thetas[:, i] == pytest.approx([version.mean for version in of_theta])


def test_the_curves_of_nothing_are_unknown():
    curves = selection([1], [math.nan], [0.5], [0.5]).curves
    assert np.isnan(curves.over_alpha(0.2)).all()
    assert np.isnan(curves.over_theta(0.2)).all()
