"""How fast the end model is trained, compared with two ways without our engine, in one run on the same data.

    python benchmarks/train_speed.py [--quick] [--json] [--model FOLDER]

Learned tokens per second (reply and end token) of LoRA with the settings of Table IV of the paper, on one thread:

- ours: batch 8, padded to the longest, grouped by length, logits only where something is learned, the faster precision;
- paper: the plain Trainer, batch 1 padded to 768; the gradients of eight steps are summed, so that losses compare;
- grouped: the plain Trainer with dynamic padding and length grouping, batch 8;
- bare: forward and backward over our batches and nothing else: the limit of what our way could gain in this precision.

All ways see the same examples equally often from the same start; the held-out losses of those that learn must agree.
With CUDA, a randomly initialised model of 6 billion parameters in the shape of GLM is trained as well.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from random import Random
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)
from transformers.utils import logging

from benchmarks import report
from serving.corpus import Exchange, exchanges
from serving.runtimes.protocol import Message
from training.ml import checkpoints
from training.ml.adapters import adapted
from training.ml.batches import Plan, collator
from training.ml.callbacks import ReportProgress, StepMeter
from training.ml.examples import IGNORED, Encoded, Example, encode
from training.ml.loading import load_model, load_tokenizer
from training.ml.losses import dev_loss, learned_loss
from training.ml.presets import paper
from training.ml.progress import Progress
from training.ml.settings import TrainingSettings
from training.ml.train import train
from training.ml.trainer import AdapterTrainer

EMBEDDED = Path(__file__).resolve().parents[1] / "serving" / "embedded" / "end"
BATCH = 8
PAPER_WIDTH = 256 + 512  # tokens, Table IV
LEAST_GAIN = {"paper": 5.0, "grouped": 1.2}
# Examples to train on and held out, and rounds of every way but the slowest, of which the fastest counts.
SIZES = {"full": (400, 150, 3), "quick": (32, 24, 3), "smoke": (8, 2, 1)}
LITTLE_LEFT = 1.1  # how many times as fast as ours a bare loop may be before there is something left to gain
SIX_BILLION = {
    **{"hidden_size": 4096, "intermediate_size": 13696, "num_hidden_layers": 28, "vocab_size": 65024},
    **{"num_attention_heads": 32, "num_key_value_heads": 2, "head_dim": 128, "max_position_embeddings": 8192},
    **{"pad_token_id": 0, "eos_token_id": 1},
}
SAME_LOSS = 0.05  # relative difference of the held-out losses that counts as noise


class Steps(TrainerCallback):
    """When each optimizer step ended."""

    def __init__(self):
        self.ended: list[float] = []

    def on_step_end(self, *arguments, **named):
        self.ended.append(time.perf_counter())


def example(exchange: Exchange) -> Example:
    said = [
        Message(role, text) for pair in exchange.history for role, text in zip(("customer", "agent"), pair, strict=True)
    ]
    return Example((*said, Message("customer", exchange.customer)), exchange.teacher, "teacher", exchange.dialogue)


def data(train: int, dev: int) -> tuple[list[Example], list[Example]]:
    rng, corpus = Random(0), exchanges()
    chosen = {"train": train, "dev": dev}
    parts = {split: [e for e in corpus if e.split == split] for split in chosen}
    return tuple([example(e) for e in rng.sample(parts[split], n)] for split, n in chosen.items())


def ours(model: Path, examples: list[Example], settings: TrainingSettings, folder: Path) -> dict:
    ended: list[float] = []
    run = train(model, examples, [], settings, folder, on_progress=lambda _: ended.append(time.perf_counter()))
    encoded = encoded_by(model, examples)
    plan = planned(encoded, settings)
    learned = [sum(len(encoded[i].ids) - encoded[i].learned_from for i in batch) for batch in plan]
    return {
        "learned_tokens_per_s": rate(learned, ended),
        "precision": checkpoints.read(run.checkpoint).precision,
        "checkpoint": run.checkpoint,
    }


def rate(learned: list[int], ended: list[float]) -> float:
    """Learned tokens per second, without the first step, which warms up."""
    return sum(learned[1:]) / (ended[-1] - ended[0])


def bare(model: Path, examples: list[Example], settings: TrainingSettings) -> dict:
    """Forward and backward alone: no optimizer, no clipping, no progress, no checkpoint."""
    taught = adapted(load_model(model, torch.float32), settings)
    taught.train()
    encoded, collate = encoded_by(model, examples), collator(load_tokenizer(model))
    learned, ended = [], []
    for batch in planned(encoded, settings):
        tensors = collate([encoded[i].features() for i in batch])
        learned_loss(taught, tensors).backward()
        taught.zero_grad()
        learned.append(int((tensors["labels"] != IGNORED).sum()))
        ended.append(time.perf_counter())
    return {"learned_tokens_per_s": rate(learned, ended)}


def padded_share(model: Path, examples: list[Example], settings: TrainingSettings) -> float:
    """Share of the tokens in our batches that are padding."""
    encoded = encoded_by(model, examples)
    lengths, plan = [len(row.ids) for row in encoded], list(planned(encoded, settings))
    read = sum(lengths[i] for batch in plan for i in batch)
    return 1 - read / sum(len(batch) * max(lengths[i] for i in batch) for batch in plan)


def plain(model: Path, examples: list[Example], settings: TrainingSettings, folder: Path, *, wide: bool) -> dict:
    """The Trainer as it is, with the loss of the model over all logits."""
    set_seed(settings.seed)
    padded, learned = collator(load_tokenizer(model)), []
    if wide:
        padded.padding, padded.max_length = "max_length", PAPER_WIDTH

    def collate(rows):
        batch = padded(rows)
        learned.append(int((batch["labels"] != IGNORED).sum()))
        return batch

    accumulate = BATCH if wide else 1
    arguments = TrainingArguments(
        output_dir=str(folder),
        max_steps=settings.max_steps,
        per_device_train_batch_size=BATCH // accumulate,
        gradient_accumulation_steps=accumulate,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="linear",
        train_sampling_strategy="random" if wide else "group_by_length",
        seed=settings.seed,
        save_strategy="no",
        report_to=[],
        remove_unused_columns=False,
        disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(),
    )
    peft_model, steps = adapted(load_model(model, torch.float32), settings), Steps()
    trainer = Trainer(
        peft_model,
        arguments,
        train_dataset=[row.features() for row in encoded_by(model, examples)],
        data_collator=collate,
        callbacks=[steps],
    )
    trainer.pop_callback(PrinterCallback)
    trainer.train()
    by_step = [sum(learned[i : i + accumulate]) for i in range(0, len(learned), accumulate)]
    peft_model.save_pretrained(folder / "adapter")
    return {
        "learned_tokens_per_s": rate(by_step[: len(steps.ended)], steps.ended),
        "precision": "float32",
        "checkpoint": folder / "adapter",
    }


def encoded_by(model: Path, examples: list[Example]) -> list[Encoded]:
    tokenizer = load_tokenizer(model)
    return [encode(taught, tokenizer, 256, 512) for taught in examples]


def planned(encoded: list[Encoded], settings: TrainingSettings) -> Plan:
    return Plan([len(row.ids) for row in encoded], settings.batch_size, settings.max_steps, settings.seed)


def held_out(model: Path, checkpoint: Path, dev: list[Example]) -> float:
    """Loss on dev of a way's last checkpoint, measured in float32 for all ways."""
    from peft import PeftModel

    taught = PeftModel.from_pretrained(load_model(model, torch.float32), str(checkpoint))
    return dev_loss(taught, encoded_by(model, dev), collator(load_tokenizer(model)), 16)


def measure(model: Path, size: str) -> dict:
    train_count, dev_count, turns = SIZES[size]
    examples, dev = data(train_count, dev_count)
    epochs = 2
    steps = epochs * len(examples) // BATCH
    settings = replace(paper("lora", steps), batch_size=BATCH, learning_rate=1e-3, save_every=steps)
    exact = replace(settings, precision="float32")
    every = {
        "ours": lambda folder: ours(model, examples, settings, folder),
        "ours in float32": lambda folder: ours(model, examples, exact, folder),
        "bare": lambda folder: bare(model, examples, settings),
        "grouped": lambda folder: plain(model, examples, settings, folder, wide=False),
        "paper": lambda folder: plain(model, examples, settings, folder, wide=True),
    }
    with tempfile.TemporaryDirectory() as place:
        rounds = [
            {name: way(Path(place) / f"{name} {turn}") for name, way in every.items() if name != "paper" or not turn}
            for turn in range(turns)
        ]
        ways = {name: fastest([results[name] for results in rounds if name in results]) for name in every}
        for way in ways.values():
            if "checkpoint" in way:
                way["held_out_loss"] = held_out(model, way.pop("checkpoint"), dev)
    left = ways.pop("bare")["learned_tokens_per_s"] / ways["ours in float32"]["learned_tokens_per_s"]
    known = {"examples": len(examples), "epochs": epochs, "padded_share": padded_share(model, examples, settings)}
    return known | {"ways": ways, "left_to_gain": left} | compared(ways, left)


def fastest(results: list[dict]) -> dict:
    """The round of a way that was disturbed least; what is learned is the same in each."""
    return max(results, key=lambda result: result["learned_tokens_per_s"])


def compared(ways: dict[str, dict], left: float) -> dict:
    ours_way = ways["ours"]
    times = {name: ours_way["learned_tokens_per_s"] / ways[name]["learned_tokens_per_s"] for name in LEAST_GAIN}
    losses = [way["held_out_loss"] for way in ways.values()]
    spread = (max(losses) - min(losses)) / min(losses)
    beats_grouped = times["grouped"] >= LEAST_GAIN["grouped"] or left <= LITTLE_LEFT
    holds = spread <= SAME_LOSS and times["paper"] >= LEAST_GAIN["paper"] and beats_grouped
    return {"times_faster": times, "loss_spread": spread, "holds": holds}


def six_billion(steps: int, sizes: dict | None = None) -> dict:
    """LoRA with Table IV on random weights in the shape of the paper's model: full-width rows, batch 1, bfloat16."""
    config = AutoConfig.for_model("glm", **(sizes or SIX_BILLION))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    with torch.device(device):
        base = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    parameters = sum(p.numel() for p in base.parameters())
    settings = paper("lora", steps)
    rows = [Encoded(torch.randint(5, 1000, (PAPER_WIDTH,)).tolist(), 256) for _ in range(8)]
    # What the Trainer asks of TrainingData; all rows are equally long, so any tokenizer will do.
    data = SimpleNamespace(
        settings=settings,
        train=rows,
        dev=[],
        collate=collator(load_tokenizer(EMBEDDED)),
        plan=lambda steps: planned(rows, settings),
    )
    told: list[tuple[float, Progress]] = []
    meter = StepMeter()
    with tempfile.TemporaryDirectory() as folder:
        trainer = AdapterTrainer(
            adapted(base, settings),
            data,
            folder=Path(folder),
            meter=meter,
            callbacks=[ReportProgress(meter, lambda progress: told.append((time.perf_counter(), progress)))],
        )
        trainer.train()
    (first, _), *_, (last, progress) = told[2:]  # the first steps warm up
    tokens_per_s = (len(told) - 3) * PAPER_WIDTH / (last - first)
    # Forward, and backward through frozen weights without gradients of their own: 4 operations per weight and token.
    share = 4 * parameters * tokens_per_s / fastest_product(device)
    return {
        "parameters": parameters,
        "tokens_per_s": tokens_per_s,
        "peak_memory_gb": progress.memory_mb / 1000,
        "share_of_fastest_product": share,
    }


def fastest_product(device: str, size: int = 4096) -> float:
    """Operations per second of a large bfloat16 matrix product, the most that training could reach here."""
    left = torch.randn(size, size, dtype=torch.bfloat16, device=device)
    taken = []
    for _ in range(5):
        wait(device)
        began = time.perf_counter()
        left @ left
        wait(device)
        taken.append(time.perf_counter() - began)
    return 2 * size**3 / min(taken)


def wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def main() -> None:
    parser = report.parser(__doc__, quick="32 examples instead of 400")
    parser.add_argument("--model", type=Path, default=EMBEDDED)
    options = parser.parse_args()
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    figures = measure(options.model, options.size)
    if torch.cuda.is_available():
        figures["six_billion"] = six_billion(steps=60 if options.size == "full" else 12)
    if options.json:
        print(report.as_json(figures.pop("holds"), figures))
        return
    for name, way in figures["ways"].items():
        print(f"{name:16} {way['learned_tokens_per_s']:9.0f} learned tokens/s, {way['precision']}, ", end="")
        print(f"held-out loss {way['held_out_loss']:.3f}")
    print("times faster than", {name: round(times, 2) for name, times in figures["times_faster"].items()})
    print(f"a bare loop would be {figures['left_to_gain']:.2f} times as fast; {figures['padded_share']:.1%} is padding")
    print("six billion parameters:", figures.get("six_billion", "not measured without CUDA"))
    print("holds:", figures["holds"])


if __name__ == "__main__":
    main()
