"""The index in SQLite: an FTS5 table with a row a dialogue, which yields its matches in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dialogues.search.engine import END, TABLE, Batch, IndexedDialogue, SearchTerms
from dialogues.search.tokens import BEGINNINGS, as_tokens, facets

# The ascii tokenizer leaves everything from U+0080 on as it is, so that what it finds are the tokens that it gets.
# Positions are not stored: hits are compared with what was said. The tokens are, since a deletion reads them (FTS5
# does without from 3.43 on).
PREFIXES = " ".join(map(str, BEGINNINGS))
CREATE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5(tokens, tokenize='ascii', detail='none', columnsize=0,"
    f" prefix='{PREFIXES}')"
)
# Fewer merges while dialogues come in: a fifth less time for each, for a millisecond more in a search.
MERGE = f"INSERT INTO {TABLE} ({TABLE}, rank) VALUES ('automerge', 16)"
TRIGGER = (
    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_forgets AFTER DELETE ON dialogues_dialogue"
    f" BEGIN DELETE FROM {TABLE} WHERE rowid = OLD.id; END"
)


def create(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
        cursor.execute(MERGE)
    create_triggers(connection)


def create_triggers(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TRIGGER)


def drop(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_forgets")
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def add(connection: Any, rows: Iterable[IndexedDialogue]) -> None:
    values = [(row.id, _document(row)) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {TABLE} (rowid, tokens) VALUES (%s, %s)", values)


def replace(connection: Any, rows: Sequence[IndexedDialogue]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(row.id,) for row in rows])
    add(connection, rows)


def _document(row: IndexedDialogue) -> str:
    where = facets(dataset=row.dataset, split=row.split, language=row.language)
    return " ".join([*where, row.tokens or as_tokens(row.texts)])


def find(connection: Any, wanted: SearchTerms, start: int, limit: int, newer: bool) -> Batch:
    side, order = (">", "ASC") if newer else ("<", "DESC")
    sql = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s AND rowid {side} %s ORDER BY rowid {order} LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [_expression(wanted), start, limit])
        ids = [row for (row,) in cursor.fetchall()]
    return Batch(ids, ids[-1] if len(ids) == limit else END)


def _expression(wanted: SearchTerms) -> str:
    """In quotes a token means nothing but itself, and none of them has a quote."""
    strings = [f'"{token}"' for token in wanted.tokens]
    return " AND ".join([*strings, f'"{wanted.begun}" *'] if wanted.begun else strings)
