"""Trains the end model from scratch; a fixed seed makes it repeatable on one machine."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from transformers import Qwen3ForCausalLM

from serving.corpus import exchanges
from serving.embedded.end_data import (
    IGNORED,
    Near,
    Sequence,
    SequenceMaker,
    Variation,
    batches,
    dialogues,
    reference_sequence,
    tokenizer_texts,
)
from serving.embedded.end_model import build_model, build_tokenizer


@dataclass(frozen=True)
class EndSettings:
    """`steps` of `batch` dialogues; the learning rate rises for `warmup` steps and then falls along a cosine."""

    steps: int = 6000
    batch: int = 16
    learning_rate: float = 2e-3
    warmup: int = 60
    weight_decay: float = 0.1
    variation: Variation = field(default_factory=Variation)
    seed: int = 7


STANDARD = EndSettings()
LONG = EndSettings(steps=10000)
QUICK = EndSettings(steps=4, batch=4, warmup=1)


def build_end_model(
    folder: Path, settings: EndSettings, on_step: Callable[[int, int], None], near: Near
) -> dict[str, float]:
    """Train, and save weights in bfloat16 with tokenizer and chat template; returns the losses in nats per token.

    From `near` it learns to read remembered replies before the conversation.
    """
    torch.manual_seed(settings.seed)
    corpus = exchanges()
    tokenizer = build_tokenizer(tokenizer_texts(corpus))
    model = build_model(tokenizer)
    maker = SequenceMaker(dialogues(corpus, "train"), tokenizer, settings.variation, settings.seed, near)
    train_loss = _train(model, maker, settings, on_step)
    dev = [reference_sequence(e, tokenizer) for e in corpus if e.split == "dev"]
    dev_loss = mean_loss(model, dev, tokenizer.pad_token_id)
    model.bfloat16().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return {"train_loss": round(train_loss, 4), "dev_loss": round(dev_loss, 4)}


def _train(model: Qwen3ForCausalLM, maker: SequenceMaker, settings: EndSettings, on_step: Callable) -> float:
    model.train()
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay, betas=(0.9, 0.98)
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, settings))
    running = 0.0
    for step, batch in zip(range(settings.steps), batches(maker, settings.batch), strict=False):
        loss = loss_of(model, padded(batch, maker.tokenizer.pad_token_id))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        running = loss.item() if step == 0 else 0.95 * running + 0.05 * loss.item()
        on_step(step + 1, settings.steps)
    return running


def _rate(step: int, settings: EndSettings) -> float:
    """Fraction of the learning rate at a step, in (0, 1]."""
    if step < settings.warmup:
        return (step + 1) / settings.warmup
    done = (step - settings.warmup) / max(1, settings.steps - settings.warmup)
    return 0.05 + 0.475 * (1 + math.cos(math.pi * done))


def loss_of(model: Qwen3ForCausalLM, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Mean cross-entropy of the learned tokens, in nats; the output layer, a third of the work, sees only those."""
    hidden = model.model(batch["input_ids"], attention_mask=batch["attention_mask"], use_cache=False).last_hidden_state
    targets = batch["labels"][:, 1:]  # position t predicts token t + 1
    learned = targets != IGNORED  # (B, T-1)
    return cross_entropy(model.lm_head(hidden[:, :-1][learned]), targets[learned])


@torch.inference_mode()
def mean_loss(model: Qwen3ForCausalLM, sequences: list[Sequence], pad: int) -> float:
    """Loss over the learned tokens, in nats; lower is better."""
    model.eval()
    total = counted = 0.0
    for start in range(0, len(sequences), 32):
        batch = padded(sequences[start : start + 32], pad)
        tokens = int((batch["labels"] != IGNORED).sum())
        total += loss_of(model, batch).item() * tokens
        counted += tokens
    return total / max(1.0, counted)


def padded(batch: list[Sequence], pad: int) -> dict[str, torch.Tensor]:
    """Tensors of shape (B, T), padded on the right."""
    width = max(len(sequence.ids) for sequence in batch)
    return {
        name: torch.tensor([values + [fill] * (width - len(values)) for values in rows])
        for name, fill, rows in (
            ("input_ids", pad, [s.ids for s in batch]),
            ("attention_mask", 0, [[1] * len(s.ids) for s in batch]),
            ("labels", IGNORED, [s.labels for s in batch]),
        )
    }
