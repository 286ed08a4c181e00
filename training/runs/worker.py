"""The work of a run: build the data, train, make a version of every checkpoint, and have the best one evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from django.conf import settings

from ecc_site.core.jobs import Cancelled, JobError
from knowledge.scorers import MemoryUnavailable
from serving.loading import place_of
from serving.models import Version
from training.evaluation.assessing import start_assessment
from training.evaluation.evaluate import start_evaluation
from training.ml import checkpoints
from training.ml.callbacks import Diverged
from training.ml.settings import TrainingSettings
from training.ml.train import CannotTrain, Trained, train
from training.runs.arms import start_arms
from training.runs.dataset import NOTHING_TO_LEARN, NothingToLearn, RunExamples, build_examples
from training.runs.models import LearnedTurn, Run
from training.runs.progress import ProgressReporter, store_checkpoints
from training.runs.stages import ask_for_wordings, fix_labels, fix_pool, try_rates


def train_run(run: Run) -> None:
    """Work of a Run; goes on at the newest checkpoint of an earlier attempt. Raises JobError and Cancelled."""
    torch.set_num_threads(1)  # so that a resumed run repeats the uninterrupted one
    start = _resume_point(run)
    if start is None:
        fix_labels(run)
        ask_for_wordings(run)
        fix_pool(run)
    examples = _examples(run)
    if start is None:
        _note(run, examples)  # before the trials, which learn it too: who is erased meanwhile is named by it
        with expected_errors(run):
            try_rates(run, examples)
    chosen = TrainingSettings.from_dict(run.parameters)
    run.set_total(chosen.max_steps)
    reporter = ProgressReporter(run)
    with expected_errors(run):
        trained = _train(run, examples, chosen, reporter, start)
    store_checkpoints(run)
    if trained.state == "cancelled":
        raise Cancelled
    _evaluate_best(run, trained)


def _examples(run: Run) -> RunExamples:
    try:
        examples = build_examples(run, sync=False)
    except MemoryUnavailable as problem:
        raise JobError(str(problem)) from problem
    if not examples.train:
        raise NothingToLearn(NOTHING_TO_LEARN)
    return examples


def _note(run: Run, examples: RunExamples) -> None:
    """What it learns from here on; other data than its checkpoint's is refused before this."""
    LearnedTurn.objects.record(run, [turn for turn, _ in examples.replies])
    run.record(data_hash=examples.digest)
    run.record_report(**examples.counts)


@contextmanager
def expected_errors(run: Run) -> Iterator[None]:
    """What can go wrong in a training becomes a JobError with a sentence."""
    try:
        yield
    except (CannotTrain, checkpoints.CannotResume, Diverged) as problem:
        raise JobError(str(problem)) from problem
    except OSError as problem:
        raise JobError(f"The folder {run.folder} cannot be written: {problem.strerror or problem}.") from problem


def _train(
    run: Run, examples: RunExamples, chosen: TrainingSettings, reporter: ProgressReporter, start: Path | None
) -> Trained:
    return train(
        place_of(run.base.model),
        examples.train,
        examples.dev,
        chosen,
        run.folder,
        on_accepted=lambda: _note(run, examples),
        on_progress=reporter.progress,
        should_stop=reporter.should_stop,
        resume_from=start,
    )


def _resume_point(run: Run) -> Path | None:
    """The run's newest complete checkpoint, otherwise the one that it was made to start from."""
    own = checkpoints.latest(run.folder)
    return own or (settings.DATA_DIR / run.resume_from if run.resume_from else None)


def _evaluate_best(run: Run, trained: Trained) -> None:
    """Have the best version answer what it was taught and what was held out."""
    best = run.checkpoints.get(version__adapter=str(trained.best.relative_to(settings.DATA_DIR))).version
    Run.objects.filter(pk=run.pk).update(best=best)
    for eval_set in filter(None, (run.before, run.held_out)):
        start_evaluation(best, eval_set, run.created_by)
    champion = Version.objects.champion()
    if run.held_out and champion:
        start_assessment(best, champion, run.held_out, run.created_by)
    run.refresh_from_db()
    try:
        start_arms(run)
    except MemoryUnavailable as problem:
        raise JobError(str(problem)) from problem
