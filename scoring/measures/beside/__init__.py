"""Measures of replies beside Eq. 1, one file each: plain Python, usable without a database."""

from scoring.measures.beside.bleu import BLEU
from scoring.measures.beside.chrf import CHRF
from scoring.measures.beside.length import LENGTH
from scoring.measures.beside.measure import Measure
from scoring.measures.beside.repetition import REPETITION
from scoring.measures.beside.rouge_1 import ROUGE_1
from scoring.measures.beside.rouge_2 import ROUGE_2
from scoring.measures.beside.rouge_l import ROUGE_L

MEASURES: dict[str, Measure] = {
    measure.name: measure for measure in (BLEU, ROUGE_1, ROUGE_2, ROUGE_L, CHRF, LENGTH, REPETITION)
}
