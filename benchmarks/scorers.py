"""The scorers that ship, compared with the cosine of character 1-2-gram counts on data that they have not seen.

    python benchmarks/scorers.py [--quick] [--json]

Similarity: Spearman on stsb_zh_dev; AUC on afqmc_dev; and on the held-out intents of the corpus the AUC of telling two
replies to questions of the same intent (in different dialogues) from two of different intents. Match: the mean
reciprocal rank of the right reply among ten, on the test split of the corpus and on agents' next replies in real
dialogues.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from scipy.stats import spearmanr
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import normalize

from benchmarks import report
from scoring.embedded.batches import STYLES
from scoring.measures.match import DualMatch
from scoring.measures.similarity import Similarity
from serving.corpus import Exchange, exchanges
from serving.corpus.splitting import HELD_OUT

EMBEDDED = Path(__file__).resolve().parents[1] / "scoring" / "embedded"
Score = Callable[[Sequence[str], Sequence[str]], np.ndarray]
REAL = Path(os.environ["ECC_REAL_DATA"]) if os.environ.get("ECC_REAL_DATA") else None
WRONG = 9
ROWS = {"full": 5000, "quick": 500, "smoke": 50}  # at most, of each set
LEAST = {"stsb_zh_dev": 0.58, "afqmc_dev": 0.60}  # required in addition to beating the baseline


def ngram_cosine(left: Sequence[str], right: Sequence[str]) -> np.ndarray:
    """The baseline: cosine of the counts of character 1-2-grams, shape (B,), in [0, 1]."""
    counts = CountVectorizer(analyzer="char", ngram_range=(1, 2)).fit_transform([*left, *right])
    vectors = normalize(counts.astype(float))
    return np.asarray(vectors[: len(left)].multiply(vectors[len(left) :]).sum(axis=1))[:, 0]


def lines(name: str, most: int) -> list[dict]:
    with (REAL / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line, _ in zip(file, range(most), strict=False)]


def labelled(name: str, agreement: Callable, most: int) -> Callable[[Score], float]:
    rows = lines(name, most)
    labels = [row["label"] for row in rows]
    return lambda score: agreement(labels, score([r["text1"] for r in rows], [r["text2"] for r in rows]))


def held_out_pairs(most: int) -> Callable[[Score], float]:
    """Half of the pairs share an intent; both replies may be of any of the four kinds."""
    rng = Random(3)
    chosen = [e for e in exchanges() if e.intent in HELD_OUT and e.language == "zh"]
    intents = sorted(HELD_OUT)
    pairs, same = [], []
    while len(pairs) < most:
        same_intent = len(pairs) % 2 == 0
        drawn = (rng.choice(intents),) * 2 if same_intent else rng.sample(intents, 2)
        left, right = (rng.choice([e for e in chosen if e.intent == intent]) for intent in drawn)
        if left.dialogue != right.dialogue:
            pairs.append((getattr(left, rng.choice(STYLES)), getattr(right, rng.choice(STYLES))))
            same.append(same_intent)
    return lambda score: roc_auc_score(same, score(*zip(*pairs, strict=True)))


def ranked(pairs: list[tuple[str, str]]) -> Callable[[Score], float]:
    """Mean reciprocal rank in (0, 1] of the right reply among ten, nine of them of other questions; ties count half."""
    rng = Random(5)
    questions, replies = [], []
    for question, right in pairs:
        wrong = [reply for _, reply in rng.sample(pairs, 4 * WRONG) if reply != right][:WRONG]
        questions += [question] * (1 + WRONG)
        replies += [right, *wrong]

    def mean_reciprocal_rank(score: Score) -> float:
        scores = score(questions, replies).reshape(-1, 1 + WRONG)
        right, wrong = scores[:, :1], scores[:, 1:]
        return float((1 / (1 + (wrong > right).sum(1) + (wrong == right).sum(1) / 2)).mean())

    return mean_reciprocal_rank


def of_corpus(wanted: Callable[[Exchange], bool], most: int) -> Callable[[Score], float]:
    """Questions of the test split with each of their four recorded replies; each kind of reply is ranked separately."""
    chosen = [e for e in exchanges() if e.split == "test" and wanted(e)][:most]
    parts = [ranked([(e.customer, getattr(e, style)) for e in chosen]) for style in STYLES]
    return lambda score: float(np.mean([part(score) for part in parts]))


def next_replies(name: str, most: int) -> Callable[[Score], float]:
    pairs = []
    for dialogue in lines(name, 1000):
        turns = dialogue["turns"]
        for turn, following in pairwise(turns):
            if (turn["role"], following["role"]) == ("customer", "agent") and turn["text"] and following["text"]:
                pairs.append((turn["text"], following["text"]))
    Random(1).shuffle(pairs)
    return ranked(pairs[:most])


def trials(size: str) -> dict[str, tuple[str, Callable[[Score], float]]]:
    most = ROWS[size]
    found = {
        "held-out intents, AUC": ("similarity", held_out_pairs(most)),
        "test, seen intents zh, MRR": (
            "match",
            of_corpus(lambda e: e.intent not in HELD_OUT and e.language == "zh", most),
        ),
        "test, seen intents en, MRR": (
            "match",
            of_corpus(lambda e: e.intent not in HELD_OUT and e.language == "en", most),
        ),
        "test, held-out intents, MRR": (
            "match",
            of_corpus(lambda e: e.intent in HELD_OUT and e.language == "zh", most),
        ),
    }
    if REAL:
        found |= {
            "stsb_zh_dev": (
                "similarity",
                labelled("zh_similarity/stsb_zh_dev.jsonl", lambda y, s: spearmanr(y, s)[0], most),
            ),
            "afqmc_dev": ("similarity", labelled("zh_similarity/afqmc_dev.jsonl", roc_auc_score, most)),
            "jddc_2019, MRR": ("match", next_replies("jddc_2019/dialogues.jsonl", most)),
            "ecd_sample, MRR": ("match", next_replies("ecd_sample/train_dialogues.jsonl", most)),
        }
    return found


def holds(table: dict[str, dict[str, float]]) -> bool:
    """No worse than the baseline anywhere, and at least LEAST."""
    return all(row["ours"] >= max(row["ngrams"], LEAST.get(name, 0)) for name, row in table.items())


def main() -> None:
    parser = report.parser(__doc__, quick="at most 500 rows of each set")
    parser.add_argument("--models", type=Path, default=EMBEDDED, help="folder of simbert, rocketqa")
    options = parser.parse_args()
    ours = {
        "similarity": Similarity(options.models / "simbert").score,
        "match": DualMatch(options.models / "rocketqa").score,
    }
    table = {
        name: {
            "measure": kind,
            "ours": round(float(trial(ours[kind])), 4),
            "ngrams": round(float(trial(ngram_cosine)), 4),
        }
        for name, (kind, trial) in trials(options.size).items()
    }
    skipped = [] if REAL else ["real data: ECC_REAL_DATA is not set"]
    if options.json:
        print(report.as_json(holds(table), table, skipped=skipped))
        return
    print(f"{'':30} {'measure':11} {'ours':>7} {'n-grams':>8}")
    for name, row in table.items():
        print(f"{name:30} {row['measure']:11} {row['ours']:7.3f} {row['ngrams']:8.3f}")
    print("holds:", holds(table), *(f"skipped {reason}" for reason in skipped))


if __name__ == "__main__":
    main()
