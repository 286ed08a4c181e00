import numpy as np
import pytest

from review.calibration.estimating.corrected import Population, corrected
from review.calibration.estimating.next_items import draw_next
from review.calibration.estimating.sampling import cells_of, region_of_lowest, sampled

SCORES, CHANCE = np.random.default_rng(11).random((2, 2000))
OUTCOMES = (CHANCE < SCORES).astype(float)
SHUFFLED = np.random.default_rng(12).permutation(2000)


def read(chosen):
    mask = np.zeros(2000, dtype=bool)
    mask[chosen] = True
    return mask


def test_what_was_read_stands_for_all_of_its_cell():
    """The hundred worst and 60 drawn of all: a worst one stands for itself, one of the others for some thirty."""
    worst, drawn = read(np.argsort(SCORES)[:100]), read(SHUFFLED[:60])
    region = region_of_lowest(SCORES, worst)
    assert (region == worst).all()
    found = sampled(cells_of([region], 2000), worst | drawn, ~np.isnan(SCORES))
    assert set(found.weights[worst]) == {1.0}
    others = drawn & ~worst
    assert found.weights[others] == pytest.approx(1900 / others.sum())
    assert np.isnan(found.weights[~worst & ~drawn]).all()
    assert np.nansum(found.weights) == pytest.approx(2000)
    assert found.covered == 1 and not found.is_even


def test_random_items_alone_weigh_the_same():
    found = sampled(cells_of([], 2000), read(SHUFFLED[:60]), np.ones(2000, bool))
    assert found.is_even and found.covered == 1


def test_the_worst_alone_stand_for_no_others():
    worst = read(np.argsort(SCORES)[:100])
    found = sampled(cells_of([region_of_lowest(SCORES, worst)], 2000), worst, np.ones(2000, bool))
    assert found.covered == pytest.approx(0.05)


def test_two_queues_make_four_cells():
    low, middle = SCORES < 0.3, np.abs(SCORES - 0.3) < 0.1
    cells = cells_of([low, middle], 2000)
    assert len(np.unique(cells)) == 4
    assert (np.unique(cells[low & middle]).size, np.unique(cells[~low & ~middle]).size) == (1, 1)


def test_a_queue_that_took_nothing_has_no_region():
    assert not region_of_lowest(SCORES, read([])).any()


def test_a_lone_verdict_covers_nothing_but_a_cell_of_one():
    cells = np.array([0, 0, 0, 1, 2, 2])
    found = sampled(cells, np.array([1, 0, 0, 1, 1, 1], bool), np.ones(6, bool))
    assert found.covered == pytest.approx(3 / 6)


# --- what to review next


def test_a_random_draw_of_what_nobody_read():
    is_read = read(SHUFFLED[:60])
    population = Population(
        np.where(is_read, OUTCOMES, np.nan), np.where(np.arange(2000) < 5, np.nan, SCORES), np.arange(2000)
    )
    draw = draw_next(population, 24)
    assert len(set(draw.items)) == 24
    assert not is_read[draw.items].any() and (draw.items >= 5).all()
    assert draw.then < draw.half_width
    assert (draw_next(population, 24).items == draw.items).all()
    assert (draw_next(population, 24, seed=2).items != draw.items).any()


def test_as_many_as_halve_the_interval_are_said_to_halve_it():
    is_read = read(np.arange(60))
    population = Population(np.where(is_read, OUTCOMES, np.nan), SCORES, np.arange(2000))
    draw = draw_next(population, corrected(population).to_halve)
    assert draw.then == pytest.approx(draw.half_width / 2, rel=0.05)


def test_more_is_read_where_people_differ():
    """Up to .75 everything is refused; above it is as likely accepted as not."""
    said = np.where(SCORES < 0.75, 0.0, (CHANCE < 0.5) * 1.0)
    is_read = read(SHUFFLED[:200])
    draw = draw_next(Population(np.where(is_read, said, np.nan), SCORES, np.arange(2000)), 100)
    assert [band.replies for band in draw.bands] == [500] * 4
    assert draw.bands[3].more > 2 * max(band.more for band in draw.bands[:3])
    assert len(draw.items) == sum(band.more for band in draw.bands) == 100
    even = Population(np.where(is_read, said, np.nan), SCORES, np.arange(2000), np.ones(2000))
    assert draw_next(even, 100).bands == []  # where weights differ already
    assert draw.then < draw_next(even, 100).then


def test_without_verdicts_there_is_a_random_draw_and_no_promise():
    draw = draw_next(Population(np.full(2000, np.nan), SCORES, np.arange(2000)), 10)
    assert (len(draw.items), draw.half_width, draw.then) == (10, None, None)
