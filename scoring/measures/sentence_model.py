"""Opens a text encoder so that its vectors are those its authors meant; reads safetensors only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

OWN_MODULE = "scoring.measures.hashed_ngrams.HashedNgrams"
NOT_FETCHED = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.h5", "*.ot", "*.msgpack", "*.onnx*", "onnx/*", "openvino/*")


def open_sentence_model(model: str | Path, trust_remote_code: bool = False) -> SentenceTransformer:
    """A sentence-transformers model as it was saved; a bare BERT as SimBERT reads it, by its pooler.

    Raises ValueError with one sentence for other models without modules.json and for pickled weights.
    """
    from sentence_transformers import SentenceTransformer

    folder = _folder_of(model)
    _refuse_pickles(folder)
    if not (folder / "modules.json").is_file():
        return _bare_bert(folder)
    return SentenceTransformer(
        str(folder),
        device="cpu",
        trust_remote_code=trust_remote_code or brings_no_foreign_code(folder),
        model_kwargs={"use_safetensors": True},
    )


def brings_no_foreign_code(folder: Path) -> bool:
    """Whether a saved model has only modules of sentence-transformers or our own, and no code beside them.

    Sentence-transformers takes every module but its own for remote code, even one that ships with this project.
    """
    if any(folder.rglob("*.py")):
        return False
    named = [module["type"] for module in json.loads((folder / "modules.json").read_text())]
    for routes in folder.rglob("router_config.json"):
        named += json.loads(routes.read_text())["types"].values()
    return all(name == OWN_MODULE or name.startswith("sentence_transformers.") for name in named)


def _folder_of(model: str | Path) -> Path:
    """The folder itself, or the local copy of a model of the hub."""
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(str(model), ignore_patterns=list(NOT_FETCHED)))


def _refuse_pickles(folder: Path) -> None:
    for pickled in sorted(folder.rglob("pytorch_model*.bin")):
        if not any(pickled.parent.glob("*.safetensors")):
            raise ValueError(f"{pickled.relative_to(folder)} is pickled and has no .safetensors beside it")


def _bare_bert(folder: Path) -> SentenceTransformer:
    """Pooler output, scaled to length 1. Sentence-transformers itself would take the mean of the tokens."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Normalize

    if not _is_bert_with_pooler(folder):
        raise ValueError("it has no modules.json and is not a BERT with a pooler: how to read its vectors is unknown")
    reader = Transformer(
        str(folder),
        modality_config={"text": {"method": "forward", "method_output_name": "pooler_output"}},
        module_output_name="sentence_embedding",
        model_kwargs={"use_safetensors": True},
    )
    return SentenceTransformer(modules=[reader, Normalize()], device="cpu")


def _is_bert_with_pooler(folder: Path) -> bool:
    """Reads the names of the weights, because a missing pooler would be initialised at random."""
    from safetensors import safe_open

    config = folder / "config.json"
    if not config.is_file() or json.loads(config.read_text()).get("model_type") != "bert":
        return False
    for file in folder.glob("*.safetensors"):
        with safe_open(file, framework="pt") as weights:
            if any(name.endswith("pooler.dense.weight") for name in weights.keys()):  # noqa: SIM118 (not a dictionary)
                return True
    return False
