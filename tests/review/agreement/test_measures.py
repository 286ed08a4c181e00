"""The statistics of agreement against published worked examples, reference implementations, and numbers by hand."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from review.agreement.measures.bootstrap import with_interval
from review.agreement.measures.bradley_terry import LOSS, TIE, WIN, Games, strengths
from review.agreement.measures.cohen import clusters_of, cohen_kappa, shared_of, standard_errors
from review.agreement.measures.counting import counts_of
from review.agreement.measures.dawid_skene import dawid_skene
from review.agreement.measures.estimates import Estimate
from review.agreement.measures.fleiss import FLEISS
from review.agreement.measures.krippendorff import NOMINAL, ORDINAL
from review.agreement.measures.pace import per_hour, robust_z
from review.agreement.measures.percent import PERCENT
from review.agreement.measures.wilson import share_of, wilson

COEFFICIENTS = {"percent": PERCENT, "fleiss": FLEISS, "nominal": NOMINAL, "ordinal": ORDINAL}

# Krippendorff (2011), section D: four observers, twelve units, five values, some missing; the twelfth has one value.
OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
# Fleiss (1971), Table 1: 30 patients, six psychiatrists each, five diagnoses.
PSYCHIATRIC = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""
# Dawid and Skene (1979), Table 1: 45 patients, the first of five anaesthetists rated each three times.
ANAESTHETISTS = """
1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343 1111111 2223212 1211111
1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222 1111111 1111111 1121121
1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
"""


def table(text: str) -> np.ndarray:
    return np.array([[int(digit) for digit in word] for word in text.split()])


def krippendorffs_counts() -> np.ndarray:
    units = zip(*(row.split() for row in OBSERVERS), strict=True)
    return np.array([[unit.count(str(value)) for value in range(1, 6)] for unit in units])


def anaesthetists() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    codes = table(ANAESTHETISTS) - 1
    items, columns = np.indices(codes.shape)
    return items.ravel(), np.array([0, 0, 0, 1, 2, 3, 4])[columns.ravel()], codes.ravel()


# --- agreement


def test_alpha_of_krippendorffs_own_example():
    assert NOMINAL.of(krippendorffs_counts()) == pytest.approx(0.743, abs=5e-4)
    assert ORDINAL.of(krippendorffs_counts()) == pytest.approx(0.815, abs=5e-4)


def test_kappa_of_fleiss_psychiatric_diagnoses():
    counts = table(PSYCHIATRIC)
    assert FLEISS.of(counts) == pytest.approx(0.430, abs=5e-4)
    assert PERCENT.of(counts) == pytest.approx(0.556, abs=5e-4)  # his P


def test_kappa_of_cohens_own_table():
    assert cohen_kappa(np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])) == pytest.approx(0.492, abs=5e-4)


def test_an_item_counts_once_in_fleiss_kappa_however_many_rated_it():
    """By hand: P = (1 + 1/3 + 0) / 3; shares (1 + 2/3 + 1/2, 1/3 + 1/2) / 3; the item with one opinion says nothing."""
    counts = np.array([[2, 0], [2, 1], [1, 1], [0, 1]])
    observed, first = (1 + 1 / 3) / 3, (1 + 2 / 3 + 1 / 2) / 3
    expected = first**2 + (1 - first) ** 2
    assert FLEISS.of(counts) == pytest.approx((observed - expected) / (1 - expected))


@pytest.mark.parametrize("name", COEFFICIENTS)
@pytest.mark.parametrize("counts", [np.array([[1, 0], [0, 1]]), np.zeros((0, 2), dtype=int)], ids=["one rater", "none"])
def test_without_two_opinions_agreement_is_undefined(name, counts):
    assert np.isnan(COEFFICIENTS[name].of(counts))
    groups = np.arange(len(counts))
    assert with_interval(COEFFICIENTS[name], counts, groups) == Estimate(None, None, None, 0)


@pytest.mark.parametrize("name", ["fleiss", "nominal", "ordinal"])
def test_with_one_category_agreement_beyond_chance_is_undefined(name):
    estimate = with_interval(COEFFICIENTS[name], np.array([[2, 0], [3, 0]]), np.arange(2))
    assert estimate == Estimate(None, None, None, 2)
    assert np.isnan(cohen_kappa(np.array([[5, 0], [0, 0]])))


def test_the_tables_of_pairs_are_those_of_cohens_kappa_by_scikit_learn():
    rng = np.random.default_rng(3)
    codes = rng.integers(0, 3, (50, 4))
    given = rng.random((50, 4)) < 0.7
    items, raters = np.nonzero(given)
    shuffled = rng.permutation(len(items))
    shared = shared_of(items[shuffled], raters[shuffled], codes[given][shuffled], items[shuffled], 3)
    assert shared.pairs.tolist() == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
    for (a, b), counted, kappa in zip(shared.pairs, shared.tables, cohen_kappa(shared.tables), strict=True):
        both = given[:, a] & given[:, b]
        assert counted.sum() == both.sum()
        assert kappa == pytest.approx(cohen_kappa_score(codes[both, a], codes[both, b]))


def test_nobody_who_shares_an_item_makes_no_pair():
    shared = shared_of(np.array([0, 1]), np.array([0, 1]), np.array([2, 2]), np.array([0, 1]), 3)
    assert (shared.pairs.shape, shared.tables.shape, standard_errors(shared).shape) == ((0, 2), (0, 3, 3), (0,))


def said_by_two(table: np.ndarray, groups: np.ndarray | None = None):
    """What two raters said whose table is this; each item is a cluster of its own where none are given."""
    first, second = np.repeat(np.indices(table.shape).reshape(2, -1), table.ravel(), axis=1)
    n = len(first)
    items, raters = np.tile(np.arange(n), 2), np.repeat([0, 1], n)
    of_items = np.arange(n) if groups is None else groups
    return shared_of(items, raters, np.concatenate([first, second]), np.tile(of_items, 2), len(table))


def test_the_standard_error_of_kappa_is_that_of_fleiss_cohen_and_everitt():
    """Their formula (1969, equation 13), for the diagnoses of two clinicians in Fleiss (1981), page 214."""
    table = np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    p = table / 100
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    expected = rows @ columns
    kappa = (np.trace(p) - expected) / (1 - expected)
    a = sum(p[i, i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in range(3))
    off = [(i, j) for i in range(3) for j in range(3) if i != j]
    b = (1 - kappa) ** 2 * sum(p[i, j] * (columns[i] + rows[j]) ** 2 for i, j in off)
    c = (kappa - expected * (1 - kappa)) ** 2
    by_formula = np.sqrt((a + b - c) / 100) / (1 - expected)
    shared = said_by_two(table)
    assert cohen_kappa(shared.tables)[0] == pytest.approx(0.676, abs=5e-4)
    assert standard_errors(shared)[0] == pytest.approx(by_formula * np.sqrt(100 / 99))


def test_items_of_one_dialogue_tell_less_of_kappa_than_as_many_of_their_own():
    """A hundred items that are each said ten times over are worth a tenth."""
    table = 10 * np.array([[4, 1], [2, 3]])
    alone, together = said_by_two(table), said_by_two(table, np.arange(100) // 10)
    assert clusters_of(together).tolist() == [10]
    ratio_of_errors = standard_errors(together)[0] / standard_errors(alone)[0]
    assert ratio_of_errors == pytest.approx(np.sqrt(10 * (10 / 9) / (100 / 99)))


def test_counts_of_opinions():
    assert counts_of(np.array([0, 2, 2]), np.array([1, 0, 0]), 2).tolist() == [[0, 1], [0, 0], [2, 0]]


# --- intervals of agreement


def opinions_in_dialogues(rng, dialogues: int, depends: bool) -> tuple[np.ndarray, np.ndarray]:
    """Two opinions about each of five items of each dialogue; where `depends`, a dialogue is all easy or all hard."""
    hard = np.repeat(rng.random(dialogues) < 0.5, 5) if depends else rng.random(5 * dialogues) < 0.5
    first = rng.integers(0, 2, 5 * dialogues)
    second = np.where(hard, rng.integers(0, 2, 5 * dialogues), first)
    items = np.tile(np.arange(5 * dialogues), 2)
    return counts_of(items, np.concatenate([first, second]), 2), np.repeat(np.arange(dialogues), 5)


def test_the_interval_holds_the_true_alpha_about_as_often_as_it_says():
    """Half of the items are guessed by the second rater, so that the true alpha is ½; dialogues are easy or hard."""
    rng = np.random.default_rng(11)
    found = [with_interval(NOMINAL, *opinions_in_dialogues(rng, 60, depends=True)) for _ in range(200)]
    assert 0.9 <= np.mean([not estimate.excludes(0.5) for estimate in found]) <= 0.98


def test_an_interval_that_forgot_the_dialogues_would_be_narrower():
    counts, groups = opinions_in_dialogues(np.random.default_rng(5), 200, depends=True)
    clustered, forgotten = with_interval(FLEISS, counts, groups), with_interval(FLEISS, counts, np.arange(len(groups)))
    assert clustered.value == forgotten.value
    assert clustered.high - clustered.low > 1.3 * (forgotten.high - forgotten.low)


def test_the_interval_is_the_same_each_time_and_of_many_dialogues_about_as_wide_as_it_should_be():
    rng = np.random.default_rng(7)
    small, large = opinions_in_dialogues(rng, 1000, depends=True), opinions_in_dialogues(rng, 9000, depends=True)
    widths = [estimate.high - estimate.low for estimate in (with_interval(NOMINAL, *data) for data in (small, large))]
    assert with_interval(NOMINAL, *small) == with_interval(NOMINAL, *small)
    assert widths[0] / widths[1] == pytest.approx(3, rel=0.15)


@pytest.mark.parametrize("dialogues", [1, 3])
def test_a_few_dialogues_have_no_interval(dialogues):
    estimate = with_interval(NOMINAL, np.array([[2, 0], [1, 1], [0, 2]]), np.arange(3) % dialogues)
    assert estimate.value == pytest.approx(4 / 9)  # by hand: 1 - 5 · 2 / (2 · 9)
    assert (estimate.low, estimate.high, estimate.n) == (None, None, 3)


# --- shares


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_in_table_1_of_newcombe_1998(successes, n, low, high):
    assert wilson(successes / n, n) == pytest.approx((low, high), abs=5e-5)
    assert wilson(successes / n, n) == pytest.approx(tuple(binomtest(successes, n).proportion_ci(method="wilson")))


def test_a_share_of_independent_values_has_wilsons_interval():
    values = np.repeat([1.0, 0.0], [81, 182])
    estimate = share_of(values)
    assert (estimate.low, estimate.high, estimate.n) == (*wilson(81 / 263, 263), 263)
    assert share_of(np.empty(0)) == Estimate(None, None, None, 0)


def test_values_that_only_repeat_within_their_dialogue_count_once():
    values, groups = np.repeat([1.0, 0.0], 20), np.repeat(np.arange(8), 5)
    clustered, once = share_of(values, groups), share_of(np.repeat([1.0, 0.0], 4))
    assert clustered.low == pytest.approx(wilson(0.5, 7)[0])  # 8 dialogues, of which the mean takes one
    assert clustered.low < once.low
    assert share_of(np.ones(40), groups).low == wilson(1.0, 8)[0]


# --- consensus


def test_dawid_and_skenes_anaesthetists():
    found = dawid_skene(*anaesthetists(), 4)
    assert found.priors == pytest.approx([0.40, 0.42, 0.11, 0.07], abs=0.005)  # their Table 2
    assert found.errors[0].sum(axis=0) == pytest.approx(np.ones(4))
    # What crowd-kit 1.4.2 says of the same data; it stops a few rounds earlier.
    assert found.priors == pytest.approx([0.3997, 0.4224, 0.1112, 0.0667], abs=4e-3)
    assert found.errors[0, 1] == pytest.approx([0.111, 0.877, 0.335, 0.0], abs=4e-3)
    assert found.posteriors[[2, 37]] == pytest.approx(np.array([[0.007, 0.993, 0, 0], [0, 0.023, 0.977, 0]]), abs=8e-3)
    assert "".join(map(str, found.posteriors.argmax(axis=1) + 1)) == "142222132243121111222222112111131224233111212"


def test_consensus_follows_who_is_mostly_confirmed():
    """One careful rater, one who errs now and then, two who guess: a majority is often led by the two."""
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 2, 400)
    said = np.column_stack([truth, np.where(rng.random(400) < 0.9, truth, 1 - truth), rng.integers(0, 2, (2, 400)).T])
    items, raters = np.indices(said.shape)
    consensus = dawid_skene(items.ravel(), raters.ravel(), said.ravel(), 2).posteriors.argmax(axis=1)
    majority = said.sum(axis=1) > 2
    assert (consensus == truth).mean() > 0.05 + (majority == truth).mean()


# --- Bradley-Terry


def games(*results: tuple[int, int, int, int, int], groups: np.ndarray | None = None) -> Games:
    """From (first, second, wins, ties, losses of the first)."""
    rows = [
        (a, b, o) for a, b, *counts in results for o, n in zip((WIN, TIE, LOSS), counts, strict=True) for _ in range(n)
    ]
    first, second, outcomes = np.array(rows).T
    return Games(first.astype(int), second.astype(int), outcomes, np.arange(len(rows)) if groups is None else groups)


def test_without_ties_strengths_are_those_of_evalica():
    """Computed once with evalica 0.4.2."""
    found = strengths(games((1, 0, 7, 0, 3), (2, 0, 4, 0, 6), (1, 2, 5, 0, 2)), 3)
    assert [estimate.value for estimate in found] == pytest.approx([0, 0.749326, -0.318800], abs=1e-5)
    assert [estimate.n for estimate in found] == [20, 17, 17]


def test_of_two_players_the_strength_is_the_log_of_wins_to_losses():
    """Davidson's model of two players is saturated, and its standard error that of a log of odds."""
    estimate = strengths(games((1, 0, 30, 25, 20)), 2)[1]
    assert estimate.value == pytest.approx(np.log(30 / 20))
    half = 1.959964 * (1 / 30 + 1 / 20) ** 0.5 * (75 / 74) ** 0.5
    assert (estimate.low, estimate.high) == pytest.approx((estimate.value - half, estimate.value + half), rel=1e-5)


def test_davidsons_equations_hold_at_the_maximum():
    """His equations 2.5: each player's wins and half ties are what the model expects, and so are the ties in all."""
    results = [(1, 0, 12, 6, 7), (2, 0, 5, 9, 11), (1, 2, 8, 4, 3)]
    found = np.exp([estimate.value for estimate in strengths(games(*results), 3)])

    def expected(nu: float) -> tuple[np.ndarray, float]:
        points, ties = np.zeros(3), 0.0
        for a, b, *counts in results:
            odds = np.array([found[a], nu * (found[a] * found[b]) ** 0.5, found[b]])
            win, tie, loss = sum(counts) * odds / odds.sum()
            points[[a, b]] += win + tie / 2, loss + tie / 2
            ties += tie
        return points, ties

    low, high = 0.0, 10.0
    for _ in range(80):  # the one ν with as many ties as there were
        middle = (low + high) / 2
        low, high = (middle, high) if expected(middle)[1] < 19 else (low, middle)
    assert expected(low)[0] == pytest.approx([7 + 3 + 11 + 4.5, 12 + 3 + 8 + 2, 5 + 4.5 + 3 + 2], abs=1e-6)


def test_games_of_one_dialogue_count_as_one_that_is_sure():
    results = (1, 0, 30, 10, 20)
    alone, repeated = games(results), games(*[results] * 4)
    groups = np.tile(np.arange(60), 4)
    clustered = strengths(Games(repeated.first, repeated.second, repeated.outcomes, groups), 2)[1]
    once = strengths(alone, 2)[1]
    assert (clustered.low, clustered.high) == pytest.approx((once.low, once.high))


@pytest.mark.parametrize(
    "results", [(1, 0, 5, 0, 0), (1, 0, 0, 5, 0), (1, 0, 3, 3, 0)], ids=["won", "tied", "never lost"]
)
def test_a_strength_that_the_games_do_not_bound_is_unknown(results):
    found = strengths(games(results, (2, 0, 2, 2, 2)), 3)
    known = [estimate.value is not None for estimate in found]
    assert known == ([True] * 3 if results[3] else [False] * 3)


def test_strengths_are_unknown_where_every_game_is_a_tie():
    assert strengths(games((1, 0, 0, 5, 0)), 2) == [Estimate(None, None, None, 5)] * 2


# --- pace


def test_verdicts_an_hour_leave_breaks_out():
    assert per_hour(np.array([0.0, 30, 60, 4000, 4030])) == pytest.approx(120)
    assert np.isnan(per_hour(np.array([0.0, 4000])))
    assert np.isnan(per_hour(np.array([5.0])))


def test_a_robust_z_finds_who_works_at_another_pace():
    z = robust_z(np.log(np.array([9.0, 10, 11, 12, 10, 0.5, np.nan])))
    assert (np.abs(z) > 3.5).tolist() == [False] * 5 + [True, False]
    assert np.isnan(z[6])
    assert np.isnan(robust_z(np.array([1.0, 2, 3, 4]))).all()
    assert np.isnan(robust_z(np.array([1.0, 1, 1, 1, 9]))).all()
