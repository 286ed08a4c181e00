import numpy as np
import pytest

from review.calibration.estimating.corrected import LEAST_VERDICTS
from review.calibration.measures.clusters import clustered_mean
from review.desk.verdicts import decide, record
from review.models import Round, RoundItem, VerdictRevision
from tests import build
from tests.build import make_round
from training.evaluation.paired_comparison import compare
from training.evaluation.people import outcomes_on
from training.evaluation.sets import gate_set

pytestmark = pytest.mark.django_db
READ = 24
SAID = (["end", "reference"], ["tie", "tie"], ["end", "both_bad"])  # about the candidate, about the champion
GAINS = [1.0, 0.0, 1.0]
BEFORE, AFTER = [0.4, 0.5, 0.6] * 13 + [0.4], [0.7, 0.5, 0.5] * 13 + [0.4]


@pytest.fixture
def dataset(db):
    return build.shop(splits=["test"] * 40)


@pytest.fixture
def champion(dataset):
    version = build.version("v1")
    build.scored(dataset, version, BEFORE)
    return version


@pytest.fixture
def candidate(dataset):
    version = build.version("v2")
    build.scored(dataset, version, AFTER)
    return version


@pytest.fixture
def read(dataset, champion, candidate, annotator):
    """Somebody reads both versions' replies to the first questions, drawn at random or the worst first."""

    def of_both(count, order="random"):
        for side, version in enumerate((candidate, champion)):
            spec = build.round_spec(dataset, version=version, purpose="measure", order=order, size=40)
            round_ = make_round(spec, None)
            asked = {item.comparison.turn.text: item for item in items_of(round_)}
            for i in range(count):
                record_about(asked[f"question {i}"], annotator, SAID[i % 3][side])
        return compare(candidate, champion, gate_set(dataset, "human")).people

    return of_both


def items_of(round_):
    return round_.items.select_related("comparison__turn", "round")


def record_about(item, annotator, preference):
    """As if the queue had offered this item now."""
    item.round.assignments.filter(dialogue=item.dialogue_id).update(annotator=annotator, state="taken")
    record(annotator, item, build.verdict_input(preference))


def test_the_difference_is_corrected_by_what_people_prefer(read, dataset):
    people = read(READ)
    assert (people.pairs, people.dialogues) == (READ, READ)
    assert people.difference.n == READ
    alone = clustered_mean(np.array(GAINS * 8))
    assert people.difference.mean == pytest.approx(alone.mean, abs=0.1)
    assert (people.difference.low < people.difference.mean < people.difference.high) and people.difference.low > 0


def test_scores_and_people_agree_where_both_see_a_difference(read):
    people = read(READ)
    # Of each three: both see a gain; both see none; people see a gain where the scores see a loss.
    assert (people.telling, people.agreeing) == (16, 8)


def test_over_a_few_verdicts_nothing_is_corrected(read):
    people = read(LEAST_VERDICTS - 1)
    assert (people.pairs, people.difference) == (LEAST_VERDICTS - 1, None)


def test_without_verdicts_there_is_nothing_to_tell(candidate, champion, dataset):
    people = compare(candidate, champion, gate_set(dataset, "human")).people
    assert (people.pairs, people.telling, people.difference) == (0, 0, None)


def test_what_was_read_because_it_is_bad_says_nothing_of_the_rest(read):
    assert read(READ, order=RoundItem.Stratum.WORST).pairs == 0


def test_what_was_drawn_from_a_part_says_nothing_of_the_rest(read, candidate, champion, dataset):
    assert read(READ).pairs == READ
    rounds = list(Round.objects.all())
    for part in ({"low": 0.1}, {"theta_rule": True}, {"tag": 1}, {"comparisons": [1]}, {"against_people": True}):
        for round_ in rounds:
            Round.objects.filter(pk=round_.pk).update(selection=round_.selection | part)
        assert compare(candidate, champion, gate_set(dataset, "human")).people.pairs == 0, part


def test_nor_does_what_was_drawn_in_bands_unless_there_are_none(read, candidate, champion, dataset):
    read(READ)
    for edges, pairs in ([0.5], 0), ([], READ):
        drawn = {"splits": ["test"], "languages": [], "edges": edges, "alpha": 0.8, "theta": 0.2}
        for round_ in Round.objects.all():
            chosen = round_.selection | {"comparisons": [1], "drawn": drawn}
            Round.objects.filter(pk=round_.pk).update(selection=chosen)
        assert compare(candidate, champion, gate_set(dataset, "human")).people.pairs == pairs


def test_a_verdict_that_was_changed_after_the_reveal_does_not_count(read, candidate, champion, dataset):
    read(READ)
    VerdictRevision.objects.filter(verdict__item__comparison__turn__text="question 0").update(after_reveal=True)
    assert compare(candidate, champion, gate_set(dataset, "human")).people.pairs == READ - 1


def test_several_readers_of_one_reply_count_as_their_mean(read, candidate, champion, dataset, person):
    read(READ)
    other = person("other", "annotator")
    again = make_round(build.round_spec(dataset, version=candidate, purpose="measure", order="random", size=40), None)
    first = next(item for item in items_of(again) if item.comparison.turn.text == "question 0")
    record_about(first, other, "reference")
    people = compare(candidate, champion, gate_set(dataset, "human")).people
    assert (people.pairs, people.telling) == (READ, 16)  # 1 and 0 make ½, against 0


def test_a_decided_item_counts_as_its_decision(read, candidate, champion, dataset, person):
    read(READ)
    item = RoundItem.objects.get(comparison__version=candidate, comparison__turn__text="question 0")
    for name, preference in (("first", "both_bad"), ("second", "reference")):
        decide(person(name, "manager"), item, build.verdict_input(preference))
    eval_set = gate_set(dataset, "human")
    assert outcomes_on(eval_set)[item.comparison_id] == 0  # not the mean of 1, 0 and 0
    decide(person("third", "manager"), item, build.verdict_input("tie"))
    assert outcomes_on(eval_set)[item.comparison_id] == 0.5
    assert compare(candidate, champion, eval_set).people.pairs == READ
