"""The adapter on a base model: put there, saved, and loaded again so that training can go on."""

from __future__ import annotations

from pathlib import Path

import torch
from peft import PeftModel, get_peft_model, set_peft_model_state_dict
from safetensors.torch import load_file, save_file
from transformers import PreTrainedModel

from training.ml.methods import Method, method_named
from training.ml.settings import TrainingSettings


def adapted(model: PreTrainedModel, settings: TrainingSettings) -> PeftModel:
    """The frozen base with a new adapter; only the adapter has gradients. Draws from torch's global generator."""
    if isinstance(model, PeftModel) or hasattr(model, "peft_config"):
        raise ValueError("Expected a base model without an adapter: a version is always trained from its base.")
    return get_peft_model(model, method_named(settings.method).config(model, settings))


def save(model: PeftModel, method: Method, folder: Path) -> None:
    """A standard PEFT folder, without the model card that PEFT leaves unfilled, and what `load` needs besides."""
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    if method.resume_module:
        save_file(_resume_module(model, method).state_dict(), _resume_file(method, folder))


def load(model: PeftModel, method: Method, folder: Path) -> None:
    """Give the adapter the weights of a folder that `save` wrote."""
    if method.resume_module:
        _resume_module(model, method).load_state_dict(load_file(_resume_file(method, folder)))
    else:
        set_peft_model_state_dict(model, load_file(folder / "adapter_model.safetensors"))


def _resume_module(model: PeftModel, method: Method) -> torch.nn.Module:
    return getattr(model, method.resume_module)["default"]


def _resume_file(method: Method, folder: Path) -> Path:
    return folder / f"{method.resume_module}.safetensors"
