"""The manifest of the shipped models: which corpus, which configuration and which weights belong together."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from serving.corpus import records

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FILE = Path(__file__).parent / "manifest.json"


def corpus_digest(dialogues: Iterable[dict] | None = None) -> str:
    """SHA-256 of the dialogues in a canonical form: their order, spaces and the order of keys make no difference."""
    lines = sorted(
        json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        for record in (records() if dialogues is None else dialogues)
    )
    return sha256("\n".join(lines).encode()).hexdigest()


def model_entry(folder: Path, settings: DataclassInstance, seconds: float, figures: dict) -> dict:
    """The entry of one model: its settings, its files with size and hash, the time to build it and its figures."""
    return {
        "settings": asdict(settings),
        "settings_sha256": settings_digest(settings),
        "build_seconds": round(seconds),
        "figures": figures,
        "bytes": sum(file.stat().st_size for file in _files(folder)),
        "files": {file.relative_to(folder).as_posix(): _digest(file) for file in _files(folder)},
    }


def settings_digest(settings: DataclassInstance) -> str:
    return sha256(json.dumps(asdict(settings), sort_keys=True).encode()).hexdigest()


def write(entries: dict[str, dict], file: Path = FILE) -> None:
    """Write these entries and keep those of models that were not rebuilt, unless they come from another corpus."""
    digest = corpus_digest()
    old = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    others = old.get("models", {}) if old.get("corpus_sha256") == digest else {}
    content = {"corpus_sha256": digest, "models": others | entries}
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    fresh.replace(file)


def problems(places: dict[str, tuple[Path, list[DataclassInstance]]], file: Path = FILE) -> list[str]:
    """One sentence for each mismatch; empty where everything fits.

    `places` has the folder of each model and the settings in the code that it may have been built with.
    """
    manifest = json.loads(file.read_text(encoding="utf-8"))
    mismatches = []
    if manifest["corpus_sha256"] != corpus_digest():
        mismatches.append("The models were built from another corpus: run build_embedded_models.")
    for name, (folder, allowed) in places.items():
        entry = manifest["models"].get(name)
        if entry is None:
            mismatches.append(f"The manifest has no model {name}.")
            continue
        if entry["settings_sha256"] not in map(settings_digest, allowed):
            mismatches.append(f"{name} was built with settings that differ from those in the code.")
        present = {file.relative_to(folder).as_posix(): _digest(file) for file in _files(folder)}
        differing = sorted(path for path, _ in present.items() ^ entry["files"].items())
        mismatches += [f"{name}: {path} differs from the file that was built." for path in dict.fromkeys(differing)]
    return mismatches


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
