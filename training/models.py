"""All models of training, each defined with its subject."""

from training.labels.models import Label, LabelJob, Paraphrase
from training.paper.table3.models import TeacherTableJob
from training.runs.models import Checkpoint, Experiment, LossPoint, PreparationJob, Run
from training.versions.models import MergeJob

__all__ = [
    "Checkpoint",
    "Experiment",
    "Label",
    "LabelJob",
    "LossPoint",
    "MergeJob",
    "Paraphrase",
    "PreparationJob",
    "Run",
    "TeacherTableJob",
]
