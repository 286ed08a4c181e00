"""A version is measured by its weights alone, or with the memory as it was at one revision."""

import pytest

from dialogues.answering import answer_dataset
from dialogues.models import Answer, AnswerJob, Comparison, Dialogue, UsedEntry
from knowledge.models import Clock, Entry, FixedMemory
from knowledge.retrieval.items import Item, Question
from serving.models import CloudCall, Version
from tests import build
from tests.serving.provider import chat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_loaded")]
CORRECTED = "亲，付款后48小时内发货哦"


@pytest.fixture
def end(tiny_models):
    return build.version("end", model=str(tiny_models["llama"]))


@pytest.fixture
def asked(db):
    """The same question in two dialogues, and another."""
    return build.dataset(
        build.record("什么时候发货", "亲，48小时内哦", split="train"),
        build.record("什么时候发货？", "亲，尽快哦", "好的", split="dev"),
    )


def remember(question="什么时候发货", text=CORRECTED, **values):
    usual = {"kind": "reply", "source": "page", "language": "zh", "text": text, "by": None}
    return Entry.objects.add(wordings=[question], **(usual | values))


def answers_of(version, dataset):
    job = AnswerJob.objects.create(dataset=dataset, version=version)
    job.run(answer_dataset)
    job.refresh_from_db()
    assert job.state == "done", job.error
    return {answer.turn.text: answer for answer in Answer.objects.filter(version=version).select_related("turn")}


def test_weights_alone_read_nothing(end, asked):
    remember()
    assert all(answer.memory_revision is None for answer in answers_of(end, asked).values())
    assert not UsedEntry.objects.exists()


def test_an_arm_answers_with_what_is_remembered_but_not_from_the_same_question(end, asked):
    same, near = remember(), remember("啥时候能发货呀", "亲，最晚后天发哦")
    found = answers_of(end.with_memory(Clock.now()), asked)
    answer = found["什么时候发货"]
    assert answer.text == near.text
    assert (answer.finish_reason, answer.memory_revision) == ("remembered", 2)
    assert [(used.entry, used.use) for used in answer.used_entries.all()] == [(near, "better")]
    assert same not in [used.entry for used in found["什么时候发货？"].used_entries.all()]
    assert Comparison.objects.filter(version__memory_revision=2).count() == 2


def test_what_was_learned_from_a_dialogue_does_not_help_it(end, asked):
    first = Dialogue.objects.get(turns__text="什么时候发货")
    remember("啥时候能发货呀", "亲，最晚后天发哦", origin=first.content_hash)
    found = answers_of(end.with_memory(1), asked)
    assert found["什么时候发货"].finish_reason != "remembered"
    assert found["什么时候发货？"].finish_reason == "remembered"


def test_arms_of_two_revisions_are_two_versions(end, asked):
    entry = remember("啥时候能发货呀", "亲，最晚后天发哦")
    entry.change(by=None, text="亲，最晚大后天发哦")
    texts = [answers_of(end.with_memory(revision), asked)["什么时候发货"].text for revision in (1, 2)]
    assert texts == ["亲，最晚后天发哦", "亲，最晚大后天发哦"]
    arm = end.with_memory(1)
    assert arm == end.with_memory(1) == arm.with_memory(1)
    assert (arm.weights_of, arm.name, arm.adapter) == (end, "end + memory 1", end.adapter)
    assert arm not in Version.objects.without_arms()


def test_an_arm_with_a_memory_made_for_a_comparison_reads_that_alone(end, asked):
    remember("啥时候能发货呢", "亲，三年后发哦")
    same, near = "亲，一周内发哦", "亲，最晚后天发哦"
    items = [
        Item(1, (Question("什么时候发货"),), same, "zh", "another dialogue"),
        Item(2, (Question("啥时候能发货呀"),), near, "zh", "another dialogue"),
    ]
    made = FixedMemory.objects.of(items)
    assert FixedMemory.objects.of(items) == made
    arm = end.with_fixed_memory(made.pk)
    answer = answers_of(arm, asked)["什么时候发货"]
    assert (answer.text, answer.finish_reason, answer.memory_revision) == (near, "remembered", None)
    assert not UsedEntry.objects.exists(), "its items are no entries"
    assert arm == end.with_fixed_memory(made.pk) != end.with_memory(made.pk)
    assert (arm.weights_of, arm.name) == (end, f"end + fixed memory {made.pk}")


@pytest.fixture
def elsewhere(provider, settings):
    """An end model on another machine, as its address says."""
    settings.CLOUD_MODEL = "recorded"
    return Version.objects.register("end", f"openai:small@{provider.url.replace('127.0.0.1', '127.1')}/v1")


def test_a_server_is_asked_with_examples_and_what_never_leaves_is_none(elsewhere, asked, provider):
    remember("啥时候能发货呀", "亲，最晚后天发哦")
    remember("啥时候能发货呢", "亲，请打13912345678", never_leaves=True)
    provider.will(*[chat("好")] * 3)
    answers_of(elsewhere.with_memory(Clock.now()), asked)
    sent = str([request.raw for request in provider.seen])
    assert len(provider.seen) == CloudCall.objects.count() == 3
    assert "139" not in sent
    assert "最晚后天发" in "".join(message["text"] for call in CloudCall.objects.all() for message in call.messages)
