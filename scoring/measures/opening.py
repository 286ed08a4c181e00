"""From the name or folder of a model to the measure that reads it rightly."""

from __future__ import annotations

from pathlib import Path

from scoring.measures.cross_match import CrossMatch
from scoring.measures.match import DualMatch


def open_match(model: str | Path, trust_remote_code: bool = False) -> CrossMatch | DualMatch:
    """A cross-encoder where the model classifies sequences, else a dual encoder."""
    kind = CrossMatch if classifies(model, trust_remote_code) else DualMatch
    return kind(model, trust_remote_code=trust_remote_code)


def classifies(model: str | Path, trust_remote_code: bool = False) -> bool:
    """Whether the model's configuration names a head for sequence classification."""
    if (Path(model) / "modules.json").is_file():
        return False
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(model, trust_remote_code=trust_remote_code)
    return any("ForSequenceClassification" in name for name in config.architectures or [])
