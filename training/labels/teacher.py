"""Labels by the teacher: its reply to each turn of a selection, stored as soon as it is there."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dialogues.answering import chunks_of_ids
from dialogues.models import Dialogue, Turn, text_hash
from dialogues.querysets import TurnQuerySet
from ecc_site.core.bulk import with_existing
from ecc_site.core.jobs import JobError
from serving import gateway, own_redaction
from serving.budget import BudgetSpent
from serving.limits import CircuitOpen, RedisUnavailable
from serving.models import CloudCall
from serving.question import NeverLeaves
from serving.runtimes.protocol import CloudProblem, ModelUnavailable
from training.labels.few_shot import POOL, NearestQuestions, examples_of
from training.labels.models import Label, LabelJob
from training.labels.prompt import LABELLING, Prompt, make_prompt
from training.labels.selections import missing_turns, prompt_of

CHUNK = 4  # turns; a call can take seconds, and neither progress nor cancelling should wait for many
PATIENCE = 3  # how many times in a row an open circuit is waited for
MASK = re.compile(r"\[[A-Z]+(?:_[A-Z]+)*_\d+\]")
REASONS = {
    **dict(CloudCall.Outcome.choices),
    "never_leaves": _("never leaves this machine"),
    "cut": _("cut off at the length limit"),
    "foreign": _("mentions another customer's data"),
    "budget": _("not sent: today's budget is used up"),
    "left_alone": _("not sent: the cloud model failed too often"),
    "redis": _("not sent: Redis did not answer"),
    "for_good": _("not sent: the provider refuses every question"),
}
pause = time.sleep


class RefusedForGood(JobError):
    """The provider refuses this question and would refuse every other."""


STOPS: dict[type[Exception], str] = {
    BudgetSpent: "budget",
    CircuitOpen: "left_alone",
    RedisUnavailable: "redis",
    RefusedForGood: "for_good",
}


class Unusable(Exception):
    """The reply must not be learned; `reason` is a key of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def label_dataset(job: LabelJob) -> None:
    """Work of a LabelJob: asks about turns that have no label of this prompt yet, so a later job goes on from there."""
    _reset_failures(job)
    turns = missing_turns(job)
    total = job.done + turns.count()
    if job.limit:
        total = min(total, max(job.done, job.limit))
    job.set_total(total)
    teacher = Teacher(job)
    try:
        for chunk in chunks_of_ids(turns, CHUNK):
            ids = chunk[: _remaining(job, total)] if job.limit else chunk
            if not ids:
                break
            _label_turns(job, teacher, ids)
    except ModelUnavailable as error:
        raise JobError(f"{job.teacher}: {error}") from error
    except tuple(STOPS) as stop:
        teacher.unanswered[STOPS[type(stop)]] += _remaining(job, total)
        teacher.store_reasons()
        raise


def _remaining(job: LabelJob, total: int) -> int:
    return max(0, total - job.done - job.skipped)


def reasons_of(unanswered: Mapping[str, int]) -> list[tuple[str, int]]:
    """In words why the teacher gave nothing usable, and how often: the most frequent reason first."""
    return [(str(REASONS.get(name, name)), count) for name, count in Counter(unanswered).most_common() if count]


class Teacher:
    """Asks turn by turn, and counts by reason the turns that got no usable reply."""

    def __init__(self, job: LabelJob) -> None:
        self.job, self.waits = job, 0
        self.unanswered: Counter[str] = Counter()
        self.prompt = self._make_prompt()

    def _make_prompt(self) -> Prompt:
        dataset = self.job.dataset
        nearest = NearestQuestions(examples_of(dataset, POOL)) if self.job.nearest_count else None
        return make_prompt(
            self.job.teacher,
            examples_of(dataset, self.job.example_count),
            nearest,
            self.job.nearest_count,
            own_redaction.detectors(),
        )

    def labels_for(self, turns: TurnQuerySet) -> Iterator[Label]:
        """A label for each turn that got a usable reply, not stored yet. Raises the errors in STOPS."""
        splits = dict(turns.values_list("pk", "dialogue__split"))
        for turn_id, context in turns.contexts().items():
            try:
                answer = self._ask(context)
                _check(answer, context)
            except NeverLeaves:
                self.unanswered["never_leaves"] += 1
            except CloudProblem as problem:
                self.unanswered[problem.outcome] += 1
                if problem.for_good:
                    raise RefusedForGood(f"{self.job.teacher}: {problem}; the labels so far are kept.") from problem
            except Unusable as problem:
                self.unanswered[problem.reason] += 1
            else:
                yield self._label(turn_id, splits[turn_id], answer)

    def _ask(self, context: list[Turn]) -> gateway.CloudAnswer:
        """The teacher's answer; an open circuit is waited for, but not for ever."""
        while True:
            request = self.prompt.request(context)
            try:
                answer = gateway.ask(
                    self.job.teacher,
                    request.messages,
                    purpose="label",
                    may_leave=request.may_leave,
                    about=request.about,
                    decoding=LABELLING,
                    reuse=True,
                    pause=pause,
                    check=self.job.check_in,
                )
            except NeverLeaves:
                if not Dialogue.objects.all_may_leave([context[-1].dialogue_id]):
                    raise
                self.prompt = self._make_prompt()  # an example in it was marked since it was made
            except CircuitOpen as opened:
                if self.waits >= PATIENCE:
                    raise
                self.waits += 1
                self._wait(opened.seconds)
            else:
                self.waits = 0
                return answer

    def _wait(self, seconds: float) -> None:
        """In steps of a second, after each of which the job can be cancelled."""
        while seconds > 0:
            self.job.advance()
            pause(min(1.0, seconds))
            seconds -= 1.0

    def _label(self, turn_id: int, split: str, answer: gateway.CloudAnswer) -> Label:
        return Label(
            turn_id=turn_id,
            source=Label.Source.TEACHER,
            text=answer.reply.text,
            text_hash=text_hash(answer.reply.text),
            cloud_call=answer.call,
            teacher=self.job.teacher,
            prompt_version=prompt_of(self.job),
            dataset_id=self.job.dataset_id,
            split=split,
        )

    def store_reasons(self) -> None:
        """Write the counts so far to the job, unless another worker has claimed it since."""
        LabelJob.objects.filter(pk=self.job.pk, token=self.job.token).update(unanswered=dict(self.unanswered))
        self.job.unanswered = dict(self.unanswered)


def _label_turns(job: LabelJob, teacher: Teacher, ids: list[int]) -> None:
    """Ask about a chunk of turns and store its labels, even those that came before a failure; counts both."""
    labels, failed_before = [], teacher.unanswered.total()
    try:
        for label in teacher.labels_for(Turn.objects.filter(pk__in=ids)):
            labels.append(label)
    finally:
        store(labels)
        teacher.store_reasons()
        job.advance(done=len(labels), skipped=teacher.unanswered.total() - failed_before)


def store(labels: list[Label]) -> None:
    """Store labels by the teacher and choose the best label of each turn.

    A text that the turn has from a teacher already stays a single label, which then names the newest call; if a
    person has rejected it, it stays rejected. Turns that somebody has removed meanwhile get none.
    """
    with transaction.atomic():
        labels = with_existing(labels, "turn")
        Label.objects.bulk_create(
            labels,
            update_conflicts=True,
            unique_fields=["turn", "source", "text_hash"],
            update_fields=["teacher", "prompt_version", "cloud_call"],
        )
        Label.objects.choose({label.turn_id for label in labels})


def _check(answer: gateway.CloudAnswer, context: list[Turn]) -> None:
    """Raises Unusable for a reply that was cut, or that has a placeholder which the conversation does not have."""
    if answer.reply.finish_reason == "length":
        raise Unusable("cut")
    own = {mask for turn in context for mask in MASK.findall(turn.text)}
    if set(MASK.findall(answer.reply.text)) - own:
        raise Unusable("foreign")


def _reset_failures(job: LabelJob) -> None:
    """Turns that an earlier attempt could not label are asked about again, and must not be counted twice."""
    row = LabelJob.objects.filter(pk=job.pk, token=job.token)
    row.update(skipped=0, unanswered={}, done_before=job.done)
    job.skipped, job.unanswered, job.done_before = 0, {}, job.done
