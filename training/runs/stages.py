"""What a run does before it trains: other wordings of what people corrected, and which learning rate to take."""

from __future__ import annotations

import math

from django.db.models import Max, Model

from dialogues.models import Answer
from ecc_site.core.jobs import Cancelled, JobError
from knowledge.models import Clock
from knowledge.scorers import MemoryUnavailable
from serving.loading import place_of
from serving.models import Version
from serving.runtimes.protocol import ModelUnavailable
from training.labels.from_verdicts import sync_labels
from training.labels.models import Label, Paraphrase
from training.labels.paraphrases import paraphrase, remember_paraphrases
from training.ml.rates import dev_loss_soon
from training.ml.settings import TrainingSettings
from training.runs.dataset import NOTHING_TO_LEARN, NothingToLearn, RunExamples, labels_of
from training.runs.models import Run
from training.runs.progress import StopAsked


def fix_labels(run: Run) -> None:
    """From here on it learns these labels, whatever people say while it trains or before it resumes.

    What they took back while it waited is none of them. Raises NothingToLearn where that leaves it nothing but replay.
    """
    sync_labels(run.dataset)
    if run.resume_from or run.checkpoints.exists():
        return
    labels = labels_of(run).filter(pk__in=Label.objects.taught(run.dataset))
    run.record(learned=list(labels.order_by("id").values_list("pk", flat=True)))
    if run.needs_people and not run.learned:
        raise NothingToLearn(NOTHING_TO_LEARN)


def ask_for_wordings(run: Run) -> None:
    """Have the configured teacher put the corrected questions in other words; the memory gets those as well.

    What it cannot answer is counted in the run's report, and the run goes on with what there is. Raises Cancelled, and
    JobError where the teacher or the similarity scorer cannot be used.
    """
    teacher = Version.objects.configured_cloud()
    if not run.wordings or teacher is None:
        return
    labels = labels_of(run)
    try:
        unanswered = paraphrase(
            labels,
            teacher,
            run.wordings,
            report=lambda done, total: run.show_stage("wordings", done, total),
            check=run.check_in,
        )
    except (ModelUnavailable, MemoryUnavailable) as problem:
        raise JobError(f"{teacher}: {problem}") from problem
    run.record_report(without_wordings=dict(unanswered))
    remember_paraphrases(labels, run.created_by)
    if run.memory_after is not None:
        run.record(memory_after=Clock.now())


def fix_pool(run: Run) -> None:
    """From here on it draws from what there is now, whatever is imported, answered or labelled before it resumes."""
    newest = {kind._meta.model_name: _newest(kind) for kind in (Answer, Label, Paraphrase)}
    run.record(drawn_up_to=newest)


def _newest(kind: type[Model]) -> int:
    return kind._default_manager.aggregate(newest=Max("pk"))["newest"] or 0


def try_rates(run: Run, examples: RunExamples) -> None:
    """Train shortly with each rate that is to be tried and take the one with the lowest dev loss; a tried one is kept.

    Without dev examples the preset's rate stays. Raises Cancelled, and as train.
    """
    if not examples.dev:
        return
    stop = StopAsked(run)
    for number, trial in enumerate(run.trials):
        if trial["dev_loss"] is None and not trial.get("diverged"):
            run.show_stage("rates", number, len(run.trials))
            loss = dev_loss_soon(
                place_of(run.base.model),
                examples.train,
                examples.dev,
                TrainingSettings.from_dict(run.parameters | {"learning_rate": trial["rate"]}),
                run.folder,
                should_stop=stop,
            )
            if loss is None:
                raise Cancelled
            trial.update({"dev_loss": loss} if math.isfinite(loss) else {"diverged": True})
            run.record(trials=run.trials)
    measured = [trial for trial in run.trials if trial["dev_loss"] is not None]
    if measured:
        best = min(measured, key=lambda trial: trial["dev_loss"])
        run.record(parameters=run.parameters | {"learning_rate": best["rate"]})
