import numpy as np
import pytest
from django.db.models import F

from dialogues.models import Comparison, Dialogue, Turn
from review.calibration.columns import LANGUAGES, SPLITS
from review.calibration.estimating.corrected import corrected
from review.calibration.material import Filter, material_of
from review.models import Tag, TurnTag, VerdictRevision
from scoring.models import Profile, Score, ScorerSet
from scoring.parameters import Parameters
from tests import build
from tests.build import make_round

pytestmark = pytest.mark.django_db
SETTING = Parameters(0.8, 0.2, 0.5)
CYCLE = ["end", "reference", "tie", "both_bad"]


@pytest.fixture
def everybody(person):
    return [person(name, "annotator") for name in ("ann", "bob", "cid")]


@pytest.fixture
def judged(scored, reviewed_by, everybody):
    """Three people have reviewed eight of the train dialogues each, drawn at random."""
    round_ = make_round(build.round_spec(scored, order="random", overlap=3, scores="after"))
    for who in everybody:
        reviewed_by(round_, who, CYCLE * 2)
    return round_


@pytest.mark.database
def test_scores_and_verdicts_are_read_with_three_queries(chosen, judged, django_assert_num_queries):
    everything = chosen()
    with django_assert_num_queries(3):
        found = material_of(everything)
    assert (len(found.replies), len(found.said)) == (30, 24)
    stored = dict(Score.objects.values_list("comparison", "similarity"))
    assert [stored[pk] for pk in found.replies.comparison.tolist()] == found.replies.similarity.tolist()
    turns = dict(Comparison.objects.values_list("pk", "turn"))
    assert [turns[pk] for pk in found.replies.comparison.tolist()] == found.replies.turn.tolist()
    assert {SPLITS[code] for code in found.replies.split} == {"train", "test"}
    assert {LANGUAGES[code] for code in found.replies.language} == {"en"}
    assert found.replies.final(SETTING).tolist() == found.replies.similarity.tolist()  # below Θ


@pytest.mark.database
def test_what_people_said_is_known_by_reply(chosen, judged):
    found = material_of(chosen())
    read = found.mean("outcome")
    assert (~np.isnan(read)).sum() == 8
    assert sorted(read[~np.isnan(read)]) == [0, 0, 0, 0, 0.5, 0.5, 1, 1]
    assert np.nanmean(found.mean("accepted")) == 0.5  # of the end answer: better, or a tie
    assert np.isnan(found.mean("rating")).all()
    opinions = found.said.opinions("outcome")
    assert len(opinions.item) == 24 and len(np.unique(opinions.person)) == 3
    assert not found.said.in_sight.any()
    assert found.said.is_default.all()
    judged_ones = found.judged()
    assert len(judged_ones) == 8 and judged_ones.lacking()["items"] == 42


@pytest.mark.database
def test_decisions_and_copies_and_withdrawn_verdicts_are_no_opinions(chosen, judged):
    verdicts = list(judged.verdicts.order_by("pk"))
    VerdictRevision.objects.filter(verdict=verdicts[0]).update(propagated=True)
    type(verdicts[1]).objects.filter(pk=verdicts[1].pk).update(withdrawn=True)
    type(verdicts[2]).objects.filter(pk=verdicts[2].pk).update(adjudicates=True)
    assert len(material_of(chosen()).said) == 21


@pytest.mark.database
def test_of_two_verdicts_of_a_person_about_a_reply_the_newest_counts(chosen, judged, scored, reviewed_by, everybody):
    again = make_round(build.round_spec(scored, name="again", order="random", size=24))
    reviewed_by(again, everybody[0], ["end"] * 24)
    found = material_of(chosen())
    own = found.said.where(found.said.person == everybody[0].pk)
    assert len(own) == 24 and set(own.outcome) == {1.0} and set(own.round) == {again.pk}


def test_verdicts_with_the_scores_in_sight_are_marked_and_can_be_left_out(chosen, judged):
    seen = judged.verdicts.first()
    VerdictRevision.objects.filter(verdict=seen).update(scores_seen=True, acceptable_is_default=False, rating=4)
    found = material_of(chosen())
    assert found.said.in_sight.sum() == 1 and np.nanmax(found.mean("rating")) == 4
    assert len(material_of(chosen(without_sight=True)).said) == 23
    assert len(material_of(chosen(own_opinion=True)).said) == 1


@pytest.mark.database
def test_a_filter_narrows_scores_and_verdicts(chosen, judged, scored):
    other = build.version("v2")
    build.scored(scored, other, [0.5] * 30)
    assert len(material_of(chosen(versions=(other.pk,))).replies) == 30
    assert len(material_of(chosen(versions=(other.pk,))).said) == 0
    assert len(material_of(chosen(splits=("test",))).replies) == 12
    Dialogue.objects.filter(pk__in=list(Dialogue.objects.values_list("pk", flat=True)[:3])).update(language="zh")
    assert len(material_of(chosen(languages=("zh",))).replies) == 6
    assert len(material_of(chosen(rounds=(judged.pk + 1,))).said) == 0
    tag = Tag.objects.create(name="refund", kind="intent")
    turn = Turn.objects.open_in(scored).first()
    TurnTag.objects.create(turn=turn, tag=tag, kind="intent", similarity=0.9)
    assert len(material_of(chosen(tag=tag)).replies) == 2
    assert len(material_of(chosen(tag=tag, only_confirmed=True)).replies) == 0


def test_scorer_sets_never_meet(chosen, judged, scored):
    other = ScorerSet.objects.create(similarity="other", match="other", digest="1" * 64)
    found = material_of(Filter(scored, other, Comparison.Kind.HUMAN))
    assert (len(found.replies), len(found.said)) == (0, 0)
    assert corrected(found.population(SETTING)).corrected.mean is None


def test_some_of_it_can_be_chosen_again(chosen, judged):
    found = material_of(chosen())
    read = ~np.isnan(found.mean())
    part = found.where(read)
    assert len(part.replies) == 8 and len(part.said) == 24
    assert part.mean("outcome").tolist() == found.mean("outcome")[read].tolist()


def test_a_profile_is_a_setting(scored):
    profile = Profile.objects.active_for(scored, build.scorer_set())
    assert profile.parameters == Parameters(0.8, 0.2, 0.5)


# --- how likely each was to be read


def test_a_random_round_weighs_evenly_what_it_could_have_drawn(chosen, judged):
    found = material_of(chosen(splits=("train", "dev")))
    assert found.sampling(SETTING).covered == 1
    population = found.population(SETTING)
    assert population.weights is None and population.read.sum() == 8
    result = corrected(population)
    assert result.verdicts.mean == pytest.approx(3 / 8) and result.corrected.n == 8


def test_what_no_round_could_draw_is_not_covered(chosen, judged):
    """Test dialogues are in no round that teaches."""
    found = material_of(chosen())
    assert found.sampling(SETTING).covered == pytest.approx(24 / 30)
    assert corrected(found.population(SETTING)).corrected.mean is None


@pytest.mark.database
def test_the_worst_stand_for_themselves_and_the_drawn_for_the_rest(chosen, scored, reviewed_by, everybody, finals):
    round_ = make_round(build.round_spec(scored, order="worst", size=16, random_share=0.5))
    reviewed_by(round_, everybody[0], ["reference"] * 16)
    found = material_of(chosen(splits=("train",)))
    weights = found.sampling(SETTING).weights
    read = ~np.isnan(weights)
    final = finals(found.replies.comparison)
    worst = round_.items.filter(stratum="worst").values_list("comparison", flat=True)
    limit = max(finals(np.array(worst)))
    below = final <= limit
    assert read.sum() == 16 and read[below].all()
    assert set(weights[below]) == {1.0}
    assert weights[read & ~below] == pytest.approx((~below).sum() / (read & ~below).sum())
    assert np.nansum(weights) == pytest.approx(24)


def test_the_worst_alone_cannot_stand_for_all(chosen, scored, reviewed_by, everybody):
    round_ = make_round(build.round_spec(scored, order="worst", size=8))
    reviewed_by(round_, everybody[0], ["reference"] * 8)
    found = material_of(chosen(splits=("train",)))
    assert found.sampling(SETTING).covered == pytest.approx(8 / 24)
    assert corrected(found.population(SETTING)).corrected.mean is None


def test_a_round_within_limits_stands_for_what_lies_within(chosen, scored, reviewed_by, everybody):
    low = make_round(build.round_spec(scored, name="low", order="random", size=4, high=0.39))
    high = make_round(build.round_spec(scored, name="high", order="random", size=6, low=0.39))
    for round_ in (low, high):
        reviewed_by(round_, everybody[0], ["end"] * 6)
    found = material_of(chosen(splits=("train",)))
    sampling = found.sampling(SETTING)
    is_low = found.replies.final(SETTING) <= 0.39
    assert sampling.covered == 1
    assert set(sampling.weights[is_low & ~np.isnan(sampling.weights)]) == {12 / 4}
    assert set(sampling.weights[~is_low & ~np.isnan(sampling.weights)]) == {12 / 6}


@pytest.mark.parametrize("selected", [{"tag": True}, {"against_people": True}])
def test_items_chosen_by_something_else_say_nothing_of_the_rest(
    chosen, judged, scored, selected, everybody, reviewed_by
):
    if "tag" in selected:
        tag = Tag.objects.create(name="refund", kind="intent")
        for turn in Turn.objects.open_in(scored)[:20]:
            TurnTag.objects.create(turn=turn, tag=tag, kind="intent", similarity=0.9)
        selected = {"tag": tag.pk}
    before = material_of(chosen(splits=("train",))).population(SETTING).read.sum()
    round_ = make_round(build.round_spec(scored, name="chosen", order="random", size=24, **selected))
    reviewed_by(round_, everybody[0], ["end"] * 24)
    found = material_of(chosen(splits=("train",)))
    assert len(found.said) >= 24
    assert found.population(SETTING).read.sum() <= before


def test_what_is_most_uncertain_is_a_region_of_its_own(chosen, scored, reviewed_by, everybody):
    Score.objects.update(match_cloud=0.9, match_end=F("similarity"))  # the rule of Θ is far away
    round_ = make_round(build.round_spec(scored, order="uncertain", size=12, random_share=0.5))
    reviewed_by(round_, everybody[0], ["tie"] * 12)
    found = material_of(chosen(splits=("train",)))
    assert found.sampling(SETTING).covered == 1
    weights = found.sampling(SETTING).weights
    assert np.nansum(weights) == pytest.approx(24) and np.nanmin(weights) == 1
