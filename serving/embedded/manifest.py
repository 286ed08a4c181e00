"""The manifest of the shipped models: which corpus, which configuration and which weights belong together."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from serving.corpus import records

FILE = Path(__file__).parent / "manifest.json"


def corpus_digest(dialogues: Iterable[dict] | None = None) -> str:
    """SHA-256 of the dialogues in a canonical form: neither their order nor spaces nor the order of keys count."""
    lines = sorted(
        json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        for record in (records() if dialogues is None else dialogues)
    )
    return sha256("\n".join(lines).encode()).hexdigest()


def model_entry(folder: Path, settings: object, seconds: float, figures: dict) -> dict:
    """What is known of one model: its settings, files with size and hash, how long it took and what came of it."""
    return {
        "settings": asdict(settings),
        "settings_sha256": settings_digest(settings),
        "build_seconds": round(seconds),
        "figures": figures,
        "bytes": sum(file.stat().st_size for file in _files(folder)),
        "files": {file.relative_to(folder).as_posix(): _digest(file) for file in _files(folder)},
    }


def settings_digest(settings: object) -> str:
    return sha256(json.dumps(asdict(settings), sort_keys=True).encode()).hexdigest()


def write(entries: dict[str, dict], file: Path = FILE) -> None:
    """Write the entries beside those of models that were not built again; one whose corpus was another is dropped."""
    digest = corpus_digest()
    old = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    kept = old.get("models", {}) if old.get("corpus_sha256") == digest else {}
    content = {"corpus_sha256": digest, "models": kept | entries}
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    fresh.replace(file)


def problems(places: dict[str, tuple[Path, list[object]]], file: Path = FILE) -> list[str]:
    """One sentence for everything that does not belong together; empty where all is well.

    `places` has the folder of each model and the settings of the code that it may have been built with.
    """
    manifest = json.loads(file.read_text(encoding="utf-8"))
    found = []
    if manifest["corpus_sha256"] != corpus_digest():
        found.append("The corpus is not the one that the models were built from: run build_embedded_models.")
    for name, (folder, allowed) in places.items():
        entry = manifest["models"].get(name)
        if entry is None:
            found.append(f"The manifest knows no model {name}.")
            continue
        if entry["settings_sha256"] not in map(settings_digest, allowed):
            found.append(f"{name} was built with other settings than those in the code.")
        present = {file.relative_to(folder).as_posix(): _digest(file) for file in _files(folder)}
        differing = sorted(path for path, _ in present.items() ^ entry["files"].items())
        found += [f"{name}: {path} is not the file that was built." for path in dict.fromkeys(differing)]
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
