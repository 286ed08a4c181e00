"""Which base models which method can teach. Reads configurations alone, so that asking costs nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.ml.methods import method_named
from training.ml.settings import TrainingSettings

CACHED_LAYERS = {"full_attention", "sliding_attention", "chunked_attention"}  # layers with keys and values to extend
WINDOWS = ("max_position_embeddings", "n_positions", "max_sequence_length", "seq_length")
SUCCESSORS = "GLM-4 and later (model type glm), Qwen3-0.6B to 4B or MiniCPM can be used instead"
WITHOUT_CACHE = {"mamba", "mamba2", "falcon_mamba", "rwkv", "xlstm"}


def read_config(base: str | Path) -> dict[str, Any]:
    """The configuration of a model in a folder or, where it was downloaded, of the hub. Raises OSError, ValueError."""
    folder = Path(base)
    if not folder.is_dir():
        from huggingface_hub import hf_hub_download

        folder = Path(hf_hub_download(str(base), "config.json")).parent
    return json.loads((folder / "config.json").read_text(encoding="utf-8"))


def parameter_count(folder: str | Path) -> int:
    """Number of stored weights, from the headers of the safetensors files alone; 0 where there are none."""
    return sum(_weights_in(file) for file in Path(folder).glob("*.safetensors"))


def _weights_in(file: Path) -> int:
    from math import prod

    with file.open("rb") as opened:
        header = json.loads(opened.read(int.from_bytes(opened.read(8), "little")))
    return sum(prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")


def refusals(model_config: Mapping[str, Any] | Any, settings: TrainingSettings) -> list[str]:
    """Sentences that say why this cannot be trained; empty where it can.

    `model_config` is the object of a config.json, or a configuration of transformers.
    """
    config = dict(model_config) if isinstance(model_config, Mapping) else model_config.to_dict()
    reasons = _of_any_method(config, settings)
    if reasons:
        return reasons  # further reasons would only confuse
    if method_named(settings.method).is_prefix:
        reasons += _of_prefixes(config, settings)
    return reasons + _of_lengths(config, settings)


def _of_any_method(config: dict[str, Any], settings: TrainingSettings) -> list[str]:
    kind = config.get("model_type") or "unknown"
    if kind == "chatglm":
        return [f"ChatGLM runs only with code of its own that current transformers cannot load; {SUCCESSORS}."]
    if config.get("auto_map"):
        return [f"A model of type {kind} brings code of its own, and training runs no remote code."]
    if config.get("is_encoder_decoder"):
        return [f"{kind} is an encoder-decoder model; only models that continue a text can be taught."]
    if config.get("quantization_config"):
        return ["The base is quantised; train on its unquantised weights."]
    return []


def _of_prefixes(config: dict[str, Any], settings: TrainingSettings) -> list[str]:
    config = _text_part(config)
    kind, reasons = config.get("model_type", "unknown"), []
    layers = set(config.get("layer_types") or ())
    if kind in WITHOUT_CACHE or layers - CACHED_LAYERS or kind in ("qwen3_next", "qwen3_5", "jamba"):
        reasons.append(
            f"{kind} has layers without keys and values (linear attention), which a prefix would have to extend; "
            "use LoRA."
        )
    elif config.get("kv_lora_rank"):
        reasons.append(f"{kind} compresses keys and values (latent attention), which PEFT cannot extend; use LoRA.")
    window = config.get("sliding_window")
    slides = "sliding_attention" in layers if layers else config.get("use_sliding_window", True)
    if window and slides and _length(settings) > window:
        reasons.append(
            f"{_length(settings)} tokens with the prefix are more than the sliding window of {window}: late tokens "
            "would not see the prefix. Shorten the limits or use LoRA."
        )
    if settings.gradient_checkpointing:
        reasons.append("Gradient checkpointing drops the keys and values that a prefix consists of; switch it off.")
    return reasons


def _of_lengths(config: dict[str, Any], settings: TrainingSettings) -> list[str]:
    config = _text_part(config)
    window = next((config[name] for name in WINDOWS if config.get(name)), None)
    if window is None or _length(settings) <= window:
        return []
    prefix = f"{settings.virtual_tokens} virtual + " if method_named(settings.method).is_prefix else ""
    return [
        f"{prefix}{settings.max_input_tokens} input + {settings.max_output_tokens} output tokens = "
        f"{_length(settings)} do not fit the context window of {window}."
    ]


def _length(settings: TrainingSettings) -> int:
    """Tokens of the longest sequence."""
    prefix = settings.virtual_tokens if method_named(settings.method).is_prefix else 0
    return prefix + settings.max_input_tokens + settings.max_output_tokens


def _text_part(config: dict[str, Any]) -> dict[str, Any]:
    part = config.get("text_config")
    return part if isinstance(part, dict) else config
