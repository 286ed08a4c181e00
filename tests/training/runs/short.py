"""A run that is over soon."""

from training.ml.settings import TrainingSettings
from training.models import Run
from training.runs.worker import train_run


def short(**changes):
    usual = {"max_steps": 4, "batch_size": 2, "save_every": 2, "eval_every": 2, "learning_rate": 1e-3, "seed": 7}
    return TrainingSettings.from_dict({"method": "lora"} | usual | changes).as_dict()


def ended(run: Run) -> Run:
    run.run(train_run)
    run.refresh_from_db()
    return run
