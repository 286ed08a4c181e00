import math

import numpy as np
import pytest
from scipy import stats

from scoring.figures.paired import Paired, pair
from scoring.parameters import Parameters
from tests.scoring.figures.made import random_selection, selection


@pytest.mark.parametrize("seed", range(3))
def test_a_pair_is_what_a_loop_finds(seed):
    chosen = random_selection(seed)
    of, final = chosen.columns, chosen.under(Parameters(0.8, 0.2, 0.5)).final
    newest: dict[tuple[int, int], tuple[float, int]] = {}
    for version, reference, score, dialogue in zip(of.versions, of.references, final, of.dialogues, strict=True):
        if not math.isnan(score):
            newest[version, reference] = (score, dialogue)
    references = [r for v, r in newest if v == 1 and (2, r) in newest]
    differences = np.array([newest[1, r][0] - newest[2, r][0] for r in references])
    found = pair(chosen, final, version=1, baseline=2)
    assert found.n == len(references)
    assert found.difference == pytest.approx(differences.mean())
    assert found.difference == pytest.approx(found.mean - found.baseline_mean)
    assert (found.better, found.worse) == pytest.approx(((differences > 0).mean(), (differences < 0).mean()))
    sums: dict[int, float] = {}
    for reference, difference in zip(references, differences, strict=True):
        dialogue = newest[1, reference][1]
        sums[dialogue] = sums.get(dialogue, 0) + difference - differences.mean()
    count = len(sums)
    variance = sum(value**2 for value in sums.values()) / len(differences) ** 2 * count / (count - 1)
    assert found.high - found.difference == pytest.approx(stats.t.ppf(0.975, count - 1) * math.sqrt(variance))


def test_without_shared_references_there_is_no_pair():
    chosen = selection([1, 2], [0.5, 0.6], [0.5, 0.5], [0.5, 0.5], references=[1, 2])
    assert pair(chosen, chosen.under(Parameters(1, 0, 0.5)).final, version=1, baseline=2) == Paired(1, 2, 0)


def test_a_single_dialogue_gives_a_difference_without_an_interval():
    chosen = selection([1, 2], [0.5, 0.6], [0.5, 0.5], [0.5, 0.5], references=[1, 1], dialogues=[7, 7])
    found = pair(chosen, chosen.under(Parameters(1, 0, 0.5)).final, version=1, baseline=2)
    assert (found.n, found.low, found.high, found.worse) == (1, None, None, 1.0)
    assert found.difference == pytest.approx(-0.1)
