"""Loads a base model and its tokenizer for training, set up as the runtime sets them up for serving."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from serving.runtimes.end import PLAIN_TEMPLATE


def load_tokenizer(base: str | Path) -> PreTrainedTokenizerBase:
    tokenizer = AutoTokenizer.from_pretrained(base, trust_remote_code=False)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    if not tokenizer.chat_template:
        tokenizer.chat_template = PLAIN_TEMPLATE
    return tokenizer


def load_model(base: str | Path, dtype: torch.dtype | str = "auto") -> PreTrainedModel:
    return AutoModelForCausalLM.from_pretrained(base, dtype=dtype, use_safetensors=True, trust_remote_code=False)


def stop_tokens(base: str | Path) -> set[int]:
    """The tokens at which generation stops; what the model's configuration says counts where it has no other."""
    try:
        ends = GenerationConfig.from_pretrained(base).eos_token_id
    except OSError:
        ends = AutoConfig.from_pretrained(base, trust_remote_code=False).eos_token_id
    return set(ends if isinstance(ends, list) else [ends]) - {None}
