"""What a small model may know of a reply beside its scores: simple features of the texts. Plain Python.

Each lies in about [0, 1], so that their weights can be compared.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from scoring.measures.beside.repetition import repeated

NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
LANGUAGES = ("zh", "en")  # any other is neither
LONG = 200  # characters


def features_of(
    questions: Sequence[str], replies: Sequence[str], references: Sequence[str], languages: Sequence[str]
) -> dict[str, np.ndarray]:
    """By name the features of B replies, each of shape (B,)."""
    texts = list(zip(questions, replies, references, strict=True))
    found = {name: np.array([feature(*row) for row in texts], dtype=float) for name, feature in FEATURES.items()}
    found |= {f"language_{code}": np.array([float(code == language) for language in languages]) for code in LANGUAGES}
    return found


def length(question: str, reply: str, reference: str) -> float:
    return min(1.0, math.log1p(len(reply)) / math.log1p(LONG))


def shorter(question: str, reply: str, reference: str) -> float:
    """How much shorter than the reference, as a share of it; 0 where it is as long."""
    return max(0.0, 1 - len(reply) / len(reference)) if reference else 0.0


def longer(question: str, reply: str, reference: str) -> float:
    """How much longer than the reference, as a share of the reply."""
    return max(0.0, 1 - len(reference) / len(reply)) if reply else 0.0


def echo(question: str, reply: str, reference: str) -> float:
    """Share of the reply's pairs of characters that the question has: it may only repeat what was asked."""
    return _overlap(reply, question)


def overlap(question: str, reply: str, reference: str) -> float:
    """Share of the reference's pairs of characters that the reply has."""
    return _overlap(reference, reply)


def repetition(question: str, reply: str, reference: str) -> float:
    """Share of the reply's pairs of characters that it has said before; near 1 for a loop."""
    return repeated(reply)


def missing_numbers(question: str, reply: str, reference: str) -> float:
    """Share of the reference's numbers that the reply lacks."""
    wanted = set(NUMBER.findall(reference))
    return len(wanted - set(NUMBER.findall(reply))) / len(wanted) if wanted else 0.0


def invented_numbers(question: str, reply: str, reference: str) -> float:
    """Share of the reply's numbers that neither the question nor the reference has."""
    said = set(NUMBER.findall(reply))
    return len(said - set(NUMBER.findall(question + " " + reference))) / len(said) if said else 0.0


def empty(question: str, reply: str, reference: str) -> float:
    return float(not reply.strip())


FEATURES = {
    feature.__name__: feature
    for feature in (length, shorter, longer, echo, overlap, repetition, missing_numbers, invented_numbers, empty)
}
NAMES = (*FEATURES, *(f"language_{code}" for code in LANGUAGES))


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)]


def _overlap(of: str, among: str) -> float:
    pairs = set(_pairs(of))
    return len(pairs & set(_pairs(among))) / len(pairs) if pairs else 0.0
