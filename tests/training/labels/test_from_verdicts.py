import uuid
from importlib import import_module

import pytest
from django.apps import apps

from dialogues.models import Answer, Comparison, Turn
from review.agreement.adjudication import adjudicate
from review.desk.assignment import next_item
from review.desk.verdicts import record, take_decision_back, undo
from review.models import Round, Verdict, VerdictRevision
from scoring.figures.kept import KEPT
from scoring.models import Score
from serving.models import Version
from tests import build
from tests.build import make_round
from training.labels.by_hand import reject, rewrite
from training.labels.from_verdicts import sync_labels
from training.models import Label

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def says(round_, verdict_input):
    """An annotator's verdict about the next item; the turn that it is about."""

    def say(annotator, preference="both_bad", **values):
        item = next_item(round_, annotator)
        record(annotator, item, verdict_input(preference, **values))
        return item.comparison.turn

    return say


def texts(**which):
    return list(Label.objects.filter(**which).order_by("id").values_list("text", flat=True))


def test_a_correction_is_a_label_at_once(reviewed, annotator, says):
    turn = says(annotator, correction=" 您好，三天内到。 ")
    assert sync_labels(reviewed) == 1
    label = Label.objects.get()
    assert (label.turn, label.text, label.source, label.chosen) == (turn, "您好，三天内到。", "person", True)
    assert (label.author, label.revision, label.split) == (annotator, Verdict.objects.get().current, "train")


def test_a_blank_correction_is_none_also_where_it_was_stored(reviewed, annotator, says):
    says(annotator, "end", correction=" \n ")
    stored = Verdict.objects.get().current
    assert stored.correction == ""
    VerdictRevision.objects.update(correction=" \n ")
    assert sync_labels(reviewed) == 0
    assert not Label.objects.exists()


def test_a_correction_is_a_reference_of_the_kind_correction(reviewed, annotator, says):
    turn = says(annotator, correction="三天内到")
    sync_labels(reviewed)
    comparison = Comparison.objects.get(kind="correction")
    assert (comparison.turn, comparison.reference.text, comparison.reference.author) == (turn, "三天内到", annotator)


@pytest.mark.parametrize("preference", ["end", "reference", "tie", "both_bad"])
def test_without_a_correction_a_verdict_makes_no_label(reviewed, annotator, says, preference):
    says(annotator, preference)
    assert sync_labels(reviewed) == 0


@pytest.mark.parametrize(
    ("ticked", "preference", "count"),
    [
        ("teach_preferred", "reference", 1),
        ("teach_preferred", "tie", 0),
        ("teach_ties", "tie", 1),
        ("teach_ties", "reference", 0),
        ("teach_ties", "end", 0),
        ("teach_preferred", "both_bad", 0),
    ],
)
def test_an_accepted_reply_of_the_human_agent_is_a_label_where_its_round_says_so(
    reviewed, round_, annotator, says, ticked, preference, count
):
    setattr(round_, ticked, True)
    round_.save()
    turn = says(annotator, preference)
    assert sync_labels(reviewed) == count
    human = Answer.objects.get(turn=turn, source="human")
    assert texts() == [human.text] * count
    assert not Comparison.objects.filter(kind="correction").exists()


def test_migrating_takes_back_what_was_only_accepted(reviewed, annotator, says):
    Round.objects.update(teach_ties=True)
    says(annotator, "tie")
    says(annotator, correction="三天内到")
    sync_labels(reviewed)
    Round.objects.update(teach_ties=False)
    import_module("training.migrations.0009_accepted_replies").take_back(apps, None)
    assert texts(chosen=True) == ["三天内到"]
    sync_labels(reviewed)
    assert texts(rejected=True) == ["agent 0.0"]


def test_an_accepted_reply_of_the_cloud_is_nobodys_label(reviewed, annotator, says):
    Comparison.objects.update(kind="cloud")
    Round.objects.update(teach_preferred=True)
    says(annotator, "reference")
    assert sync_labels(reviewed) == 0


def test_what_is_to_be_learned_is_told_apart_by_where_it_came_from(reviewed, annotator, manager, says):
    Round.objects.update(teach_preferred=True, teach_ties=True)
    for preference, values in (("tie", {}), ("tie", {}), ("reference", {}), ("end", {"correction": "三天内到"})):
        says(annotator, preference, **values)
    sync_labels(reviewed)
    assert Label.objects.taught(reviewed).by_origin() == {"correction": 1, "preferred": 1, "tie": 2}
    rewrite(Label.objects.get(text="三天内到"), "两天内到", manager)
    assert Label.objects.taught(reviewed).by_origin() == {"preferred": 1, "tie": 2, "by_hand": 1}


def test_twice_changes_nothing(reviewed, annotator, says):
    says(annotator, correction="三天内到")
    sync_labels(reviewed)
    before = list(Label.objects.values())
    assert sync_labels(reviewed) == 0
    assert list(Label.objects.values()) == before
    assert Answer.objects.filter(source="annotator").count() == 1


def test_nothing_said_about_a_test_dialogue_becomes_a_label(reviewed, spec, annotator, verdict_input):
    measuring = make_round(spec(purpose="measure"), by=None)
    record(annotator, next_item(measuring, annotator), verdict_input("both_bad", correction="三天内到"))
    assert sync_labels(reviewed) == 0
    assert not Answer.objects.filter(source="annotator").exists()


def test_a_withdrawn_verdict_takes_its_label_back(reviewed, annotator, says, round_):
    says(annotator, correction="三天内到")
    sync_labels(reviewed)
    undo(annotator, round_, uuid.uuid4())
    assert sync_labels(reviewed) == 0
    label = Label.objects.get()
    assert (label.rejected, label.chosen) == (True, False)


def test_figures_count_no_scores_beside_a_correction_that_is_withdrawn(reviewed, annotator, says, round_):
    def counted():
        return len(KEPT.of(build.scorer_set(), reviewed, "correction").columns)

    says(annotator, correction="三天内到")
    sync_labels(reviewed)
    build.graded(reviewed, Version.objects.get(name="v1"), [0.5] * 8)
    assert counted() == Score.objects.filter(kind="correction").count() == 1
    undo(annotator, round_, uuid.uuid4())
    sync_labels(reviewed)
    assert counted() == Score.objects.filter(kind="correction").count() == 0


def test_what_is_said_again_after_withdrawing_stands_again(reviewed, annotator, says, round_):
    says(annotator, correction="三天内到")
    sync_labels(reviewed)
    undo(annotator, round_, uuid.uuid4())
    sync_labels(reviewed)
    says(annotator, correction="三天内到")
    sync_labels(reviewed)
    label = Label.objects.get()
    assert (label.rejected, label.chosen, label.revision) == (False, True, Verdict.objects.get().current)


def test_a_revised_correction_replaces_the_first(reviewed, annotator, says, round_):
    says(annotator, correction="第一")
    sync_labels(reviewed)
    undo(annotator, round_, uuid.uuid4())
    says(annotator, correction="第二")
    sync_labels(reviewed)
    assert (texts(chosen=True), texts(rejected=True)) == (["第二"], ["第一"])


@pytest.fixture
def two_assignments(spec):
    return make_round(spec(overlap=2), by=None)


def test_of_two_people_the_one_who_spoke_last_wins(reviewed, two_assignments, person, verdict_input):
    first, last = person("a", "annotator"), person("b", "annotator")
    for who, text in ((first, "先说的"), (last, "后说的")):
        record(who, next_item(two_assignments, who), verdict_input("both_bad", correction=text))
    sync_labels(reviewed)
    assert texts(chosen=True) == ["后说的"]
    undo(last, two_assignments, uuid.uuid4())
    sync_labels(reviewed)
    assert texts(chosen=True) == ["先说的"]


def test_who_returns_to_an_older_reply_wins_with_it(reviewed, two_assignments, person, verdict_input):
    first, last = person("a", "annotator"), person("b", "annotator")
    for who, text in ((first, "甲"), (last, "乙")):
        record(who, next_item(two_assignments, who), verdict_input("both_bad", correction=text))
        sync_labels(reviewed)
    item = Verdict.objects.get(annotator=first).item
    record(first, item, verdict_input("both_bad", correction="甲"))
    sync_labels(reviewed)
    assert texts(chosen=True) == ["甲"]


def decided(manager, item, text, preference="both_bad"):
    return adjudicate(item, manager, preference, text, uuid.uuid4())


@pytest.mark.parametrize("synced_between", [False, True])
def test_what_a_manager_decided_wins_over_what_others_say_later(
    reviewed, two_assignments, person, manager, verdict_input, synced_between
):
    first, last = person("a", "annotator"), person("b", "annotator")
    record(first, next_item(two_assignments, first), verdict_input("both_bad", correction="先说的"))
    decided(manager, Verdict.objects.get().item, "裁定的")
    if synced_between:
        sync_labels(reviewed)
    record(last, next_item(two_assignments, last), verdict_input("both_bad", correction="后说的"))
    sync_labels(reviewed)
    assert (texts(chosen=True), sorted(texts())) == (["裁定的"], sorted(["先说的", "裁定的", "后说的"]))


def test_what_a_decision_overruled_is_taught_no_more_until_it_is_taken_back(reviewed, annotator, manager, says):
    says(annotator, correction="先说的")
    sync_labels(reviewed)
    decision = decided(manager, Verdict.objects.get().item, "", "end")
    sync_labels(reviewed)
    assert texts(chosen=True) == []
    take_decision_back(manager, decision.item, uuid.uuid4())
    sync_labels(reviewed)
    assert texts(chosen=True) == ["先说的"]


def test_a_manager_may_decide_for_what_somebody_said_before(reviewed, two_assignments, person, manager, verdict_input):
    first, last = person("a", "annotator"), person("b", "annotator")
    for who, text in ((first, "先说的"), (last, "后说的")):
        record(who, next_item(two_assignments, who), verdict_input("both_bad", correction=text))
    sync_labels(reviewed)
    decision = decided(manager, Verdict.objects.first().item, "先说的")
    sync_labels(reviewed)
    assert texts(chosen=True) == ["先说的"]
    assert Label.objects.get(chosen=True).revision == decision.current
    record(first, decision.item, verdict_input("both_bad", correction="先说的", note="still"))
    sync_labels(reviewed)
    assert Label.objects.get(chosen=True).revision == decision.current


def test_an_accepted_reply_that_a_manager_decided_for_wins_over_a_correction(
    reviewed, spec, person, manager, verdict_input
):
    round_ = make_round(spec(overlap=2, kind="human", teach_preferred=True), by=None)
    first = person("a", "annotator")
    item = next_item(round_, first)
    decided(manager, item, "", "reference")
    record(first, item, verdict_input("both_bad", correction="后说的"))
    sync_labels(reviewed)
    assert texts(chosen=True) == [item.comparison.reference.text]


def test_what_a_manager_writes_after_a_decision_wins(reviewed, annotator, manager, says):
    turn = says(annotator, correction="先说的")
    decided(manager, Verdict.objects.get().item, "裁定的")
    sync_labels(reviewed)
    for text in ("亲自写的", "先说的"):
        rewrite(Label.objects.get(turn=turn, chosen=True), text, manager)
        sync_labels(reviewed)
        assert texts(chosen=True) == [text]


def test_a_managers_rejection_outlives_the_next_sync(reviewed, annotator, says):
    says(annotator, correction="三天内到")
    sync_labels(reviewed)
    reject(Label.objects.get())
    sync_labels(reviewed)
    assert Label.objects.get().rejected


def test_a_managers_own_label_is_left_alone(reviewed, annotator, manager, says):
    says(annotator, correction="三天内到")
    sync_labels(reviewed)
    rewrite(Label.objects.get(), "两天内到", manager)
    sync_labels(reviewed)
    assert texts(chosen=True) == ["两天内到"]
    assert texts(rejected=True) == []


def test_an_annotators_answer_that_no_verdict_made_stays(reviewed, annotator):
    turn = Turn.objects.open_in(reviewed).first()
    Answer.objects.create(turn=turn, source="annotator", author=annotator, text="别处写的", settings_hash="x")
    sync_labels(reviewed)
    assert Answer.objects.filter(source="annotator").count() == 1
