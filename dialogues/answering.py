"""A version of a model answers the open turns of a dataset, in chunks that are stored one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.db.models import QuerySet

from dialogues.models import Answer, AnswerJob, Comparison, Dataset, Dialogue, EvalSet, Turn
from dialogues.querysets import TurnQuerySet
from ecc_site.core.jobs import JobError
from serving import gateway
from serving.loading import runtime_for
from serving.models import CloudCall, Version
from serving.question import NeverLeaves
from serving.runtimes.protocol import EVALUATION, CloudProblem, Message, ModelUnavailable, Reply, Role

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
        Answer.objects.keep(answers, job.dataset, job.version)
        Comparison.objects.pair(ids)
    return len(answers)


class LocalAnswerer:
    """Answers with a model that this process loads; a chunk is one batch."""

    chunk = 16

    def __init__(self, version: Version):
        self.version, self.runtime = version, runtime_for(version)

    def answers_to(self, turns: TurnQuerySet) -> Iterator[Answer]:
        """An answer to each of the turns, not saved yet."""
        contexts = turns.contexts()
        replies = self.runtime.reply_batch([messages_of(context) for context in contexts.values()], EVALUATION)
        for turn_id, reply in zip(contexts, replies, strict=True):
            yield _answer(turn_id, self.version, reply)


class ServerAnswerer:
    """Answers with a model behind a server, one call per turn; raises JobError when too many in a row fail."""

    chunk = 4  # a call can take seconds, and cancelling must not wait for many of them

    def __init__(self, job: AnswerJob):
        self.job, self.version, self.failures = job, job.version, 0

    def answers_to(self, turns: TurnQuerySet) -> Iterator[Answer]:
        """Answers to those of the turns that get one, not saved yet."""
        for turn_id, context in turns.contexts().items():
            try:
                answer = self._ask(context)
            except NeverLeaves:
                continue
            except CloudProblem as problem:
                self._count(problem)
            else:
                self.failures = 0
                yield _answer(turn_id, self.version, answer.reply, answer.call)

    def _ask(self, context: list[Turn]) -> gateway.CloudAnswer:
        dialogue = context[-1].dialogue_id
        return gateway.ask(
            self.version,
            messages_of(context),
            purpose="reference" if self.version.kind == Version.Kind.CLOUD else "answer",
            may_leave=lambda: Dialogue.objects.all_may_leave([dialogue]),
            check=self.job.check_in,
        )

    def _count(self, problem: CloudProblem) -> None:
        if problem.for_good:
            raise JobError(f"{self.version}: {problem}; what it answered is kept.") from problem
        self.failures = self.failures + 1 if problem.may_pass or problem.outcome == "refused" else 0
        if self.failures >= FAILURES_IN_A_ROW:
            sentence = f"{self.version} failed {self.failures} times in a row ({problem}); what it answered is kept."
            raise JobError(sentence) from problem


def _answer(turn_id: int, version: Version, reply: Reply, call: CloudCall | None = None) -> Answer:
    return Answer(
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
    )
