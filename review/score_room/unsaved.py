"""A profile that could not be saved waits in the session until the score room shows it again."""

from __future__ import annotations

from collections.abc import Mapping

from ecc_site.core.requests import Request

KEY, LONGEST = "unsaved_profile", 1_000  # characters of a field; what is longer was typed by no form of ours


def keep_unsaved(request: Request, values: Mapping[str, str]) -> None:
    request.session[KEY] = {name: value[:LONGEST] for name, value in values.items()}


def take_unsaved(request: Request, dataset: int) -> dict[str, str]:
    """What was typed for this dataset, once; empty where there is nothing."""
    kept = request.session.get(KEY, {})
    if kept.get("dataset") != str(dataset):
        return {}
    return request.session.pop(KEY)
