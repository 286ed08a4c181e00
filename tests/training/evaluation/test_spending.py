import pytest

from training.evaluation.spending import ALPHA, PLANNED, RESERVE, SPENT, level_of, spent


def test_a_years_candidates_share_equally():
    assert spent(1) == spent(PLANNED) == pytest.approx(0.05 * 0.5 * 0.9 / 50)
    assert level_of(1) == pytest.approx(0.9991)


def test_however_many_candidates_there_are_no_more_is_spent():
    numbers = 20_000
    after = sum(spent(number) for number in range(PLANNED + 1, numbers + 1))
    assert sum(spent(number) for number in range(1, numbers + 1)) < ALPHA * SPENT
    assert after == pytest.approx(ALPHA * SPENT * RESERVE * (1 - PLANNED / numbers))


def test_later_candidates_have_to_show_more():
    levels = [level_of(number) for number in range(1, 200)]
    assert levels == sorted(levels)
    assert levels[PLANNED] > levels[PLANNED - 1]
