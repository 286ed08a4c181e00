"""The experiment of Table VI: base, three methods, and LoRA at three lengths, on the same inputs and the same data.

Of the paper's six inputs only "Hello" is known to us by its words. The other five are the plainest questions that a
shop is asked, written down before any result was seen; each is asked in Chinese and in English. They may well occur in
the training data, so they show and do not prove: the dev split, with its intervals, is the measure.
Every column is a run of its own, since the learning rate falls to 0 at the end of a run: a checkpoint on the way to
15,000 steps is not what 3,000 steps give.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db import transaction

from dialogues.answering import answer_dataset
from dialogues.importing.parsers import parse_turns
from dialogues.importing.store import store_batch
from dialogues.models import AnswerJob, Comparison, Dataset, EvalSet
from ecc_site.core.command_jobs import create_or_refuse, run_here
from ecc_site.core.errors import ExpectedError
from serving.corpus import records, turns_of
from serving.models import Version
from training.evaluation.run import evaluate
from training.evaluation.sets import INPUT_SET, TABLE6, freeze_answers, frozen_questions, references
from training.labels.models import Label, LabelJob
from training.ml import presets
from training.ml.methods import METHODS
from training.runs.dataset import build
from training.runs.models import Run

INPUTS = (
    *("你好", "Hello"),
    *("什么时候发货？", "When will my order be shipped?"),
    *("可以退货吗？", "Can I return it?"),
    *("发什么快递？", "Which courier do you use?"),
    *("有优惠券吗？", "Do you have a coupon?"),
    *("可以开发票吗？", "Can I get an invoice?"),
)
RUNS = tuple((method.name, steps) for method in METHODS.values() for steps in method.paper_steps)
CORPUS = "corpus"


class CannotCompare(ExpectedError):
    """The experiment lacks something; the text says what."""


@dataclass(frozen=True)
class Experiment:
    """What is to be trained and measured. `scale` multiplies the paper's steps."""

    dataset: Dataset
    base: Version
    teacher: Version
    scale: float
    preset: str
    show: bool = False

    def columns(self) -> Iterator[Version]:
        """Label, train and measure; yields each version as soon as it is measured. A second call finds all there."""
        sets = self._sets()
        self._label()
        yield self.base
        for method, steps in RUNS:
            version = self._trained(method, max(1, round(steps * self.scale)))
            for eval_set in sets:
                evaluate(version, eval_set, show=self.show)
            yield version

    def _sets(self) -> list[EvalSet]:
        """Both sets with the teacher's references, answered by the base."""
        frozen_questions(TABLE6, [(one, "") for one in INPUTS], note="the inputs of Table VI")
        inputs = Dataset.objects.get(name=TABLE6)
        # With these the teacher is asked about the dev turns alone; where nobody replied, about all turns.
        replied = references(self.dataset, Comparison.Kind.HUMAN, "dev")
        plain = freeze_answers(f"{_dev_name(self.dataset)} · human", replied) if replied.exists() else None
        for version in (self.teacher, self.base):
            self._answer(version, inputs, None)
            self._answer(version, self.dataset, plain)
        found = [_frozen(INPUT_SET, references(inputs, Comparison.Kind.CLOUD, "test")), dev_set(self.dataset)]
        for eval_set in found:
            evaluate(self.base, eval_set, show=self.show)
        return found

    def _answer(self, version: Version, dataset: Dataset, eval_set: EvalSet | None) -> None:
        job = create_or_refuse(AnswerJob, dataset=dataset, version=version, eval_set=eval_set)
        run_here(job, answer_dataset, show=self.show)

    def _label(self) -> None:
        from training.labels.teacher import label_dataset

        job = create_or_refuse(LabelJob, dataset=self.dataset, teacher=self.teacher, selection=LabelJob.Selection.ALL)
        run_here(job, label_dataset, show=self.show)

    def _trained(self, method: str, steps: int) -> Version:
        from training.runs.worker import train_run

        values = self._run_values(method, steps)
        for done in Run.objects.filter(state=Run.State.DONE, **values).order_by("-id"):
            if done.checkpoints.exists() and done.data_hash == build(done).digest:
                return done.checkpoints.last().version
        run = Run.objects.create(**values)
        run_here(run, train_run, show=self.show)
        return run.checkpoints.last().version

    def _run_values(self, method: str, steps: int) -> dict:
        labels = Label.objects.chosen().filter(dataset=self.dataset, split="train", source="teacher").count()
        if not labels:
            raise CannotCompare(
                f"The teacher has labelled no train dialogue of {self.dataset}: nothing can be learned."
            )
        chosen = presets.paper(method, steps) if self.preset == "paper" else presets.recommended(method, labels)
        # No look at the dev loss on the way: the last step counts, not the best of several.
        warmup = min(chosen.warmup_steps, steps // 10)
        chosen = replace(chosen, max_steps=steps, save_every=steps, warmup_steps=warmup, eval_every=0, patience=0)
        return {
            "name": f"{TABLE6} · {self.dataset} · {self.preset} ×{self.scale:g} · {method} {steps}",
            "dataset": self.dataset,
            "base": self.base,
            "method": method,
            "preset": self.preset,
            "parameters": chosen.as_dict(),
            "mix": {"teacher": labels},
        }


def corpus_dataset() -> Dataset:
    """All dialogues of the corpus as the shop's own agents answered them, with the corpus's own split."""
    with transaction.atomic():
        dataset, is_new = Dataset.objects.get_or_create(name=CORPUS, defaults={"note": "all dialogues of the corpus"})
        if is_new:
            store_batch(dataset, [parse_turns(turns_of(record)) for record in records()])
    dataset.refresh_from_db()
    return dataset


def dev_set(dataset: Dataset) -> EvalSet:
    """The frozen dev split with the teacher's answers as references. Raises CannotCompare where there are none."""
    return _frozen(_dev_name(dataset), references(dataset, Comparison.Kind.CLOUD, "dev"))


def _dev_name(dataset: Dataset) -> str:
    return f"dev · {dataset.pk} {str(dataset)[:150]}"


def _frozen(name: str, answers) -> EvalSet:
    found = EvalSet.objects.filter(name=name).first()
    if found is None and not answers.exists():
        raise CannotCompare(f"{name}: the teacher knows no answer, so there is nothing to compare with.")
    return found or freeze_answers(name, answers)
