"""The models of review, one module a subject."""

from review.models.calibration import CalibrationFigures, CalibrationJob, LearnedScorer
from review.models.figures import FiguresJob, RoundFigures
from review.models.jobs import ExportJob, MakeRoundJob, TakeOverJob
from review.models.phrases import Phrase
from review.models.rounds import LEASE, Assignment, Guideline, Participation, Round, RoundItem, Skip
from review.models.tags import SuggestTagsJob, Tag, TagExample, TurnTag
from review.models.verdicts import Verdict, VerdictRevision

__all__ = [
    "LEASE",
    "Assignment",
    "CalibrationFigures",
    "CalibrationJob",
    "ExportJob",
    "FiguresJob",
    "Guideline",
    "LearnedScorer",
    "MakeRoundJob",
    "Participation",
    "Phrase",
    "Round",
    "RoundFigures",
    "RoundItem",
    "Skip",
    "SuggestTagsJob",
    "Tag",
    "TagExample",
    "TakeOverJob",
    "TurnTag",
    "Verdict",
    "VerdictRevision",
]
