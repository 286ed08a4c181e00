import numpy as np
import pytest

from scoring.charts import distribution, means
from scoring.models import Profile, Score, ScoreJob
from scoring.running import score_dataset
from scoring.summary import Shared, Summary, summarise


def row(finals, **values):
    known = np.array(finals, dtype=float)
    moments = {"mean": known.mean(), "mean_of_squares": (known**2).mean()} if len(known) else {}
    base = {"name": "v1", "known": len(known), "mean": None, "mean_of_squares": None}
    return base | moments | {"below": 0, "theta_rule": 0} | values


def test_the_interval_is_the_students_textbook_one():
    finals = [0.2, 0.4, 0.6, 0.8]
    summary = summarise(row(finals), 4)
    half = 1.959964 * np.std(finals, ddof=1) / 2
    assert (summary.mean, summary.low, summary.high) == pytest.approx((0.5, 0.5 - half, 0.5 + half))


def test_one_score_has_no_interval_and_none_has_no_mean():
    assert summarise(row([0.7]), 1).low is None
    assert summarise(row([]), 0).mean is None
    assert summarise(row([]), 0).coverage is None


def test_shares_are_of_the_known_ones():
    summary = Summary("v1", wanted=10, known=5, mean=0.5, low=0.4, high=0.6, below=2, theta_rule=1)
    assert (summary.coverage, summary.share_below, summary.share_theta) == (0.5, 0.4, 0.2)


def test_the_distribution_shows_shares_of_each_version():
    rows = [
        {"version__name": "v1", "bin": 0, "count": 1},
        {"version__name": "v1", "bin": 19, "count": 3},
        {"version__name": "v2", "bin": 10, "count": 2},
    ]
    first, second = distribution(rows).data
    assert (first.y[0], first.y[19], second.y[10]) == (0.25, 0.75, 1.0)


def test_a_version_without_scores_is_not_drawn():
    known = Summary("v1", 2, 2, 0.5, 0.4, 0.6, 0, 0)
    unknown = Summary("v2", 2, 0, None, None, None, 0, 0)
    assert list(means([known, unknown]).data[0].y) == ["v1"]


@pytest.mark.django_db
@pytest.mark.database
def test_the_database_counts_what_numpy_counts(compared, scorers, scorer_set):
    ScoreJob.objects.create(dataset=compared).run(score_dataset)
    Score.objects.filter(split="test").update(match_cloud=None, final=None)
    profile = Profile.objects.active_for(compared, scorer_set)
    rows = Score.objects.of(scorer_set, compared, "human")
    summary = summarise(rows.summary_by_version(profile)[0], 4)
    finals = np.array(list(rows.filter(final__isnull=False).values_list("final", flat=True)))
    assert summary.known == 3
    assert summary.mean == pytest.approx(finals.mean())
    assert summary.below == (finals < profile.threshold).sum()
    assert sum(bin_["count"] for bin_ in rows.histogram()) == 3
    assert not Score.objects.of(scorer_set, compared, "cloud").exists()


@pytest.mark.django_db
@pytest.mark.database
def test_a_final_score_of_one_falls_into_the_last_bin(compared, scorers, scorer_set):
    ScoreJob.objects.create(dataset=compared).run(score_dataset)
    Score.objects.update(final=1.0)
    assert [bin_["bin"] for bin_ in Score.objects.of(scorer_set, compared, "human").histogram()] == [19]


def test_beside_a_baseline_both_means_stand_in_the_row_of_the_version():
    version, baseline = Summary("lora", 3, 3, 0.4, 0.3, 0.5, 0, 0), Summary("base", 3, 3, 0.6, 0.5, 0.7, 0, 0)
    mine, theirs = means([], [Shared(version, baseline)]).data
    assert (list(mine.x), list(mine.y), list(theirs.x), list(theirs.y)) == ([0.4], ["lora"], [0.6], ["lora"])
    assert theirs.name == "base"
