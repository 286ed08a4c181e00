"""How long a run will take: measured before it is started, in a process that does nothing else."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from dataclasses import asdict, replace

from django.conf import settings

from serving.loading import place_of
from training.ml.settings import TrainingSettings
from training.runs.dataset import build_examples
from training.runs.models import Run

logger = logging.getLogger(__name__)

LONGEST_S = 600  # a model that takes longer for six steps is slow, and needs no number to show it


def estimate_apart(run: Run) -> dict:
    """`estimated` in a process of its own; {} where that fails or takes too long, and the log says why."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "train", "--run", str(run.pk), "--estimate"]
    try:
        finished = subprocess.run(
            command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=LONGEST_S, check=True
        )
        return json.loads(finished.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        logger.warning("the estimate of run %s took more than %s s and was given up", run.pk, LONGEST_S)
    except subprocess.CalledProcessError as error:
        logger.warning("the estimate of run %s failed: %s", run.pk, error.stderr[-2000:])
    return {}


def estimated(run: Run) -> dict:
    """The fields of training.ml.estimate.Estimate, measured here and now. Raises CannotTrain, OSError."""
    import torch

    from training.ml.estimate import estimate
    from training.ml.rates import SHARE

    torch.set_num_threads(1)  # as the run itself will
    examples = build_examples(run)
    chosen = TrainingSettings.from_dict(run.parameters)
    found = estimate(place_of(run.base.model), examples.train, examples.dev, chosen)
    return asdict(replace(found, seconds=found.seconds * (1 + len(run.trials) / SHARE)))
