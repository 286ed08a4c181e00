"""Labels by the teacher: its reply to each turn of a selection, each kept as soon as it is there."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dialogues.answering import chunks_of_ids
from dialogues.models import Turn, text_hash
from ecc_site.core.jobs import JobError
from serving import gateway
from serving.budget import BudgetSpent
from serving.limits import CircuitOpen, RedisUnavailable
from serving.models import CloudCall
from serving.runtimes.protocol import CloudProblem, ModelUnavailable
from training.labels.few_shot import POOL, NearestQuestions, examples_of
from training.labels.models import Label, LabelJob
from training.labels.prompt import LABELLING, make_prompt
from training.labels.selections import missing_turns, prompt_of

CHUNK = 4  # a call can take seconds, and what is done should be seen and cancelling should not wait
PATIENCE = 3  # how often in a row an open circuit is waited for
MASK = re.compile(r"\[[A-Z]+(?:_[A-Z]+)*_\d+\]")
REASONS = {
    **dict(CloudCall.Outcome.choices),
    "never_leaves": _("never leaves this machine"),
    "cut": _("cut off at the length limit"),
    "foreign": _("mentions another customer's data"),
    "budget": _("not sent: today's budget is used up"),
    "left_alone": _("not sent: the cloud model failed too often"),
    "redis": _("not sent: Redis did not answer"),
}
STOPS = {BudgetSpent: "budget", CircuitOpen: "left_alone", RedisUnavailable: "redis"}
pause = time.sleep


class Unusable(Exception):
    """A reply came that must not be learned; `reason` is a key of REASONS."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def label_dataset(job: LabelJob) -> None:
    """Work of a LabelJob: asks about what has no label of this prompt yet, so a later job goes on where it stopped."""
    _forget_failures(job)
    turns = missing_turns(job)
    room = job.limit - job.done if job.limit else None
    wanted = turns.count()
    job.set_total(job.done + (wanted if room is None else min(wanted, max(0, room))))
    teacher = Teacher(job)
    try:
        for ids in chunks_of_ids(turns, CHUNK):
            asked = ids if room is None else ids[: max(0, job.total - job.done - job.skipped)]
            if not asked:
                break
            _keep(job, teacher, asked)
    except ModelUnavailable as error:
        raise JobError(f"{job.teacher}: {error}") from error
    except tuple(STOPS) as stop:
        teacher.unanswered[STOPS[type(stop)]] += max(0, job.total - job.done - job.skipped)
        teacher.note()
        raise


def reasons_of(job: LabelJob) -> list[tuple[str, int]]:
    """Why turns have no label, in words, and how many: the most frequent reason first."""
    return [(REASONS.get(name, name), count) for name, count in Counter(job.unanswered).most_common() if count]


class Teacher:
    """Asks turn by turn and counts, by reason, what got no usable reply."""

    def __init__(self, job: LabelJob):
        self.job, self.unanswered, self.waits = job, Counter(), 0
        examples = examples_of(job.dataset, job.example_count)
        nearest = NearestQuestions(examples_of(job.dataset, POOL)) if job.nearest_count else None
        self.prompt = make_prompt(job.teacher, examples, nearest, job.nearest_count)

    def __call__(self, turns: QuerySet[Turn]) -> Iterator[Label]:
        private = set(turns.filter(dialogue__never_leaves=True).values_list("pk", flat=True))
        splits = dict(turns.values_list("pk", "dialogue__split"))
        for turn_id, context in turns.contexts().items():
            try:
                said = self._ask(context, turn_id in private)
                _check(said, context)
            except gateway.NeverLeaves:
                self.unanswered["never_leaves"] += 1
            except CloudProblem as problem:
                self.unanswered[problem.outcome] += 1
            except Unusable as problem:
                self.unanswered[problem.reason] += 1
            else:
                yield self._label(turn_id, splits[turn_id], said)

    def _ask(self, context: list[Turn], never_leaves: bool) -> gateway.CloudAnswer:
        """The reply; an open circuit is waited for, but not for ever."""
        while True:
            try:
                said = gateway.ask(
                    self.job.teacher,
                    self.prompt.messages(context),
                    purpose="label",
                    never_leaves=never_leaves,
                    decoding=LABELLING,
                    reuse=True,
                    pause=pause,
                )
            except CircuitOpen as opened:
                if self.waits >= PATIENCE:
                    raise
                self.waits += 1
                self._wait(opened.seconds)
            else:
                self.waits = 0
                return said

    def _wait(self, seconds: float) -> None:
        """In steps, at each of which the job can be cancelled."""
        while seconds > 0:
            self.job.advance()
            pause(min(1.0, seconds))
            seconds -= 1.0

    def _label(self, turn_id: int, split: str, said: gateway.CloudAnswer) -> Label:
        return Label(
            turn_id=turn_id,
            source=Label.Source.TEACHER,
            text=said.reply.text,
            text_hash=text_hash(said.reply.text),
            cloud_call=said.call,
            teacher=self.job.teacher,
            prompt_version=prompt_of(self.job),
            dataset_id=self.job.dataset_id,
            split=split,
        )

    def note(self) -> None:
        """Write the reasons so far; a worker that was believed dead cannot."""
        LabelJob.objects.filter(pk=self.job.pk, token=self.job.token).update(unanswered=dict(self.unanswered))
        self.job.unanswered = dict(self.unanswered)


def _keep(job: LabelJob, teacher: Teacher, ids: list[int]) -> None:
    """Store the labels of a chunk, also those that came before a failure, and count both."""
    labels, failed_before = [], teacher.unanswered.total()
    try:
        for label in teacher(Turn.objects.filter(pk__in=ids)):
            labels.append(label)
    finally:
        store(labels)
        teacher.note()
        job.advance(done=len(labels), skipped=teacher.unanswered.total() - failed_before)


def store(labels: list[Label]) -> None:
    """Keep teacher's labels and let the best of each turn win.

    A text that the turn has from a teacher already stays one label, which then names the newest call; where a person
    rejected it, it stays rejected.
    """
    with transaction.atomic():
        Label.objects.bulk_create(
            labels,
            update_conflicts=True,
            unique_fields=["turn", "source", "text_hash"],
            update_fields=["teacher", "prompt_version", "cloud_call"],
        )
        Label.objects.choose({label.turn_id for label in labels})


def _check(said: gateway.CloudAnswer, context: list[Turn]) -> None:
    if said.reply.finish_reason == "length":
        raise Unusable("cut")
    own = {mask for turn in context for mask in MASK.findall(turn.text)}
    if set(MASK.findall(said.reply.text)) - own:
        raise Unusable("foreign")


def _forget_failures(job: LabelJob) -> None:
    """What an earlier attempt could not label is asked again, so it must not be counted twice."""
    mine = LabelJob.objects.filter(pk=job.pk, token=job.token)
    mine.update(skipped=0, unanswered={}, done_before=job.done)
    job.skipped, job.unanswered, job.done_before = 0, {}, job.done
