import uuid

import pytest

from dialogues.models import Turn
from ecc_site.core.jobs import JobError
from review.desk.assignment import next_item
from review.desk.verdicts import record, undo
from scoring.models import Profile, Score, ScorerSet
from serving.models import Alias, Version
from tests.build import make_round
from training.labels.selections import missing_turns
from training.models import Label, LabelJob

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def teacher(reviewed):
    Alias.move("champion", Version.objects.get(name="v1"))
    return Version.objects.create(kind="cloud", name="teacher", model="recorded")


@pytest.fixture
def chosen(reviewed, teacher):
    """The turns that a job with these values asks about."""

    def choose(selection, **values):
        job = LabelJob(dataset=reviewed, teacher=teacher, selection=selection, **values)
        return list(missing_turns(job))

    return choose


def test_all_means_the_open_turns_of_train_and_dev(chosen, reviewed):
    open_turns = list(Turn.objects.open_in(reviewed))
    assert (len(open_turns), chosen("all")) == (8, open_turns[:6])


def test_low_means_under_the_threshold_of_the_active_profile(chosen, reviewed):
    low = Score.objects.filter(final__lt=0.5).order_by("comparison__turn")
    assert chosen("low") == [score.comparison.turn for score in low]
    Profile.objects.revise(reviewed, ScorerSet.objects.current(), threshold=0.25)
    assert len(chosen("low")) == 2


def test_low_looks_at_the_champions_answers_alone(chosen):
    Alias.move("champion", Version.objects.create(kind="end", name="v2", model="v2"))
    assert chosen("low") == []


def test_an_unknown_score_is_not_a_low_one(chosen):
    Score.objects.update(final=None)
    assert chosen("low") == []


def test_without_any_score_low_is_refused_with_a_sentence(chosen):
    for model in (Score, Profile, ScorerSet):
        model.objects.all().delete()
    with pytest.raises(JobError, match="No scores yet"):
        chosen("low")


def test_rejected_means_what_active_verdicts_found_unacceptable(chosen, round_, annotator, verdict_input):
    said = {}
    for preference in ("end", "both_bad", "reference", "tie"):
        item = next_item(round_, annotator)
        said[preference] = item.comparison.turn
        record(annotator, item, verdict_input(preference))
    assert chosen("rejected") == sorted((said["both_bad"], said["reference"]), key=lambda turn: turn.pk)


def test_rejected_can_be_narrowed_to_a_round(chosen, round_, spec, annotator, verdict_input):
    other = make_round(spec(name="other"), by=None)
    item = next_item(round_, annotator)
    record(annotator, item, verdict_input("both_bad"))
    assert chosen("rejected", round=round_) == [item.comparison.turn]
    assert chosen("rejected", round=other) == []


def test_a_withdrawn_verdict_rejects_nothing(chosen, round_, annotator, verdict_input):
    record(annotator, next_item(round_, annotator), verdict_input("both_bad"))
    undo(annotator, round_, uuid.uuid4())
    assert chosen("rejected") == []


def test_a_turn_with_a_label_of_this_teacher_and_prompt_is_left_out(chosen, reviewed, teacher):
    first = chosen("all")[0]
    label = {"turn": first, "source": "teacher", "teacher": teacher, "dataset": reviewed, "split": "train"}
    Label.objects.create(text="好", text_hash="h", prompt_version="table2.1/3", **label)
    assert first not in chosen("all", example_count=3)
    assert first in chosen("all", example_count=4)


def test_a_filter_narrows_a_selection(chosen):
    everything = chosen("all")
    first = everything[0]
    assert chosen("all", contains=first.text) == [turn for turn in everything if first.text in turn.text]
    assert chosen("all", split="dev") == [turn for turn in everything if turn.dialogue.split == "dev"]
    assert chosen("all", language="en") == [turn for turn in everything if turn.dialogue.language == "en"]


def test_a_bound_of_ones_own_takes_the_place_of_the_threshold(chosen):
    low = Score.objects.filter(final__lt=0.25, split__in=("train", "dev")).order_by("comparison__turn")
    assert chosen("all", below=0.25) == [score.comparison.turn for score in low] != []
