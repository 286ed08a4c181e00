"""Answers of one version to the open turns of a dataset: in chunks, each kept as soon as it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dialogues.models import Answer, AnswerJob, Comparison, Dataset, EvalSet, Turn
from ecc_site.core.jobs import JobError
from serving import gateway
from serving.loading import runtime_for
from serving.models import Version
from serving.runtimes.protocol import EVALUATION, CloudProblem, Message, ModelUnavailable, Reply

CHUNK = {"end": 64, "cloud": 4}  # a cloud call can take seconds, and cancelling must not wait for many of them
PAGE = 500  # ids
FAILURES_IN_A_ROW = 5


class CloudGone(JobError):
    """The cloud model failed several times in a row, so going on would only add to the damage."""


def answer_dataset(job: AnswerJob) -> None:
    """Work of an AnswerJob: answers what has no answer yet, so a second run goes on where the first stopped."""
    missing = missing_turns(job.dataset, job.version, job.eval_set)
    job.set_total(job.done + job.skipped + missing.count())
    try:
        answers_to = CloudAnswers(job.version) if job.version.kind == Version.Kind.CLOUD else EndAnswers(job.version)
        for ids in chunks_of_ids(missing, CHUNK[job.version.kind]):
            kept = _keep(job, answers_to, ids)
            job.advance(done=kept, skipped=len(ids) - kept)
    except (ModelUnavailable, CloudProblem) as error:
        raise JobError(f"{job.version}: {error}") from error


def _keep(job: AnswerJob, answers_to: Callable[..., Iterator[Answer]], ids: list[int]) -> int:
    """Store the answers to a chunk, also those that came before a failure; returns how many."""
    answers: list[Answer] = []
    try:
        for answer in answers_to(Turn.objects.filter(pk__in=ids)):
            answers.append(answer)
    finally:
        Answer.objects.keep(answers, job.dataset, job.version)
        Comparison.objects.pair(ids)
    return len(answers)


def missing_turns(dataset: Dataset, version: Version, eval_set: EvalSet | None = None):
    turns = Turn.objects.open_in(dataset).without_answer_by(version, EVALUATION.digest)
    return turns.of_eval_set(eval_set) if eval_set else turns


def chunks_of_ids(turns, size: int) -> Iterator[list[int]]:
    """Ids in order, at most `size` together; what could not be answered is not met again in this run.

    They are read a page at a time: finding what is missing can cost more than answering four of it.
    """
    last = 0
    while ids := list(turns.filter(pk__gt=last).values_list("pk", flat=True)[: max(size, PAGE)]):
        yield from (ids[i : i + size] for i in range(0, len(ids), size))
        last = ids[-1]


def messages_of(context: list[Turn]) -> list[Message]:
    return [Message(turn.role, turn.text) for turn in context]


class EndAnswers:
    """Answers of a local model, a chunk as one batch."""

    def __init__(self, version: Version):
        self.version, self.runtime = version, runtime_for(version)

    def __call__(self, turns) -> Iterator[Answer]:
        contexts = turns.contexts()
        replies = self.runtime.reply_batch([messages_of(context) for context in contexts.values()], EVALUATION)
        for turn_id, reply in zip(contexts, replies, strict=True):
            yield _answer(turn_id, self.version, reply)


class CloudAnswers:
    """Answers of a cloud model, one call a turn; raises CloudGone when too many calls in a row have failed."""

    def __init__(self, version: Version):
        self.version, self.failures = version, 0

    def __call__(self, turns) -> Iterator[Answer]:
        private = set(turns.filter(dialogue__never_leaves=True).values_list("pk", flat=True))
        for turn_id, context in turns.contexts().items():
            try:
                messages = messages_of(context)
                said = gateway.ask(self.version, messages, purpose="reference", never_leaves=turn_id in private)
            except gateway.NeverLeaves:
                continue
            except CloudProblem as problem:
                self._count(problem)
            else:
                self.failures = 0
                yield _answer(turn_id, self.version, said.reply, said.call)

    def _count(self, problem: CloudProblem) -> None:
        self.failures = self.failures + 1 if problem.may_pass or problem.outcome == "refused" else 0
        if self.failures >= FAILURES_IN_A_ROW:
            sentence = f"{self.version} failed {self.failures} times in a row ({problem}); what it answered is kept."
            raise CloudGone(sentence) from problem


def _answer(turn_id: int, version: Version, reply: Reply, call=None) -> Answer:
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
