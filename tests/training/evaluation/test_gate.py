import numpy as np
import pytest

from dialogues.models import Answer, EvalSet
from review.calibration.measures.clusters import clustered_mean
from scoring.models import Profile
from tests import build
from training.evaluation.assessing import assess
from training.evaluation.gate import Gate
from training.evaluation.paired_comparison import MIN_PAIRS, compare
from training.evaluation.sets import NothingToMeasure, gate_set
from training.evaluation.spending import level_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset(db):
    return build.shop(splits=["test"] * 30)


@pytest.fixture
def champion(db):
    return build.version("v1")


@pytest.fixture
def candidate(db):
    return build.version("v2")


@pytest.fixture
def general(champion, candidate):
    """The regression set, on which nothing changes."""
    dataset = build.shop("general", ["test"] * 25)
    for version in (champion, candidate):
        build.scored(dataset, version, [0.6] * 25)
    return gate_set(dataset, "human")


def assessed(candidate, champion, *sets):
    """The gate after both sets have assessed the candidate, where enough is measured."""
    for eval_set in sets:
        assess(candidate, champion, eval_set)
    return Gate.from_scores(candidate, champion, *sets)


def test_a_clear_gain_is_offered(dataset, champion, candidate, general):
    build.scored(dataset, champion, [0.4 + 0.001 * i for i in range(30)])
    build.scored(dataset, candidate, [0.5 + 0.002 * i for i in range(30)])
    gate = assessed(candidate, champion, gate_set(dataset, "human"), general)
    assert gate.main.difference.mean == pytest.approx(0.1 + 0.001 * 14.5)
    assert (gate.main.outcomes.wins, gate.main.outcomes.losses) == (30, 0)
    assert (gate.outcome, gate.regression_outcome, gate.offered) == ("better", "holds", True)


def test_before_the_set_has_assessed_the_candidate_nothing_follows(dataset, champion, candidate, general):
    build.scored(dataset, champion, [0.4] * 30)
    build.scored(dataset, candidate, [0.9] * 30)
    gate = Gate.from_scores(candidate, champion, gate_set(dataset, "human"), general)
    assert (gate.outcome, gate.regression_outcome, gate.offered) == ("unassessed", "unassessed", False)


def test_the_interval_pays_for_the_candidates_before(dataset, champion, general):
    build.scored(dataset, champion, [0.4] * 30)
    for i in range(3):
        candidate = build.version(f"candidate {i}")
        build.scored(dataset, candidate, [0.4, 0.46] * 15)
        gate = assessed(candidate, champion, gate_set(dataset, "human"), general)
    assert (gate.main.assessed, gate.main.number, gate.main.level) == (3, 3, level_of(3))
    alone = clustered_mean(np.array([0, 0.06] * 15))
    assert gate.main.difference.low < alone.low
    assert gate.main.difference.percent == "99.91"
    assert gate.outcome == "better"


def test_a_gain_with_the_assistant_forgotten_is_not_offered(dataset, champion, candidate):
    build.scored(dataset, champion, [0.4] * 30)
    build.scored(dataset, candidate, [0.5] * 30)
    general = build.shop("general", ["test"] * 25)
    build.scored(general, champion, [0.6] * 25)
    build.scored(general, candidate, [0.5] * 25)
    gate = assessed(candidate, champion, gate_set(dataset, "human"), gate_set(general, "human"))
    assert (gate.outcome, gate.regression_outcome, gate.offered) == ("better", "fails", False)


def test_a_gain_that_may_be_chance_is_not_offered(dataset, champion, candidate, general):
    build.scored(dataset, champion, [0.4] * 30)
    build.scored(dataset, candidate, [0.2, 0.61] * 15)
    gate = assessed(candidate, champion, gate_set(dataset, "human"), general)
    assert gate.main.difference.mean > 0
    assert (gate.outcome, gate.offered) == ("undecided", False)


def test_a_loss_is_called_worse(dataset, champion, candidate, general):
    build.scored(dataset, champion, [0.4] * 30)
    build.scored(dataset, candidate, [0.3] * 30)
    assert assessed(candidate, champion, gate_set(dataset, "human"), general).outcome == "worse"


def test_few_pairs_prove_nothing(champion, candidate, general):
    few = build.shop("few", ["test"] * (MIN_PAIRS - 1))
    build.scored(few, champion, [0.1] * (MIN_PAIRS - 1))
    build.scored(few, candidate, [0.9] * (MIN_PAIRS - 1))
    assert assessed(candidate, champion, gate_set(few, "human"), general).outcome == "few"


def test_while_a_part_of_the_set_is_still_unanswered_nothing_is_offered(dataset, champion, candidate, general):
    build.scored(dataset, champion, [0.4] * 30)
    build.scored(dataset, candidate, [0.9] * 25 + [...] * 5)
    gate = assessed(candidate, champion, gate_set(dataset, "human"), general)
    assert (gate.outcome, gate.offered) == ("partial", False)


def test_only_pairs_that_both_have_are_compared_and_unknown_ones_are_counted(dataset, champion, candidate):
    build.scored(dataset, champion, [0.4] * 20 + [None] * 2 + [...] * 8)
    build.scored(dataset, candidate, [...] * 5 + [0.5] * 25)
    paired = compare(candidate, champion, gate_set(dataset, "human"))
    assert (paired.wanted, paired.both, paired.known, paired.unknown) == (30, 17, 15, 2)
    assert paired.coverage == 0.5
    assert paired.mean_before == pytest.approx(0.4)


def test_acceptance_is_compared_at_the_threshold_of_the_profile(dataset, champion, candidate):
    # before: 10 accepted, after: 8 of those and 12 others. Discordant 2 : 12.
    build.scored(dataset, champion, [0.6] * 10 + [0.4] * 20)
    build.scored(dataset, candidate, [0.6] * 8 + [0.4] * 2 + [0.5] * 12 + [0.4] * 8)
    paired = compare(candidate, champion, gate_set(dataset, "human"))
    assert (paired.accepted_before, paired.accepted_after) == (10, 20)
    assert paired.mcnemar_p == pytest.approx(2 * (1 + 14 + 91) / 2**14)


def test_the_three_best_and_the_three_worst_are_named(dataset, champion, candidate):
    build.scored(dataset, champion, [0.5] * 30)
    build.scored(dataset, candidate, [0.9, 0.8, 0.7, 0.6, 0.1, 0.2] + [0.5] * 24)
    paired = compare(candidate, champion, gate_set(dataset, "human"))
    assert [round(changed.gain, 6) for changed in paired.best] == [0.4, 0.3, 0.2]
    assert [round(changed.gain, 6) for changed in paired.worst] == [-0.4, -0.3]
    assert paired.best[0].after.comparison.end.text == "v2 question 0"
    assert paired.best[0].before.comparison.end.text == "v1 question 0"


def test_another_alpha_is_used_without_scoring_again(dataset, champion, candidate):
    build.scored(dataset, champion, [0.4] * 30)
    build.scored(dataset, candidate, [0.6] * 30)
    frozen = gate_set(dataset, "human")
    Profile.objects.revise(dataset, build.scorer_set(), alpha=0.5, theta=0.0)
    assert compare(candidate, champion, frozen).mean_after == pytest.approx(0.55)


def test_answers_with_other_settings_than_an_evaluation_has_do_not_count(dataset, champion, candidate):
    build.scored(dataset, champion, [0.4] * 30)
    build.scored(dataset, candidate, [0.9] * 30, settings_hash="chat")
    assert compare(candidate, champion, gate_set(dataset, "human")).both == 0


def test_without_scores_nothing_is_measured(dataset, champion, candidate):
    empty = EvalSet.objects.create(name="empty")
    assert compare(candidate, champion, empty) is None
    gate = Gate.from_scores(candidate, champion, None, None)
    assert (gate.outcome, gate.regression_outcome, gate.offered) == ("unmeasured", "unmeasured", False)


def test_a_frozen_set_stays_as_it_was(dataset):
    first = gate_set(dataset, "human")
    Answer.objects.filter(pk__in=Answer.objects.order_by("-id").values("pk")[:1]).update(text="anders")
    other = build.shop("other", ["test"] * 31)
    assert gate_set(dataset, "human") == first != gate_set(other, "human")
    assert first.items.count() == 30


def test_a_set_without_references_says_so(dataset):
    with pytest.raises(NothingToMeasure, match="test split of shop"):
        gate_set(dataset, "cloud")


def test_train_dialogues_do_not_measure(champion):
    dataset = build.shop("taught", ["train"] * 3)
    build.scored(dataset, champion, [0.4] * 3)
    with pytest.raises(NothingToMeasure):
        gate_set(dataset, "human")
