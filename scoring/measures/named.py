"""Scorers by their names in SIMILARITY_MODEL and MATCH_MODEL: where they lie, what identifies and what opens them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from safetensors import SafetensorError

from scoring.measures.cache import ResultCache, Store
from serving.runtimes.protocol import first_line
from serving.runtimes.served_name import SCHEME, served_name

EMBEDDED = Path(__file__).parents[1] / "embedded"
FOLDERS = {"embedded-simbert": EMBEDDED / "simbert", "embedded-rocketqa": EMBEDDED / "rocketqa"}
DESCRIPTION = "scorer.json"  # theta and quantiles that ship with a scorer
Measure = TypeVar("Measure")


class CannotOpen(Exception):
    """A scorer cannot be loaded; the text is one sentence."""


def opened(
    measure: Callable[..., Measure], name: str, store: Store | None = None, trust_remote_code: bool = False
) -> Measure:
    """The measure with the named model, its results cached in the store where one is given. Raises CannotOpen."""
    cache = ResultCache(identity(name), store)
    try:
        return measure(FOLDERS.get(name, name), trust_remote_code, cache)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise CannotOpen(f"The scorer {name} cannot be loaded: {first_line(error)}") from error


def identity(name: str) -> str:
    """The name, with the hash of all its files where it is a folder: retrained weights are another scorer.

    Of a model behind a server its name alone counts, wherever it is served.
    """
    served = served_name(name)
    digest = hashlib.sha256((SCHEME + served.model if served else name).encode())
    folder = _folder(name)
    if folder:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            digest.update(file.relative_to(folder).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def description(name: str) -> dict[str, Any]:
    """What ships with a scorer in a folder: {theta, quantiles}, each where it is known."""
    folder = _folder(name)
    file = folder / DESCRIPTION if folder else None
    return json.loads(file.read_text()) if file and file.is_file() else {}


def _folder(name: str) -> Path | None:
    folder = Path(FOLDERS.get(name, name))
    return folder if folder.is_dir() else None
