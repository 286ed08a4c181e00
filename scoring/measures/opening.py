"""From the name or folder of a model to the measure that reads it correctly."""

from __future__ import annotations

import json
from pathlib import Path

from scoring.measures.cache import ResultCache
from scoring.measures.cross_match import CrossMatch
from scoring.measures.match import DualMatch

SAVED = "config_sentence_transformers.json"


def open_match(
    model: str | Path, trust_remote_code: bool = False, cache: ResultCache | None = None
) -> CrossMatch | DualMatch:
    """A cross-encoder where the model classifies sequences, else a dual encoder."""
    kind = CrossMatch if classifies(model, trust_remote_code) else DualMatch
    return kind(model, trust_remote_code, cache)


def classifies(model: str | Path, trust_remote_code: bool = False) -> bool:
    """Whether it was saved as a CrossEncoder, or its configuration names a head for sequence classification."""
    folder = Path(model)
    if (folder / "modules.json").is_file():
        saved = folder / SAVED
        return saved.is_file() and json.loads(saved.read_text()).get("model_type") == "CrossEncoder"
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(model, trust_remote_code=trust_remote_code)
    return any("ForSequenceClassification" in name for name in config.architectures or [])
