"""The index of the database that is in use. It holds one row a dialogue and is no model: FTS5 tables cannot be one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from dialogues.search import postgres, sqlite
from dialogues.search.engine import TABLE, Batch, Engine, IndexedDialogue, SearchTerms

ENGINES: dict[str, Engine] = {"sqlite": sqlite, "postgresql": postgres}
REBUILT_AT_ONCE = 500  # dialogues


def engine_of(connection: Any) -> Engine:
    return ENGINES[connection.vendor]


def index_dialogues(rows: Iterable[IndexedDialogue]) -> None:
    """Add new dialogues, in the transaction that stores them."""
    engine_of(connection).add(connection, rows)


def find(wanted: SearchTerms, start: int, limit: int, *, newer: bool = False) -> Batch:
    """Dialogues with lower ids than `start`, the highest first; or with higher ones, the lowest first."""
    return engine_of(connection).find(connection, wanted, start, limit, newer)


def rebuild(models: Any, connection: Any, advance: Callable[[int], object] = lambda count: None) -> int:
    """Index every dialogue anew, in batches that are a transaction each; `advance` hears of each. Returns how many.

    `models` gives the models of dialogues and turns by `get_model`: a migration has its own.
    """
    last = total = 0
    while True:
        with transaction.atomic(using=connection.alias):
            rows = _said_after(last, models, connection.alias)
            engine_of(connection).replace(connection, rows)
        if not rows:
            return total
        last, total = rows[-1].id, total + len(rows)
        advance(len(rows))


def _said_after(last: int, models: Any, database: str) -> list[IndexedDialogue]:
    """The next dialogues, which nobody deletes before the transaction ends."""
    dialogues = models.get_model("dialogues", "Dialogue").objects.using(database).filter(pk__gt=last).order_by("pk")
    turns = models.get_model("dialogues", "Turn").objects.using(database)
    batch = list(dialogues.select_for_update().values_list("pk", "dataset", "split", "language")[:REBUILT_AT_ONCE])
    texts: dict[int, list[str]] = {pk: [] for pk, *_ in batch}
    for dialogue, text in turns.filter(dialogue__in=texts).values_list("dialogue", "text"):
        texts[dialogue].append(text)
    return [IndexedDialogue(pk, dataset, split, language, texts[pk]) for pk, dataset, split, language in batch]


def restore_triggers(using: str = DEFAULT_DB_ALIAS, **_: object) -> None:
    """After migrations: on SQLite one that changes the table of dialogues makes it anew, without its triggers."""
    used = connections[using]
    if TABLE in used.introspection.table_names():
        engine_of(used).create_triggers(used)
