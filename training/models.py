"""All models of training, each defined with its subject."""

from training.evaluation.models import Assessment, AssessmentJob
from training.labels.models import Label, LabelJob
from training.paper.table3.models import TeacherTableJob
from training.runs.models import Checkpoint, Experiment, LossPoint, PreparationJob, Run
from training.versions.models import MergeJob

__all__ = [
    "Assessment",
    "AssessmentJob",
    "Checkpoint",
    "Experiment",
    "Label",
    "LabelJob",
    "LossPoint",
    "MergeJob",
    "PreparationJob",
    "Run",
    "TeacherTableJob",
]
