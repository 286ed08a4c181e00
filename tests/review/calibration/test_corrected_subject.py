"""The score corrected by people as a subject: exact on small examples, and rounds that are drawn for it."""

from dataclasses import replace

import numpy as np
import pytest

from dialogues.models import Dialogue
from review.calibration.columns import LANGUAGES, SPLITS, STRATA, Replies, VerdictColumns
from review.calibration.estimating.corrected import corrected
from review.calibration.estimating.next_items import draw_next, edges_of
from review.calibration.material import Filter, Material, material_of
from review.calibration.queues import Queue
from review.calibration.source import Source, tell_nobody
from review.calibration.subjects.corrected import FIRST, work_out
from review.drawn import BrokenSeal, Drawn, DrawnRound
from review.models import RoundItem, Tag
from review.rounds.selection import Selection
from scoring.models import Profile
from scoring.parameters import Parameters
from serving.models import Alias, Version
from tests import build

pytestmark = pytest.mark.django_db
SETTING = Parameters(0.8, 0.2, 0.5)


@pytest.fixture
def random_round(scored, reviewed_by, person):
    """All 24 train dialogues of 30 are drawn, and the first twenty read: every fourth reply is acceptable."""
    made = build.make_round(build.round_spec(scored, order="random", scores="after"))
    reviewed_by(made, person("ann", "annotator"), ["end", "reference", "reference", "both_bad"] * 5)
    made.refresh_from_db()
    return made


def figures_of(chosen, **values):
    return work_out(Source.of(chosen(**values)), tell_nobody)


def version_of(name):
    return Version.objects.get(name=name).pk


def rows_of(found):
    return {of.purpose: of for of in found.versions}


def test_train_and_test_dialogues_are_told_apart(chosen, random_round):
    rows = rows_of(figures_of(chosen))
    teach, measure = rows["teach"], rows["measure"]
    assert (teach.replies, teach.verdicts, teach.judged, teach.lack) == (24, 20, 20, "")
    assert teach.share.verdicts.mean == pytest.approx(5 / 20)
    assert teach.share.corrected.low < teach.share.corrected.mean < teach.share.corrected.high
    assert teach.share.naive.mean == pytest.approx(9 / 24)  # .5 and above, of the scores 0 to 23/30
    assert teach.outcome.naive.mean == pytest.approx(np.mean(np.arange(24) / 30))
    assert (measure.replies, measure.verdicts, measure.lack) == (6, 0, "nobody")
    assert measure.share.naive.mean == 1 and measure.share.corrected.mean is None


def test_it_is_what_the_estimator_says(chosen, random_round):
    population = material_of(chosen(splits=("train",))).population(SETTING, "accepted")
    own = rows_of(figures_of(chosen, splits=("train",)))["teach"]
    assert own.share.corrected == corrected(population).corrected


@pytest.mark.parametrize(
    "values, preferences, selected, lack, proposed",
    [
        ({}, ["end"] * 8, {"order": "worst", "size": 8}, "chance", 16),
        ({}, ["end"] * 8, {"order": "random", "size": 8}, "few", 16),
        ({"own_opinion": True}, ["end"] * 24, {"order": "random"}, "nobody", 0),
    ],
)
def test_it_says_why_nothing_is_corrected(
    chosen, scored, reviewed_by, person, values, preferences, selected, lack, proposed
):
    reviewed_by(build.make_round(build.round_spec(scored, **selected)), person("ann", "annotator"), preferences)
    own = rows_of(figures_of(chosen, **values))["teach"]
    assert own.lack == lack and own.share.corrected.mean is None and own.share.verdicts.mean is None
    assert [len(proposal.comparisons) for proposal in own.proposals] == [proposed] * bool(proposed)
    assert proposed <= FIRST


def test_words_that_were_said_outright_say_nothing_of_the_rest(chosen, random_round):
    random_round.verdicts.first().current.__class__.objects.update(acceptable_is_default=False)
    assert rows_of(figures_of(chosen, own_opinion=True))["teach"].lack == "said"


def test_other_versions_are_held_against_the_champion(chosen, random_round, scored, reviewed_by, person):
    other = build.version("v2")
    build.scored(scored, other, [min(1, i / 30 + 0.1) for i in range(30)])
    made = build.make_round(build.round_spec(scored, version=other, order="random", name="v2", scores="after"))
    reviewed_by(made, person("bob", "annotator"), ["end"] * 20)
    [difference] = figures_of(chosen).differences
    first = rows_of(figures_of(chosen, versions=(other.pk,)))["teach"]
    assert {difference.version, difference.baseline} == {of.version for of in figures_of(chosen).versions}
    assert abs(difference.share.verdicts.mean) == pytest.approx(15 / 20)
    assert first.share.verdicts.mean == 1
    assert abs(difference.share.naive.mean) == pytest.approx(3 / 24)


def test_the_champion_comes_first_and_then_the_newest_however_much_was_reviewed(chosen, random_round, scored):
    champion, newest = build.version("v2"), build.version("v3")
    for version in (champion, newest):
        build.scored(scored, version, [i / 30 for i in range(30)])
    Alias.move("champion", champion)
    found = figures_of(chosen).versions
    assert [of.version for of in found if of.purpose == "teach"] == [champion.pk, newest.pk, version_of("v1")]


def test_under_a_tag_nothing_is_proposed(chosen, random_round):
    tag = Tag.objects.create(name="refund", kind="intent")
    assert all(not of.proposals for of in figures_of(chosen, tag=tag).versions)
    assert all(not of.proposals for of in figures_of(chosen, rounds=(random_round.pk,)).versions)


# --- rounds that are drawn


def test_a_drawn_round_is_made_and_corrects_the_score(chosen, random_round, scored, reviewed_by, person):
    own = rows_of(figures_of(chosen))["teach"]
    [proposal] = own.proposals
    assert len(proposal.comparisons) == 4  # that nobody has read
    assert 0 < proposal.then < proposal.half_width
    drawn = DrawnRound(scored.pk, "human", "teach", (own.version,), tuple(proposal.comparisons), proposal.drawn)
    assert DrawnRound.unsealed(drawn.sealed(), scored.pk) == drawn
    selection = Selection(drawn.versions, "random", 4, comparisons=drawn.comparisons, drawn=drawn.drawn)
    round_, _selection = build.round_spec(scored, name="drawn")
    made = build.make_round((round_, selection))
    assert Selection.of(type(made).objects.get(pk=made.pk)) == selection
    items = RoundItem.objects.filter(round=made).order_by("pk")
    assert list(items.values_list("comparison", "stratum")) == [(pk, "random") for pk in proposal.comparisons]
    reviewed_by(made, person("bob", "annotator"), ["end"] * 4)
    after = rows_of(figures_of(chosen))["teach"]
    assert (after.verdicts, after.lack, after.proposals) == (24, "", [])
    assert after.share.verdicts.mean == pytest.approx(9 / 24)
    weights = material_of(chosen(splits=("train",))).sampling(SETTING).weights
    assert set(weights) == {1.0}


def test_the_bands_of_a_draw_weigh_what_was_drawn_from_them(chosen, scored, reviewed_by, person):
    """Twelve of each band could be drawn: three were of the lower, six of the higher."""
    found = material_of(chosen(splits=("train",)))
    final = found.replies.final(SETTING)
    low, high = (found.replies.comparison[mask][:n] for mask, n in ((final <= 11 / 30, 3), (final > 11 / 30, 6)))
    drawn = Drawn(("train", "dev"), edges=(11 / 30,), alpha=0.8, theta=0.2)
    pks = tuple(np.concatenate([low, high]).tolist())
    version = int(found.replies.version[0])
    selection = Selection((version,), "random", 9, comparisons=pks, drawn=drawn)
    made = build.make_round((build.round_spec(scored)[0], selection))
    reviewed_by(made, person("ann", "annotator"), ["end"] * 9)
    # Another profile gives other scores; the bands stay those of the time.
    for setting in (SETTING, Parameters(0.1, 0.0, 0.9)):
        sampling = material_of(chosen(splits=("train",))).sampling(setting)
        assert sampling.covered == 1
        assert set(sampling.weights[final <= 11 / 30][:3]) == {4.0}
        assert set(sampling.weights[final > 11 / 30][:6]) == {2.0}


def test_a_draw_among_the_dialogues_of_one_language_stands_for_those(chosen, scored, reviewed_by, person):
    Dialogue.objects.filter(pk__in=list(Dialogue.objects.order_by("pk").values_list("pk", flat=True)[:12])).update(
        language="zh"
    )
    own = rows_of(figures_of(chosen, languages=("zh",)))["teach"]
    [proposal] = own.proposals
    assert proposal.drawn.languages == ("zh",) and len(proposal.comparisons) == 12
    selection = Selection((own.version,), "random", 12, comparisons=tuple(proposal.comparisons), drawn=proposal.drawn)
    made = build.make_round((build.round_spec(scored)[0], selection))
    reviewed_by(made, person("ann", "annotator"), ["end", "reference"] * 6)
    assert material_of(chosen(languages=("zh",))).sampling(SETTING).covered == 1
    assert material_of(chosen(splits=("train",))).sampling(SETTING).covered == pytest.approx(12 / 24)


def test_what_was_drawn_cannot_be_changed_on_the_way(scored):
    drawn = DrawnRound(scored.pk, "human", "teach", (1,), (2, 3), Drawn(("train",)))
    for text in (drawn.sealed()[:-2] + "xx", "nonsense", ""):
        with pytest.raises(BrokenSeal):
            DrawnRound.unsealed(text, scored.pk)
    with pytest.raises(BrokenSeal):
        DrawnRound.unsealed(drawn.sealed(), scored.pk + 1)


# --- simulated: what is drawn in bands holds the truth

N = 1200


def simulated(seed):
    """Replies of 400 dialogues; people refuse nearly all below the upper quarter, and toss a coin above it."""
    rng = np.random.default_rng(seed)
    score = rng.random(N)
    accepted = (rng.random(N) < np.where(score < 0.75, 0.02, 0.5)).astype(float)
    ids, nothing = np.arange(N), np.zeros(N, dtype=np.int64)
    splits, languages = np.full(N, SPLITS.index("train")), np.full(N, LANGUAGES.index("en"))
    # below Θ the final score is the similarity
    replies = Replies(ids, ids, ids // 3, nothing + 1, splits, languages, score, score, nothing * 0.0)
    return replies, accepted, rng


def read_in(rounds, replies, accepted):
    """The material where each round's comparisons were read: round: positions and queue."""
    item = np.concatenate([places for places, _queue in rounds.values()])
    of_round = np.concatenate([np.full(len(places), pk) for pk, (places, _queue) in rounds.items()])
    m, no = len(item), np.zeros(len(item), dtype=bool)
    random = np.full(m, STRATA.index("random"))
    values = accepted[item]
    said = VerdictColumns(item, np.ones(m), of_round, random, values, values, values, values, no, values * np.nan, no)
    return Material(replies, said, {pk: queue for pk, (_places, queue) in rounds.items()})


def queue_of(drawn=None):
    selection = Selection((1,), "random", 1, comparisons=(1,) if drawn else (), drawn=drawn)
    return Queue("teach", selection.as_json())


def test_what_is_drawn_in_bands_corrects_without_bias():
    held, widths, banded = 0, [], 0
    for seed in range(60):
        replies, accepted, rng = simulated(seed)
        first = {1: (rng.permutation(N)[:100], queue_of())}
        before = read_in(first, replies, accepted)
        draw = draw_next(before.population(SETTING, "accepted"), 100, seed)
        edges = tuple(edges_of(draw.bands)[1:-1].tolist())
        banded += bool(edges)
        drawn = Drawn(("train", "dev"), edges=edges, alpha=SETTING.alpha, theta=SETTING.theta)
        both = read_in(first | {2: (draw.items, queue_of(drawn))}, replies, accepted)
        population = both.population(SETTING, "accepted")
        found = corrected(population).corrected
        assert population.read.sum() == 200
        held += found.low <= accepted.mean() <= found.high
        widths.append((found.high - found.low) / 2 / draw.half_width)
        naive = replace(population, weights=None)
        assert not edges or abs(corrected(naive).verdicts.mean - found.mean) > 0.01
    assert banded > 15
    assert held >= 53
    assert np.mean(widths) < 0.8


def test_the_profile_of_the_site_is_the_one_that_bands_are_kept_under(chosen, random_round, scored):
    Profile.objects.revise(scored, build.scorer_set(), alpha=0.3, theta=0.1)
    own = rows_of(figures_of(chosen))["teach"]
    assert {(p.drawn.alpha, p.drawn.theta) for p in own.proposals} == {(0.3, 0.1)}


def test_a_filter_of_nothing_has_no_versions(scored):
    empty = Filter(scored, build.scorer_set(), "cloud")
    assert work_out(Source.of(empty), tell_nobody).versions == []
