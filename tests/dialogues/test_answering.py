import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dialogues import answering
from dialogues.answering import answer_dataset
from dialogues.models import Answer, AnswerJob, Comparison, Coverage, Dataset, Dialogue
from dialogues.querysets import ComparisonQuerySet
from dialogues.removing import remove
from serving import gateway, ledger
from serving.models import CloudCall, Version
from serving.runtimes.protocol import CloudProblem, ModelUnavailable, Reply

pytestmark = [pytest.mark.django_db, pytest.mark.database]


class Echo:
    """A runtime that repeats the last message, and can be told to fail."""

    def __init__(self, *problems):
        self.problems, self.seen = list(problems), []

    def reply(self, messages, decoding=None):
        self.seen.append(messages)
        if self.problems and (problem := self.problems.pop(0)):
            raise problem
        return Reply(f"echo: {messages[-1].text}", latency_ms=1.0, tokens_in=3, tokens_out=4)

    def reply_batch(self, conversations, decoding=None):
        return [self.reply(messages) for messages in conversations]


@pytest.fixture
def versions(db):
    Version.objects.register_configured()
    return Version.objects.champion(), Version.objects.configured_cloud()


@pytest.fixture
def runtime(monkeypatch):
    def use(runtime):
        monkeypatch.setattr(answering, "runtime_for", lambda version: runtime)
        monkeypatch.setattr(gateway, "runtime_for", lambda version: runtime)
        monkeypatch.setattr(gateway.time, "sleep", lambda seconds: None)
        return runtime

    return use


def run(dataset, version):
    job = AnswerJob.objects.create(dataset=dataset, version=version)
    job.run(answer_dataset)
    job.refresh_from_db()
    return job


def test_every_open_turn_is_answered_with_its_context(dataset, versions, runtime):
    echo = runtime(Echo())
    job = run(dataset, versions[0])
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    assert [m.text for m in echo.seen[1]] == ["什么时候发货", "亲，48小时内哦", "好的"]
    assert Coverage.objects.get().answer_count == 3


def test_twice_adds_nothing(dataset, versions, runtime):
    echo = runtime(Echo())
    run(dataset, versions[0])
    assert run(dataset, versions[0]).done == 0
    assert len(echo.seen) == 3
    assert Answer.objects.filter(source="model").count() == Coverage.objects.get().answer_count == 3


def test_end_answers_are_compared_with_human_and_cloud_answers_apart(dataset, versions, runtime):
    runtime(Echo())
    end, cloud = versions
    run(dataset, end)
    assert Comparison.objects.filter(kind="human").count() == 2
    run(dataset, cloud)
    assert Comparison.objects.filter(kind="cloud").count() == 3
    test_split = Comparison.objects.filter(split="test")
    assert {c.turn.dialogue.split for c in test_split} == {"test"}
    assert test_split.count() == 2


def test_what_the_cloud_does_not_know_is_counted_not_invented(dataset, versions, runtime):
    runtime(Echo(None, CloudProblem("empty", "nothing recorded")))
    job = run(dataset, versions[1])
    assert (job.state, job.done, job.skipped) == ("done", 2, 1)
    assert CloudCall.objects.filter(outcome="empty").count() == 1


def test_a_dialogue_that_never_leaves_is_not_sent(dataset, versions, runtime):
    echo = runtime(Echo())
    Dialogue.objects.filter(split="test").update(never_leaves=True)
    job = run(dataset, versions[1])
    assert (job.done, job.skipped, len(echo.seen)) == (2, 1, 2)
    assert not any("return" in message.text for messages in echo.seen for message in messages)


def test_a_dataset_that_is_marked_while_a_job_runs_is_not_sent_any_more(dataset, versions, runtime, monkeypatch):
    echo, open_call = runtime(Echo()), ledger.open_call

    def marked_once_one_was_asked(*arguments, **options):
        Dataset.objects.update(never_leaves=bool(echo.seen))
        return open_call(*arguments, **options)

    monkeypatch.setattr(ledger, "open_call", marked_once_one_was_asked)
    job = run(dataset, versions[1])
    assert (job.state, job.done, job.skipped, len(echo.seen)) == ("done", 1, 2, 1)


def test_a_cloud_that_keeps_failing_ends_the_job_and_keeps_the_answers(dataset, versions, runtime, monkeypatch):
    monkeypatch.setattr(answering, "FAILURES_IN_A_ROW", 2)
    runtime(Echo(None, *[CloudProblem("refused", "no such key")] * 2))
    job = run(dataset, versions[1])
    assert job.state == "failed"
    assert "no such key" in job.error
    assert Answer.objects.filter(version=versions[1]).count() == 1
    assert Coverage.objects.get(version=versions[1]).answer_count == 1


def test_a_spent_budget_stops_the_job_with_a_sentence(dataset, versions, runtime, settings):
    settings.CLOUD_TOKENS_PER_DAY = 10
    runtime(Echo())
    job = run(dataset, Version.objects.register("cloud", "openai:teacher@https://cloud.example/v1"))
    assert job.state == "failed"
    assert "CLOUD_TOKENS_PER_DAY" in job.error
    assert not CloudCall.objects.exists()


def test_a_model_that_cannot_be_loaded_fails_with_its_sentence(dataset, versions, monkeypatch):
    def refuse(version):
        raise ModelUnavailable("The end model x cannot be loaded: no such folder")

    monkeypatch.setattr(answering, "runtime_for", refuse)
    assert "no such folder" in run(dataset, versions[0]).error


def test_it_goes_on_after_a_kill(dataset, versions, runtime, monkeypatch):
    monkeypatch.setattr(answering.LocalAnswerer, "chunk", 1)
    runtime(Echo(None, KeyboardInterrupt()))
    job = AnswerJob.objects.create(dataset=dataset, version=versions[0])
    with pytest.raises(KeyboardInterrupt):
        job.run(answer_dataset)
    assert Answer.objects.filter(version=versions[0]).count() == 1
    job = run(dataset, versions[0])
    assert (job.state, job.done) == ("done", 2)


def test_a_turn_is_answered_together_with_its_comparisons_or_not_at_all(dataset, versions, runtime, monkeypatch):
    def fails(*_):
        raise KeyboardInterrupt

    runtime(Echo())
    with monkeypatch.context() as failing:
        failing.setattr(ComparisonQuerySet, "pair", fails)
        with pytest.raises(KeyboardInterrupt):
            AnswerJob.objects.create(dataset=dataset, version=versions[0]).run(answer_dataset)
    run(dataset, versions[0])
    compared = set(Comparison.objects.filter(version=versions[0]).values_list("end", flat=True))
    answered = Answer.objects.filter(version=versions[0], turn__answers__source="human")
    assert compared == set(answered.values_list("pk", flat=True)) != set()


def test_a_turn_that_is_removed_while_it_is_answered_is_left_out(dataset, versions, runtime):
    class Remover(Echo):
        def reply_batch(self, conversations, decoding=None):
            remove(dataset, [Dialogue.objects.earliest("pk").pk])
            return super().reply_batch(conversations, decoding)

    runtime(Remover())
    job = run(dataset, versions[0])
    assert (job.state, job.error) == ("done", "")
    assert Answer.objects.filter(version=versions[0]).count() == Coverage.objects.get().answer_count == 1
    connection.check_constraints()


def test_cancel_stops_at_the_next_chunk(dataset, versions, runtime, monkeypatch):
    monkeypatch.setattr(answering.LocalAnswerer, "chunk", 1)
    echo = runtime(Echo())
    job = AnswerJob.objects.create(dataset=dataset, version=versions[0])
    job.claim()
    AnswerJob.objects.update(state="queued")
    AnswerJob.objects.update(cancel_requested=True)
    job.run(answer_dataset)
    job.refresh_from_db()
    assert (job.state, len(echo.seen)) == ("cancelled", 0)


def test_the_command_says_what_it_did(dataset, versions, runtime, capsys):
    runtime(Echo())
    call_command("answer", "shop", "--json")
    assert json.loads(capsys.readouterr().out)["answered"] == 3


@pytest.mark.parametrize("arguments", [["nowhere"], ["shop", "--version", "v99"]])
def test_the_command_refuses_what_is_not_there(dataset, versions, arguments):
    with pytest.raises(CommandError, match="There is no"):
        call_command("answer", *arguments)
