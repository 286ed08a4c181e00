import numpy as np
import pytest

from scoring.figures.listing import page_of


@pytest.mark.parametrize("seed", range(5))
def test_the_pages_are_the_sorted_rows_in_turn(seed):
    random = np.random.default_rng(seed)
    numbers = random.random(200).round(1)
    numbers[random.random(200) < 0.2] = np.nan
    ids = random.permutation(1000)[:200]
    expected = sorted((number, pk) for number, pk in zip(numbers, ids, strict=True) if not np.isnan(number))
    found, key = [], None
    while True:
        page, key = page_of(numbers, ids, 7, key)
        assert len(page) <= 7
        found += [(numbers[i], ids[i]) for i in page]
        if key is None:
            break
    assert found == expected


def test_nothing_known_is_one_empty_page():
    page, key = page_of(np.array([np.nan]), np.array([1]), 5)
    assert (len(page), key) == (0, None)
