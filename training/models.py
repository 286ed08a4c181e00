"""All models of training, each defined with its subject."""

from training.evaluation.models import Assessment, AssessmentJob
from training.labels.models import Label, LabelJob, LabelSync, Paraphrase
from training.paper.table3.models import TeacherTableJob
from training.paper.table6.models import Table6Job
from training.runs.models import Checkpoint, Experiment, LearnedTurn, LossPoint, PreparationJob, Run
from training.versions.models import MergeJob

__all__ = [
    "Assessment",
    "AssessmentJob",
    "Checkpoint",
    "Experiment",
    "Label",
    "LabelJob",
    "LabelSync",
    "LearnedTurn",
    "LossPoint",
    "MergeJob",
    "Paraphrase",
    "PreparationJob",
    "Run",
    "Table6Job",
    "TeacherTableJob",
]
