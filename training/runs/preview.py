"""What a draft shows before it is started: its data, its first batch, what cannot work, how long it will take."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from django.db import transaction

from ecc_site.core.jobs import JobError
from knowledge.scorers import MemoryUnavailable
from serving.loading import place_of
from training.ml import compatibility
from training.ml.examples import Example, count_cuts
from training.ml.preview import first_batch, learned_tokens
from training.ml.settings import TrainingSettings
from training.runs.dataset import NOTHING_TO_LEARN, build_examples
from training.runs.estimate import estimate_apart
from training.runs.models import PreparationJob, Run
from training.runs.nearness import as_json
from training.runs.prospect import prospect_of


def prepare_draft(job: PreparationJob) -> None:
    """Work of a PreparationJob. Raises JobError where the base cannot be read."""
    try:
        prepare(job.draft)
    except MemoryUnavailable as error:
        raise JobError(str(error)) from error
    except (OSError, ValueError) as error:
        raise JobError(f"{job.draft.base}: {str(error).partition(chr(10))[0]}") from error


def prepare(run: Run) -> None:
    """Fill the run's report. A run with refusals, sentences that say why, cannot be started.

    The estimate comes last, since a large model has to be loaded for it.
    """
    examples = build_examples(run)
    chosen = TrainingSettings.from_dict(run.parameters)
    place = place_of(run.base.model)
    refusals = compatibility.refusals(compatibility.read_config(place), chosen)
    if not examples.train:
        refusals.append(NOTHING_TO_LEARN)
    encoded = _encoded(place, examples.train, chosen) if examples.train else {}
    prospect, near = prospect_of(run)
    found = examples.counts | encoded | {"refusals": refusals, "prospect": asdict(prospect) if prospect else None}
    _store(run, found, data_hash=examples.digest, nearness=as_json(near))
    if not refusals:
        _store(run, {"estimate": estimate_apart(run)})


def _encoded(place: Path | str, examples: list[Example], chosen: TrainingSettings) -> dict[str, Any]:
    """The fields of the report that come from the tokenizer: the first batch, learned tokens, what is cut."""
    from training.ml.data import TrainingData

    data = TrainingData(place, examples, [], chosen)
    return {
        "first_batch": [[[t.text, t.learned, t.padding] for t in row] for row in first_batch(data)],
        "tokens": learned_tokens(examples, data.train),
        "cut": count_cuts(data.train),
    }


@transaction.atomic
def _store(run: Run, found: dict[str, Any], **values: Any) -> None:
    """Store these fields of the report; the others stay as they are by now.

    Where words were erased since the run was read, what was found may quote them: the data has to be looked at anew.
    """
    now = Run.objects.select_for_update().filter(pk=run.pk, state=Run.State.DRAFT).first()
    if now is None:
        return
    report = replace(now.report, **found)
    if report.erased != run.report.erased:
        report = replace(report, first_batch=[], taken=None)
    Run.objects.filter(pk=run.pk).update(data_report=report.as_dict(), **values)
