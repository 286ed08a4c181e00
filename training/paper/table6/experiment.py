"""The experiment of Table VI: base, three methods, and LoRA at three lengths, on the same inputs and the same data.

Of the paper's six inputs only "Hello" is known to us by its words. The other five are the plainest questions that a
shop is asked, written down before any result was seen; each is asked in Chinese and in English. They may well occur in
the training data, so they show and do not prove: the dev split, with its intervals, is the measure.
Every column is a run of its own, since the learning rate falls to 0 at the end of a run: a checkpoint on the way to
15,000 steps is not what 3,000 steps give.
"""

from __future__ import annotations

from collections.abc import Iterator

from dialogues.answering import answer_dataset
from dialogues.builtin import builtin_dataset
from dialogues.importing.parsers import parse_turns
from dialogues.models import AnswerJob, Comparison, Dataset, EvalSet
from ecc_site.core.command_jobs import create_or_refuse, run_here
from ecc_site.core.errors import ExpectedError
from serving.corpus import records, turns_of
from serving.models import Version
from training.evaluation.evaluate import evaluate
from training.evaluation.sets import NothingToMeasure, get_or_freeze, held_out_question
from training.labels.models import Label, LabelJob
from training.ml.methods import METHODS
from training.runs.create import RunSpec, create_run
from training.runs.dataset import build_examples
from training.runs.models import Experiment, Run

INPUTS = (
    *("你好", "Hello"),
    *("什么时候发货？", "When will my order be shipped?"),
    *("可以退货吗？", "Can I return it?"),
    *("发什么快递？", "Which courier do you use?"),
    *("有优惠券吗？", "Do you have a coupon?"),
    *("可以开发票吗？", "Can I get an invoice?"),
)
RUNS = tuple((method.name, steps) for method in METHODS.values() for steps in method.paper_steps)


class CannotCompare(ExpectedError):
    """The experiment lacks something; the text says what."""


class Table6:
    """Labels, trains and measures what an experiment compares."""

    def __init__(self, experiment: Experiment, *, show: bool = False):
        self.experiment, self.show = experiment, show
        self.dataset, self.base, self.teacher = experiment.dataset, experiment.base, experiment.teacher

    def columns(self) -> Iterator[Version]:
        """Yields each version as soon as it is measured. A second call finds all there."""
        sets = self._sets()
        self._label()
        yield self.base
        for method, steps in RUNS:
            version = self._trained(method, max(1, round(steps * self.experiment.scale)))
            for eval_set in sets:
                evaluate(version, eval_set, show=self.show)
            yield version

    def _sets(self) -> list[EvalSet]:
        """Both sets with the teacher's references, answered by the base."""
        inputs = inputs_dataset()
        for version in (self.teacher, self.base):
            self._answer(version, inputs, None)
            self._answer(version, self.dataset, self._replied())
        found = [input_set(inputs), dev_set(self.dataset)]
        for eval_set in found:
            evaluate(self.base, eval_set, show=self.show)
        return found

    def _replied(self) -> EvalSet | None:
        """The dev turns that a human agent replied to, so that the teacher is asked about these alone; None where
        nobody replied, and all turns are asked about."""
        try:
            return get_or_freeze(EvalSet.Purpose.DEV, self.dataset, Comparison.Kind.HUMAN, split="dev")
        except NothingToMeasure:
            return None

    def _answer(self, version: Version, dataset: Dataset, eval_set: EvalSet | None) -> None:
        job = create_or_refuse(AnswerJob, dataset=dataset, version=version, eval_set=eval_set)
        run_here(job, answer_dataset, show=self.show)

    def _label(self) -> None:
        from training.labels.teacher import label_dataset

        job = create_or_refuse(LabelJob, dataset=self.dataset, teacher=self.teacher, selection=LabelJob.Selection.ALL)
        run_here(job, label_dataset, show=self.show)

    def _trained(self, method: str, steps: int) -> Version:
        from training.runs.worker import train_run

        spec = self._spec(method, steps)
        same = {"method": method, "mix": spec.mix, "parameters": spec.settings().as_dict()}
        for done in self.experiment.runs.filter(state=Run.State.DONE, **same).order_by("-id"):
            version = _last_version(done)
            if version and done.data_hash == build_examples(done).digest:
                return version
        run = create_run(spec, f"{self.experiment} · {method} {steps}", experiment=self.experiment, measured=False)
        run_here(run, train_run, show=self.show)
        return run.checkpoints.latest("step").version

    def _spec(self, method: str, steps: int) -> RunSpec:
        labels = Label.objects.chosen().filter(dataset=self.dataset, split="train", source="teacher").count()
        if not labels:
            sentence = "The teacher has labelled no train dialogue of {}: nothing can be learned."
            raise CannotCompare(sentence.format(self.dataset))
        # No look at the dev loss on the way: the last step counts, not the best of several.
        by_hand = {"max_steps": steps, "save_every": steps, "eval_every": 0, "patience": 0}
        return RunSpec(self.dataset, self.base, method, self.experiment.preset, {"teacher": labels}, by_hand=by_hand)


def _last_version(run: Run) -> Version | None:
    last = run.checkpoints.last()
    return last.version if last else None


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
