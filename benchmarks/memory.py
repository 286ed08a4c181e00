"""What remembering brings on questions that nobody has seen, how often it is wrong, and how fast it is, on one thread.

    python benchmarks/memory.py [--quick] [--json]

The memory holds the teacher's replies of the corpus' train part. Each question of the test part is answered in several
ways; the figures are mean final scores by Eq. 1 of the paper against the teacher's reply, with the scorers that ship.

- end model: what it generates alone;
- nearest question: the reply to the most similar remembered question, of all wordings;
- best match of eight: of the eight nearest, the one that the match scorer likes best;
- remembered: what the memory chooses (Found.rank);
- with memory: as customers get it: directly, or the better of remembered and generated, with examples in the prompt;
- hindsight: the best of the 64 candidates;
- for comparison: a general assistant's and the shop's own written replies, and a random remembered reply.

`direct` is what is answered without asking the model, and the share of it that is wrong: a final score below .25.

Times are for finding the best of so many entries for one question, the models loaded; the baseline is semantic_search
of sentence-transformers over the same vectors, which finds the nearest questions and chooses none.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch

from benchmarks import report
from benchmarks.end_model import messages
from knowledge.retrieval.answering import Remembering, Use, answer_batch
from knowledge.retrieval.calibration import WRONG
from knowledge.retrieval.items import Item, Question
from knowledge.retrieval.memory import Memory
from knowledge.retrieval.notes import Notes
from knowledge.retrieval.shipped import SCORERS, ShippedScorers, asked
from knowledge.retrieval.thresholds import thresholds_of
from scoring.measures.named import identity
from serving.corpus import Exchange, exchanges
from serving.corpus.splitting import HELD_OUT
from serving.embedded.noise import noisy
from serving.runtimes.end import EndRuntime
from serving.runtimes.protocol import EVALUATION

END_MODEL = Path(__file__).resolve().parents[1] / "serving" / "embedded" / "end"
EVERY = {"full": 1, "quick": 4, "smoke": 60}  # questions of the test part: each, each fourth …
ENTRIES = {"full": (1_000, 100_000, 1_000_000), "quick": (1_000, 100_000), "smoke": (200,)}
TIMED = {"full": 200, "quick": 100, "smoke": 5}  # questions
NEEDED = {"seen intents": 0.50, "held-out intents": 0.42}  # with memory
MOST_WRONG = 0.01
LONGEST_MS = {100_000: 20.0}  # 95th percentile


def main() -> None:
    parser = report.parser(__doc__, quick="each fourth question; times up to 100,000 entries")
    options = parser.parse_args()
    torch.set_num_threads(1)
    scorers = ShippedScorers()
    memory = scorers.memory()
    table, direct = answers(scorers, memory, options.size)
    times = {count: timed(scorers, count, TIMED[options.size]) for count in ENTRIES[options.size]}
    found = {"final": table, "direct": direct, "times_ms": times}
    if options.json:
        print(report.as_json(holds(found), found))
        return
    show(found)


def parts(size: str) -> dict[str, list[Exchange]]:
    test = [exchange for exchange in exchanges() if exchange.split == "test"]
    return {
        "seen intents": [e for e in test if e.intent not in HELD_OUT][:: EVERY[size]],
        "held-out intents": [e for e in test if e.intent in HELD_OUT][:: EVERY[size]],
    }


def answers(scorers: ShippedScorers, memory: Memory, size: str) -> tuple[dict, dict]:
    """Mean final score by part and way of answering, and the direct answers by part."""
    runtime = EndRuntime(END_MODEL)
    thresholds = thresholds_of(*map(identity, SCORERS))
    remembering = Remembering(memory, Notes(scorers.match), thresholds)
    table: dict[str, dict] = {}
    direct: dict[str, dict] = {}
    for name, part in parts(size).items():
        questions, references = [e.customer for e in part], [e.teacher for e in part]

        def final(replies: Sequence[str], questions=questions, references=references) -> np.ndarray:
            return scorers.final(questions, replies, references)

        found = [memory.find(one.question, memory.hidden_for(one.question, one.origin)) for one in asked(part)]
        plans = [remembering.plan(messages(e), origin=e.dialogue, fits=runtime.fits) for e in part]
        answered = answer_batch(runtime, plans, EVALUATION)
        generated = [reply.text for reply in runtime.reply_batch([messages(e) for e in part])]
        ways = _ways(found, generated, [one.reply.text for one in answered], part)
        table[name] = {"questions": len(part)} | {way: _mean(final(replies)) for way, replies in ways.items()}
        table[name]["hindsight"] = _mean(_hindsight(found, final))
        given = np.array([any(used.use == Use.DIRECT for used in one.used) for one in answered])
        direct[name] = _direct(given, final([one.reply.text for one in answered]))
    return table, direct


def _ways(found: list, generated: list[str], answered: list[str], part: list[Exchange]) -> dict[str, list[str]]:
    rng, items = Random(3), [one.item.reply for near in found for one in near]
    by_similarity = [sorted(near, key=lambda one: -one.similarity) for near in found]
    return {
        "end model": generated,
        "nearest question": [near[0].item.reply if near else "" for near in by_similarity],
        "best match of eight": [
            max(near[:8], key=lambda one: one.match).item.reply if near else "" for near in by_similarity
        ],
        "remembered": [near[0].item.reply if near else "" for near in found],
        "with memory": answered,
        "general assistant, written": [e.general for e in part],
        "the shop, written": [e.shop for e in part],
        "random remembered reply": [rng.choice(items) for _ in part],
    }


def _hindsight(found: list, final: Callable[[Sequence[str]], np.ndarray]) -> np.ndarray:
    most = max(len(near) for near in found)
    finals = [final([near[i].item.reply if i < len(near) else "" for near in found]) for i in range(most)]
    return np.max(finals, axis=0)


def _direct(given: np.ndarray, finals: np.ndarray) -> dict[str, float]:
    chosen = finals[given]
    shares = (float(np.mean(given)), float(np.mean(chosen < WRONG)) if len(chosen) else 0.0)
    return {"share": round(shares[0], 4), "wrong": round(shares[1], 4), "final": _mean(chosen) if len(chosen) else 0.0}


def _mean(finals: np.ndarray) -> float:
    return round(float(np.mean(finals)), 4)


# --- times


def timed(scorers: ShippedScorers, count: int, questions: int) -> dict[str, float]:
    """Milliseconds for one question in a memory of so many entries: ours and the baseline's."""
    from sentence_transformers.util import semantic_search

    rng = Random(7)
    texts = varied(count + questions, rng)
    memory = scorers.memory([Item(i, (Question(text),), f"reply {i % 997}") for i, text in enumerate(texts[:count])])
    asked_texts = texts[count:]
    memory.find(Question(asked_texts[0]))  # warm up
    ours = [_milliseconds(lambda text=text: memory.find(Question(text))) for text in asked_texts]
    vectors = torch.from_numpy(memory.index.vectors.astype(np.float32))
    encode = scorers.similarity.encoder.encode
    plain = [
        _milliseconds(lambda text=text: semantic_search(torch.from_numpy(encode([text])), vectors, top_k=32))
        for text in asked_texts
    ]
    p50, p95 = np.percentile(ours, [50, 95])
    baseline = float(np.percentile(plain, 95))
    return {
        "p50": round(float(p50), 2),
        "p95": round(float(p95), 2),
        "baseline_p95": round(baseline, 2),
        "times_baseline": round(float(p95) / baseline, 2),
    }


def varied(count: int, rng: Random) -> list[str]:
    """Distinct questions: wordings of the corpus with slips and another's clause."""
    wordings = [(text, e.language) for e in exchanges() for text in e.wordings]
    found: dict[str, None] = {}
    while len(found) < count:
        (first, language), (second, _) = rng.choice(wordings), rng.choice(wordings)
        found[f"{noisy(first, language, rng, 0.1)} {second[: rng.randint(0, 12)]}"] = None
    return list(found)


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


# --- the result


def holds(found: dict) -> bool:
    enough = all(found["final"][name]["with memory"] >= least for name, least in NEEDED.items())
    rarely_wrong = all(row["wrong"] <= MOST_WRONG for row in found["direct"].values())
    fast = all(times["p95"] <= LONGEST_MS.get(count, np.inf) for count, times in found["times_ms"].items())
    return enough and rarely_wrong and fast


def show(found: dict) -> None:
    names = list(found["final"])
    print(f"{'':28}" + "".join(f"{name:>18}" for name in names))
    for way in found["final"][names[0]]:
        print(f"{way:28}" + "".join(f"{found['final'][name][way]:18}" for name in names))
    for figure in ("share", "wrong", "final"):
        print(f"direct: {figure:20}" + "".join(f"{found['direct'][name][figure]:18}" for name in names))
    for count, times in found["times_ms"].items():
        print(f"{count:9,} entries: " + ", ".join(f"{name} {value}" for name, value in times.items()))
    print("holds:", holds(found))


if __name__ == "__main__":
    main()
