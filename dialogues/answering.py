"""A version of a model answers the open turns of a dataset, in chunks that are stored one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.db import transaction
from django.db.models import QuerySet

from dialogues.models import Answer, AnswerJob, Comparison, Dataset, Dialogue, EvalSet, Turn
from dialogues.querysets import TurnQuerySet
from ecc_site.core.jobs import JobError
from knowledge.answering import ask_server, memory_of, planned
from knowledge.retrieval.answering import Answered, Plan, Remembering, answer_batch
from serving import gateway
from serving.loading import runtime_for
from serving.models import CloudCall, Version
from serving.question import NeverLeaves
from serving.runtimes.protocol import EVALUATION, CloudProblem, Message, ModelUnavailable, Role

PAGE = 500  # ids
FAILURES_IN_A_ROW = 5


def answer_dataset(job: AnswerJob) -> None:
    """Work of an AnswerJob: answer the turns that have no answer yet, so a second run continues the first.

    Raises JobError if the model cannot be used, or if too many cloud calls in a row fail.
    """
    turns = missing_turns(job.dataset, job.version, job.eval_set)
    job.set_total(job.done + job.skipped + turns.count())
    try:
        answerer = ServerAnswerer(job) if gateway.serves(job.version) else LocalAnswerer(job.version)
        for ids in chunks_of_ids(turns, answerer.chunk):
            count = _answer_chunk(job, answerer, ids)
            job.advance(done=count, skipped=len(ids) - count)
    except (ModelUnavailable, CloudProblem) as error:
        raise JobError(f"{job.version}: {error}") from error


def missing_turns(dataset: Dataset, version: Version, eval_set: EvalSet | None = None) -> TurnQuerySet:
    """Turns of the dataset, or of the evaluation set alone, that the version has not answered yet."""
    turns = Turn.objects.open_in(dataset).without_answer_by(version, EVALUATION.digest)
    return turns.of_eval_set(eval_set) if eval_set else turns


def chunks_of_ids(turns: QuerySet[Turn], size: int) -> Iterator[list[int]]:
    """Ids in ascending order, at most `size` at a time; each is met once, even if its turn stays without an answer.

    They are read a page at a time: finding what is missing can cost more than answering four of it.
    """
    last = 0
    while ids := list(turns.filter(pk__gt=last).values_list("pk", flat=True)[: max(size, PAGE)]):
        yield from (ids[i : i + size] for i in range(0, len(ids), size))
        last = ids[-1]


def messages_of(context: list[Turn]) -> list[Message]:
    """What a model reads of turns that are not events."""
    return [Message(cast(Role, turn.role), turn.text) for turn in context]


def _answer_chunk(job: AnswerJob, answerer: LocalAnswerer | ServerAnswerer, ids: list[int]) -> int:
    """Answer the turns with these ids and store the answers, also those before a failure; returns how many."""
    answers: list[Answer] = []
    try:
        for answer in answerer.answers_to(Turn.objects.filter(pk__in=ids)):
            answers.append(answer)
    finally:
        with transaction.atomic():  # a turn that is answered is not looked at again, so its pairs have to be there
            Answer.objects.keep(answers, job.dataset, job.version)
            Comparison.objects.pair(ids)
    return len(answers)


class LocalAnswerer:
    """Answers with a model that this process loads; a chunk is one batch."""

    chunk = 16

    def __init__(self, version: Version):
        self.version, self.runtime, self.memory = version, runtime_for(version), memory_of(version)

    def answers_to(self, turns: TurnQuerySet) -> Iterator[Answer]:
        """An answer to each of the turns, not saved yet."""
        contexts = turns.contexts()
        plans = [_planned(self.version, context, self.memory) for context in contexts.values()]
        for turn_id, answered in zip(contexts, answer_batch(self.runtime, plans, EVALUATION), strict=True):
            yield _answer(turn_id, self.version, answered)


class ServerAnswerer:
    """Answers with a model behind a server, one call per turn; raises JobError when too many in a row fail."""

    chunk = 4  # a call can take seconds, and cancelling must not wait for many of them

    def __init__(self, job: AnswerJob):
        self.job, self.version, self.failures = job, job.version, 0
        self.memory = memory_of(self.version)

    def answers_to(self, turns: TurnQuerySet) -> Iterator[Answer]:
        """Answers to those of the turns that get one, not saved yet."""
        for turn_id, context in turns.contexts().items():
            try:
                yield self._answer(turn_id, context)
            except NeverLeaves:
                continue
            except CloudProblem as problem:
                self._count(problem)
            else:
                self.failures = 0

    def _answer(self, turn_id: int, context: list[Turn]) -> Answer:
        answered, call = ask_server(
            self.version,
            _planned(self.version, context, self.memory),
            purpose="reference" if self.version.kind == Version.Kind.CLOUD else "answer",
            may_leave=lambda: Dialogue.objects.all_may_leave([context[-1].dialogue_id]),
            about=context[-1].as_subject,
            check=self.job.check_in,
        )
        return _answer(turn_id, self.version, answered, call)

    def _count(self, problem: CloudProblem) -> None:
        if problem.for_good:
            raise JobError(f"{self.version}: {problem}; what it answered is kept.") from problem
        self.failures = self.failures + 1 if problem.may_pass or problem.outcome == "refused" else 0
        if self.failures >= FAILURES_IN_A_ROW:
            sentence = f"{self.version} failed {self.failures} times in a row ({problem}); what it answered is kept."
            raise JobError(sentence) from problem


def _planned(version: Version, context: list[Turn], memory: Remembering | None) -> Plan:
    """As a turn of its own dialogue, from which nothing remembered may help."""
    return planned(version, messages_of(context), memory, origin=context[-1].dialogue.content_hash)


def _answer(turn_id: int, version: Version, answered: Answered, call: CloudCall | None = None) -> Answer:
    reply = answered.reply
    answer = Answer(
        turn_id=turn_id,
        source=Answer.Source.MODEL,
        version=version,
        settings_hash=EVALUATION.digest,
        text=reply.text,
        latency_ms=reply.latency_ms,
        tokens_in=reply.tokens_in,
        tokens_out=reply.tokens_out,
        finish_reason=reply.finish_reason,
        cloud_call=call,
        memory_revision=version.memory_revision,
    )
    if version.fixed_memory is None:  # what such a memory holds is no entry
        answer.used = answered.used
    return answer
