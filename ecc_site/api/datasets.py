"""Datasets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404
from ninja import Router, Schema

from dialogues.models import Dataset
from ecc_site.api.auth import TokenRequest
from ecc_site.api.parts import Cursor, Limit, id_after, operation
from ecc_site.core.keyset import encode_cursor

router = Router(tags=["dialogues"])


class DatasetOut(Schema):
    id: int
    name: str
    note: str
    builtin: str
    never_leaves: bool
    dialogue_count: int
    open_turn_count: int
    created_at: datetime


class Datasets(Schema):
    items: list[DatasetOut]
    next_cursor: str | None


@operation(router, "GET", "/datasets", "dialogues:read", Datasets, 404)
def list_datasets(request: TokenRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """All datasets, the oldest first."""
    rows = list(Dataset.objects.filter(pk__gt=id_after(cursor)).order_by("pk")[: limit + 1])
    return {"items": rows[:limit], "next_cursor": encode_cursor([rows[limit - 1].pk]) if len(rows) > limit else None}


def require_dataset(pk: int) -> int:
    """The id. Raises Http404 where there is no such dataset."""
    if not Dataset.objects.filter(pk=pk).exists():
        raise Http404
    return pk
