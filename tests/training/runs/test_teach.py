import uuid

import pytest

from dialogues.models import Comparison, Turn
from knowledge.models import Entry
from review.desk.assignment import next_item
from review.desk.verdicts import VerdictInput, record
from review.models import RoundItem
from scoring.models import ScorerSet
from tests import build
from tests.build import answered, champion, label, make_round, shop
from training.labels.by_hand import reject
from training.labels.from_verdicts import sync_labels
from training.models import Label, Run
from training.runs.create import settle
from training.runs.dataset import NothingToLearn, labels_of
from training.runs.forms import StartForm
from training.runs.stages import fix_labels
from training.runs.teach import NothingTaught, teach

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def corrected(annotator):
    """Three train dialogues whose end answers an annotator has corrected at the desk."""
    dataset, version = shop(), champion()
    answered(dataset, version)
    ScorerSet.objects.create(similarity="s", match="m", digest="0" * 64)
    round_ = make_round(build.round_spec(dataset, version=version, order="random", size=10))
    while item := next_item(round_, annotator):
        opinion = VerdictInput(uuid.uuid4(), "both_bad", correction=f"better than {item.comparison.turn.text}")
        record(annotator, item, opinion)
    return dataset


def on_the_page(run: Run) -> list[int]:
    return sorted(label.pk for label in StartForm(run).replies)


def start(run: Run, ticked: list[int]) -> None:
    """As the page does it with all that it shows ticked; a worker has the run then."""
    ids = [str(pk) for pk in ticked]
    form = StartForm(run, {"wordings": 0, "shown": ids, "learn": ids})
    assert form.is_valid()
    form.apply()
    run.queue_last()
    assert run.claim()


def say(annotator, about: str, verdict: str, **values) -> None:
    item = RoundItem.objects.get(comparison__turn__text=about)
    record(annotator, item, VerdictInput(uuid.uuid4(), verdict, **values))


def another_question(text: str) -> Turn:
    build.dataset(build.record(text, "reply", split="train"))
    return Turn.objects.get(text=text)


def test_corrections_become_a_draft_with_what_it_is_compared_on(corrected, manager):
    run = teach(corrected, manager)
    assert (run.state, run.method, run.mix) == ("draft", "lora", {"person": 3, "replay": 3})
    assert (run.wordings, run.replay_share) == (12, 0.65)
    rate = run.parameters["learning_rate"]
    assert [trial["rate"] for trial in run.trials] == [
        pytest.approx(times * rate, rel=0.02) for times in (0.125, 0.5, 2)
    ]
    assert {item.reference.text for item in run.before.items.all()} >= {"better than question 0"}
    assert {item.turn.dialogue.split for item in run.held_out.items.all()} == {"test"}
    assert Comparison.objects.filter(kind="correction").count() == 4  # the dev dialogue's too


def test_pressed_twice_it_is_one_run(corrected, manager):
    assert teach(corrected, manager) == teach(corrected, manager)
    assert Run.objects.count() == 1


def test_one_that_was_started_is_found_again(corrected, manager):
    run = teach(corrected, manager)
    assert run.queue_last()
    assert teach(corrected, manager) == run


def test_after_a_change_of_the_memory_an_unstarted_draft_is_out_of_date(corrected, manager):
    run = teach(corrected, manager)
    Entry.objects.add(by=None, wordings=["q"], kind="reply", source="page", text="r")
    assert teach(corrected, manager) != run


def test_a_draft_is_about_the_replies_that_stand(corrected, annotator, manager):
    teach(corrected, manager)  # its set has what was said until then
    say(annotator, "question 0", "both_bad", correction="better still")
    rejected = Label.objects.get(text="better than question 1")
    Label.objects.filter(pk=rejected.pk).update(rejected=True, chosen=False)
    run = teach(corrected, manager)
    taught = sorted(run.before.items.values_list("reference__text", flat=True))
    assert taught == sorted(labels_of(run).values_list("text", flat=True)) == ["better still", "better than question 2"]


def test_started_it_learns_what_was_seen_and_still_stands(corrected, annotator, manager):
    run = teach(corrected, manager)
    left_out, second, third = labels_of(run).order_by("id")
    label(another_question("during the draft"), "came while the draft was open")
    settle(run, {second.pk, third.pk}, {left_out.pk}, 0)
    say(annotator, third.turn.text, "end")  # taken back while the run waits
    label(another_question("during the wait"), "came while it waited")

    run.refresh_from_db()
    fix_labels(run)
    assert run.learned == [second.pk]
    assert {item.turn_id for item in run.before.items.all()} == {second.turn_id, third.turn_id}


def test_a_reply_said_anew_is_measured_as_taught_too(corrected, annotator, manager):
    run = teach(corrected, manager)
    say(annotator, "question 0", "both_bad", correction="better still")
    sync_labels(corrected)
    start(run, on_the_page(run))
    taught = sorted(run.before.items.values_list("reference__text", flat=True))
    assert taught == ["better still", "better than question 1", "better than question 2"]
    assert taught == sorted(labels_of(run).values_list("text", flat=True))


def test_what_was_taken_back_and_said_again_meanwhile_waits_for_the_next_run(corrected, annotator, manager):
    sync_labels(corrected)
    first, again, last = Label.objects.taught(corrected).order_by("id")
    say(annotator, again.turn.text, "end")
    run = teach(corrected, manager)
    seen = on_the_page(run)
    say(annotator, again.turn.text, "both_bad", correction=again.text)
    sync_labels(corrected)
    start(run, seen)
    assert run.learned == seen == [first.pk, last.pk]
    assert again in Label.objects.taught(corrected)


def test_an_older_reply_that_a_rejection_brought_back_waits_for_the_next_run(corrected, manager):
    sync_labels(corrected)
    newest = label(Turn.objects.get(text="question 0"), "by hand")
    run = teach(corrected, manager)
    seen = on_the_page(run)
    reject(newest)
    assert Label.objects.taught(corrected).get(turn=newest.turn).pk < newest.pk
    start(run, seen)
    assert run.learned == sorted(set(seen) - {newest.pk})


def test_taken_back_while_it_waits_replay_alone_is_nothing_to_learn(corrected, annotator, manager):
    run = teach(corrected, manager)
    start(run, on_the_page(run))
    for i in range(3):
        say(annotator, f"question {i}", "end")
    with pytest.raises(NothingToLearn):
        fix_labels(run)


def test_without_a_correction_there_is_nothing_to_teach(manager):
    dataset = shop()
    champion()
    with pytest.raises(NothingTaught):
        teach(dataset, manager)
    assert not Run.objects.exists()
