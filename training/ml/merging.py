"""An adapter that changes weights and its base made into one plain model, for servers that take no adapters."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from training.ml.methods import METHODS


class CannotMerge(ValueError):
    """The text is one sentence for the person who asked."""


def merge(base: str | Path, adapter: Path, folder: Path, *, exact: bool = False) -> Path:
    """Write the merged model with its tokenizer to `folder`, as safetensors; what was there is replaced.

    The sum is made in float32 and stays so where it is to be `exact`; else it is rounded to the base's own precision,
    so with a bfloat16 base replies may differ in close calls. Raises CannotMerge for a method that changes no weights
    or an adapter without safetensors, and OSError where it cannot write.
    """
    refusal = merge_refusal(adapter)
    if refusal:
        raise CannotMerge(refusal)
    writing = folder.with_name(f".writing-{folder.name}")
    shutil.rmtree(writing, ignore_errors=True)
    writing.mkdir(parents=True)  # transformers would only log that it cannot write there
    import torch
    from peft import PeftModel

    from training.ml.loading import load_model, load_tokenizer

    model = load_model(base)
    dtype = torch.float32 if exact else model.dtype
    merged = PeftModel.from_pretrained(model.to(torch.float32), str(adapter)).merge_and_unload(safe_merge=True)
    merged.to(dtype).save_pretrained(writing)
    load_tokenizer(base).save_pretrained(writing)
    shutil.rmtree(folder, ignore_errors=True)
    writing.rename(folder)
    return folder


def merge_refusal(adapter: Path) -> str | None:
    """Why an adapter cannot be merged, or None where it can."""
    try:
        kind = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))["peft_type"]
    except (OSError, ValueError, KeyError):
        return f"{adapter} has no readable adapter_config.json."
    merging = [method for method in METHODS.values() if method.merges_as]
    if kind not in {method.merges_as for method in merging}:
        only = " and ".join(method.label for method in merging)
        return f"An adapter of type {kind} changes no weights of its base: only {only} can be merged."
    if not (adapter / "adapter_model.safetensors").is_file():
        return f"{adapter} has no adapter_model.safetensors."
    return None
