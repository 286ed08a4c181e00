import numpy as np
import pytest

from review.calibration.estimating.corrected import Population, corrected, corrected_difference, corrected_mean
from review.calibration.measures.clusters import Clusters, clustered_mean

AT = np.arange(300)
SCORES = np.sin(1.7 * AT)
OUTCOMES = 0.6 * SCORES + 0.5 * np.cos(0.37 * AT * AT)


def read(which, groups=AT, weights=None):
    """The replies of which a mask says that people read them."""
    return Population(np.where(which, OUTCOMES, np.nan), SCORES, groups, weights)


def shop(seed, dialogues=1000, rho=0.5, shared=0.5):
    """Outcomes and scores of three replies a dialogue; what both have in common is `shared` by the dialogue."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(dialogues), 3)
    common = np.sqrt(shared) * rng.normal(size=dialogues)[groups] + np.sqrt(1 - shared) * rng.normal(size=3 * dialogues)
    outcomes, scores = (np.sqrt(rho) * common + np.sqrt(1 - rho) * rng.normal(size=3 * dialogues) for _ in range(2))
    return outcomes, scores, groups


# --- against published formulas and other packages


def test_worked_with_the_formulas_of_the_paper():
    """Dialogues of one turn: λ = Cov(Y, f) / ((1 + n/N) Var f) of PPI++, equation 9, with the variances found here."""
    found = corrected_mean(read(AT < 100))
    outcomes, scores, others = OUTCOMES[:100], SCORES[:100], SCORES[100:]
    tuned = np.cov(outcomes, scores)[0, 1] / 100 / (scores.var(ddof=1) / 100 + others.var(ddof=1) / 200)
    assert found.mean == pytest.approx(outcomes.mean() - tuned * (scores.mean() - others.mean()), abs=1e-5)
    variance = (outcomes - tuned * scores).var(ddof=1) / 100 * 99 / 98 + tuned**2 * others.var(ddof=1) / 200
    assert (found.high - found.low) / 2 == pytest.approx(1.97 * np.sqrt(variance), rel=0.01)


def test_it_agrees_with_the_package_of_the_authors():
    """What ppi_mean_ci of ppi-python 0.2.3 gives; it takes the normal distribution, so that ours is a little wider."""
    found = corrected_mean(read(AT < 100))
    assert found.mean == pytest.approx(0.02886184, abs=0.0005)
    assert (found.low, found.high) == (pytest.approx(-0.0577721, abs=0.002), pytest.approx(0.1154958, abs=0.002))
    assert found.high - found.low > 0.1154958 + 0.0577721


def test_weights_agree_with_the_package_of_the_authors():
    """What ppi_mean_ci of ppi-python 0.2.3 gives with these weights of what was read."""
    found = corrected_mean(read(AT < 100, weights=np.where(AT < 100, 1 + np.abs(np.cos(AT)), np.nan)))
    assert found.mean == pytest.approx(0.02594643, abs=0.0005)
    assert (found.low, found.high) == (pytest.approx(-0.0634273, abs=0.002), pytest.approx(0.1153202, abs=0.002))


def test_clusters_agree_with_glide():
    """What ClusteredPPIMeanEstimator of glide-py 0.11 gives for 34 read dialogues of three."""
    found = corrected_mean(read(AT < 102, groups=AT // 3))
    assert found.mean == pytest.approx(0.0325895, abs=0.0005)
    assert (found.low, found.high) == (pytest.approx(-0.0385666, abs=0.005), pytest.approx(0.1037456, abs=0.005))


def test_weights_agree_with_glide():
    """What ASIMeanEstimator of glide-py 0.11 gives; it divides by the number of replies, not by the sum of weights."""
    likely = 0.2 + 0.3 * np.abs(np.cos(AT))
    chosen = np.random.default_rng(3).random(300) < likely
    found = corrected_mean(read(chosen, weights=np.where(chosen, 1 / likely, np.nan)))
    assert found.mean == pytest.approx(0.0117215, abs=0.001)
    assert (found.low, found.high) == (pytest.approx(-0.0623920, abs=0.007), pytest.approx(0.0858350, abs=0.007))


# --- what it must do


def test_scores_that_say_nothing_change_nothing():
    population = Population(np.where(AT < 100, OUTCOMES, np.nan), np.full(300, 0.5), AT)
    assert corrected_mean(population).mean == pytest.approx(OUTCOMES[:100].mean())


def test_where_all_was_read_it_is_the_mean_of_what_people_said():
    found, alone = corrected_mean(read(AT >= 0), level=0.99), clustered_mean(OUTCOMES, level=0.99)
    assert (found.mean, found.level, found.n) == (pytest.approx(alone.mean), 0.99, 300)
    assert found.high - found.low == pytest.approx(alone.high - alone.low, rel=0.01)


def test_the_tuning_makes_the_variance_smallest():
    population = read(AT < 60, groups=AT // 3)
    people = Clusters.of(OUTCOMES[:60], AT[:60] // 3)
    machine, everywhere = Clusters.of(SCORES[:60], AT[:60] // 3), Clusters.of(SCORES, AT // 3)

    def variance(tuned):
        of_read = people.deviations - tuned * (machine.deviations - everywhere.deviations[:20])
        return (of_read**2).sum() + tuned**2 * (everywhere.deviations[20:] ** 2).sum()

    tuned = (people.mean - corrected_mean(population).mean) / (machine.mean - everywhere.mean)
    assert variance(tuned) < min(variance(tuned - 0.01), variance(tuned + 0.01))


def test_it_is_narrower_than_verdicts_alone_and_knows_more_than_the_scores():
    outcomes, scores, groups = shop(1)
    found = corrected(Population(np.where(groups < 20, outcomes, np.nan), scores + 0.3, groups))
    assert found.corrected.n == 60 and found.verdicts.n == 60 and found.naive.n == 3000
    assert found.narrower > 0.15
    assert found.corrected.low < outcomes.mean() < found.corrected.high
    assert found.naive.lies_above(outcomes.mean())  # sure, and wrong


def test_a_dialogue_may_be_read_in_part():
    outcomes, scores, groups = shop(2)
    turn = np.arange(len(groups)) % 3
    found = corrected(Population(np.where((groups < 60) & (turn == 0), outcomes, np.nan), scores, groups))
    assert found.corrected.n == 60
    assert found.corrected.low < outcomes.mean() < found.corrected.high


def test_weights_undo_that_the_worst_were_read_first():
    outcomes, scores, groups = shop(3)
    worst, drawn = np.argsort(scores)[:300], np.random.default_rng(4).permutation(3000)[:150]
    said = np.full(3000, np.nan)
    said[worst], said[drawn] = outcomes[worst], outcomes[drawn]
    is_low = scores <= scores[worst].max()
    of_rest = np.isin(np.arange(3000), drawn) & ~is_low
    weights = np.where(is_low, 1.0, (~is_low).sum() / of_rest.sum())
    plain, weighed = corrected(Population(said, scores, groups)), corrected(Population(said, scores, groups, weights))
    assert weighed.corrected.low < outcomes.mean() < weighed.corrected.high
    assert plain.verdicts.lies_below(outcomes.mean())
    assert weighed.verdicts.low < outcomes.mean() < weighed.verdicts.high


def test_verdicts_of_unknown_probability_do_not_count():
    weights = np.where(AT < 50, 1.0, np.nan)
    found = corrected(read(AT < 100, weights=weights))
    assert found.corrected.n == found.verdicts.n == 50
    assert found.corrected.mean == pytest.approx(corrected(read(AT < 50)).corrected.mean)


def test_two_versions_on_the_same_turns():
    """What the dialogues have in common cancels: much narrower than for versions on turns of their own."""
    outcomes, scores, groups = shop(5, rho=0.8)
    rng = np.random.default_rng(6)
    better = outcomes + 0.2 + 0.3 * rng.normal(size=3000)
    its_scores = scores + 0.1 + 0.3 * rng.normal(size=3000)
    is_read = groups < 40
    new, old = (
        Population(np.where(is_read, values, np.nan), by, groups)
        for values, by in ((better, its_scores), (outcomes, scores))
    )
    together = corrected_difference(new, old)
    assert together.corrected.low < 0.2 < together.corrected.high
    assert together.corrected.n == 240 and together.naive.n == 6000
    apart = corrected_difference(new, Population(old.said, scores, groups + 1000))
    assert apart.corrected.mean == pytest.approx(together.corrected.mean, abs=0.3)
    assert together.corrected.high - together.corrected.low < 0.5 * (apart.corrected.high - apart.corrected.low)


def test_the_difference_of_a_version_to_itself_is_nothing():
    population = read(AT < 100)
    found = corrected_difference(population, population)
    assert (found.corrected.mean, found.verdicts.mean, found.naive.mean) == (0, 0, 0)


def test_with_verdicts_in_one_dialogue_nothing_is_corrected():
    found = corrected(read(AT < 5, groups=AT // 5))
    assert found.corrected.mean is None and found.to_halve is None and found.narrower is None
    assert found.naive.low is not None and found.verdicts.mean == pytest.approx(OUTCOMES[:5].mean())


# --- how many more


def test_so_many_verdicts_more_do_halve_the_interval():
    widths = []
    for seed in range(30):
        outcomes, scores, groups = shop(seed, dialogues=3000)
        now = corrected(Population(np.where(groups < 20, outcomes, np.nan), scores, groups))
        n = 60 + now.to_halve
        then = corrected(Population(np.where(groups < n // 3, outcomes, np.nan), scores, groups))
        widths.append((then.corrected.high - then.corrected.low) / (now.corrected.high - now.corrected.low))
    assert np.median(widths) == pytest.approx(0.5, abs=0.05)


def test_where_reading_all_would_not_halve_it_nobody_is_asked_to():
    assert corrected(read(AT < 200)).to_halve is None
    assert corrected(read(AT < 30)).to_halve in range(1, 271)
