"""The experiment of Table VI: base, three methods, and LoRA at three lengths, on the same inputs and the same data.

Of the paper's six inputs only "Hello" is known to us by its words. The other five are the plainest questions that a
shop is asked, written down before any result was seen; each is asked in Chinese and in English. They may well occur in
the training data, so they show and do not prove: the dev split, with its intervals, is the measure.
Every column is a run of its own, since the learning rate falls to 0 at the end of a run: a checkpoint on the way to
15,000 steps is not what 3,000 steps give.
Beside each stand the same weights with a memory of the very replies that the runs learn, so that the table tells what
a memory brings, what training brings, and what both bring.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from dialogues.answering import answer_dataset, missing_turns
from dialogues.builtin import builtin_dataset
from dialogues.importing.turns import parse_turns
from dialogues.models import AnswerJob, Comparison, Dataset, EvalSet
from ecc_site.core.errors import ExpectedError
from ecc_site.core.job_parts import Doing
from serving import gateway
from serving.corpus import records, turns_of
from serving.models import Version
from training.evaluation.evaluate import evaluate
from training.evaluation.sets import NothingToMeasure, get_or_freeze, held_out_question
from training.labels.models import Label, LabelJob
from training.ml.methods import METHODS, of_the_paper
from training.paper.table6.memory import memory_of
from training.runs.create import RunSpec, create_run
from training.runs.dataset import RunExamples, build_examples
from training.runs.models import Experiment, Run

INPUTS = (
    *("你好", "Hello"),
    *("什么时候发货？", "When will my order be shipped?"),
    *("可以退货吗？", "Can I return it?"),
    *("发什么快递？", "Which courier do you use?"),
    *("有优惠券吗？", "Do you have a coupon?"),
    *("可以开发票吗？", "Can I get an invoice?"),
)
HIGHEST_SCALE = 10.0


class CannotCompare(ExpectedError):
    """The experiment lacks something; the text says what."""


@dataclass(frozen=True)
class Hands:
    """Who does the work: a command does all in its own process, a job trains in the queue of runs."""

    do: Doing
    train: Callable[[Run], None]  # a run that waits, failed or was stopped; raises where it does not end as done


class Table6:
    """Labels, trains and measures what an experiment compares; `methods` narrows it to some of the paper's."""

    def __init__(self, experiment: Experiment, hands: Hands, methods: Collection[str] | None = None):
        self.experiment, self.hands = experiment, hands
        self.dataset, self.base, self.teacher = experiment.dataset, experiment.base, experiment.teacher
        self.runs = planned(experiment.scale, of_the_paper() if methods is None else methods)

    def columns(self) -> Iterator[Version]:
        """Yields each version as soon as it is measured, and after it its arm with the memory.

        A second call finds all there. Raises ExpectedError.
        """
        if gateway.serves(self.base):
            raise CannotCompare(f"{self.base} answers behind a server, so it cannot be trained here.")
        sets = self._sets()
        self._label()
        yield from self._measured(self.base, sets)
        for method, steps in self.runs:
            yield from self._measured(self._trained(method, steps), sets)

    def _measured(self, version: Version, sets: list[EvalSet]) -> Iterator[Version]:
        for arm in (version, version.with_fixed_memory(self._memory)):
            for eval_set in sets:
                evaluate(arm, eval_set, do=self.hands.do)
            yield arm

    def _sets(self) -> list[EvalSet]:
        """Both sets with the teacher's references."""
        inputs = inputs_dataset()
        for version in (self.teacher, self.base):
            self._answer(version, inputs, None)
            self._answer(version, self.dataset, self._replied())
        return [input_set(inputs), dev_set(self.dataset)]

    def _replied(self) -> EvalSet | None:
        """The dev turns that a human agent replied to, so that the teacher is asked about these alone; None where
        nobody replied, and all turns are asked about."""
        try:
            return get_or_freeze(EvalSet.Purpose.DEV, self.dataset, Comparison.Kind.HUMAN, split="dev")
        except NothingToMeasure:
            return None

    def _answer(self, version: Version, dataset: Dataset, eval_set: EvalSet | None) -> None:
        if missing_turns(dataset, version, eval_set).exists():
            self.hands.do(AnswerJob, answer_dataset, dataset=dataset, version=version, eval_set=eval_set)

    def _label(self) -> None:
        from training.labels.teacher import label_dataset

        asked = {"dataset": self.dataset, "teacher": self.teacher, "selection": LabelJob.Selection.ALL}
        self.hands.do(LabelJob, label_dataset, **asked)

    @cached_property
    def _learned(self) -> RunExamples:
        """What every run of the experiment learns, whatever its method."""
        return build_examples(Run(**self._spec(*self.runs[0]).columns()))

    @cached_property
    def _memory(self) -> int:
        """The number of the memory of what is learned."""
        return memory_of(self._learned.replies).pk

    def _trained(self, method: str, steps: int) -> Version:
        spec = self._spec(method, steps)
        run = self._earlier(spec)
        if run is None:
            name = f"{self.experiment} · {method} {steps}"
            run = create_run(spec, name, experiment=self.experiment, measured=False)
        if run.state != Run.State.DONE:
            self.hands.train(run)
            run.refresh_from_db()
        if run.data_hash != self._learned.digest:
            sentence = "The labels of {} were changed while {} was trained. Start again to train on them as they are."
            raise CannotCompare(sentence.format(self.dataset, run))
        return run.checkpoints.latest("step").version

    def _earlier(self, spec: RunSpec) -> Run | None:
        """A run of the same settings on the same data: the newest that is done, else one that can go on."""
        same = {"method": spec.method, "mix": spec.mix, "parameters": spec.settings().as_dict()}
        runs = self.experiment.runs.filter(data_hash__in=("", self._learned.digest), **same).order_by("-id")
        done = runs.filter(state=Run.State.DONE, checkpoints__isnull=False)
        return done.first() or runs.exclude(state__in=(Run.State.DONE, Run.State.DRAFT)).first()

    def _spec(self, method: str, steps: int) -> RunSpec:
        labels = Label.objects.chosen().filter(dataset=self.dataset, split="train", source="teacher").count()
        if not labels:
            sentence = "The teacher has labelled no train dialogue of {}: nothing can be learned."
            raise CannotCompare(sentence.format(self.dataset))
        # No look at the dev loss on the way: the last step counts, not the best of several.
        by_hand = {"max_steps": steps, "save_every": steps, "eval_every": 0, "patience": 0}
        return RunSpec(self.dataset, self.base, method, self.experiment.preset, {"teacher": labels}, by_hand=by_hand)


def planned(scale: float, methods: Collection[str]) -> list[tuple[str, int]]:
    """Method and steps of each run, in the order of the paper's columns."""
    chosen = [name for name in of_the_paper() if name in methods]
    return [(name, max(1, round(steps * scale))) for name in chosen for steps in METHODS[name].paper_steps]


def experiment_of(dataset: Dataset | None, preset: str, scale: float) -> Experiment:
    """The experiment on the champion's base with the configured teacher; of the corpus where no dataset is given."""
    Version.objects.register_configured()
    champion = Version.objects.champion()
    return Experiment.objects.get_or_create(
        kind=Experiment.Kind.TABLE6,
        dataset=dataset or corpus_dataset(),
        base=champion.base or champion,
        teacher=Version.objects.configured_cloud(),
        preset=preset,
        scale=scale,
    )[0]


def corpus_dataset() -> Dataset:
    """All dialogues of the corpus as the shop's own agents answered them, with the corpus's own split."""
    dialogues = (parse_turns(turns_of(record)) for record in records())
    return builtin_dataset(Dataset.Builtin.CORPUS, dialogues, note="all dialogues of the corpus")


def inputs_dataset() -> Dataset:
    questions = (held_out_question(text) for text in INPUTS)
    return builtin_dataset(Dataset.Builtin.TABLE6, questions, note="the inputs of Table VI")


def input_set(inputs: Dataset) -> EvalSet:
    """The inputs that the teacher knows a reply to. Raises NothingToMeasure where it knows none."""
    return get_or_freeze(EvalSet.Purpose.INPUTS, inputs, Comparison.Kind.CLOUD, split="test")


def dev_set(dataset: Dataset) -> EvalSet:
    """The frozen dev split with the teacher's answers as references. Raises NothingToMeasure where there are none."""
    return get_or_freeze(EvalSet.Purpose.DEV, dataset, Comparison.Kind.CLOUD, split="dev")
