"""The index in PostgreSQL: a row a dialogue with its tokens as a tsvector, under a GIN index.

GIN has no order, so a frequent token would cost all its rows. Each row therefore has one more token, for the block of
ids that it is in, and a search asks for a few blocks at a time, from one end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dialogues.search.engine import END, TABLE, Batch, IndexedDialogue, SearchTerms
from dialogues.search.tokens import BEGINNINGS, MARK, beginnings, facets, text_tokens

BLOCK = 4096  # ids
WIDEST = 16  # blocks that one query asks for; each asks for twice as many as the one before
QUERIES_MOST = 24
CREATE = (
    f"CREATE TABLE IF NOT EXISTS {TABLE} (dialogue_id bigint PRIMARY KEY, tokens tsvector NOT NULL)",
    f"CREATE INDEX IF NOT EXISTS {TABLE}_tokens ON {TABLE} USING gin (tokens)",
)
TRIGGERS = (
    f"CREATE OR REPLACE FUNCTION {TABLE}_forgets() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" DELETE FROM {TABLE} WHERE dialogue_id IN (SELECT id FROM gone); RETURN NULL; END $$",
    f"CREATE OR REPLACE FUNCTION {TABLE}_forgets_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" TRUNCATE {TABLE}; RETURN NULL; END $$",
    f"CREATE OR REPLACE TRIGGER {TABLE}_forgets AFTER DELETE ON dialogues_dialogue REFERENCING OLD TABLE AS gone"
    f" FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_forgets()",
    f"CREATE OR REPLACE TRIGGER {TABLE}_forgets_all AFTER TRUNCATE ON dialogues_dialogue"
    f" FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_forgets_all()",
)
DROP = (
    f"DROP TRIGGER IF EXISTS {TABLE}_forgets ON dialogues_dialogue",
    f"DROP TRIGGER IF EXISTS {TABLE}_forgets_all ON dialogues_dialogue",
    f"DROP FUNCTION IF EXISTS {TABLE}_forgets, {TABLE}_forgets_all",
    f"DROP TABLE IF EXISTS {TABLE}",
)
INSERT = f"INSERT INTO {TABLE} (dialogue_id, tokens) VALUES (%s, array_to_tsvector(%s))"
# The rows are found before they are put in order, so that the planner does not walk the primary key instead.
FIND = (
    f"WITH found AS MATERIALIZED (SELECT dialogue_id FROM {TABLE} WHERE tokens @@ %s::tsquery)"
    " SELECT dialogue_id FROM found WHERE dialogue_id {side} %s ORDER BY dialogue_id {order} LIMIT %s"
)


def create(connection: Any) -> None:
    _execute(connection, CREATE)
    create_triggers(connection)


def create_triggers(connection: Any) -> None:
    _execute(connection, TRIGGERS)


def drop(connection: Any) -> None:
    _execute(connection, DROP)


def _execute(connection: Any, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def add(connection: Any, rows: Iterable[IndexedDialogue]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, [(row.id, _tokens(row)) for row in rows])


def replace(connection: Any, rows: Sequence[IndexedDialogue]) -> None:
    changed = f"{INSERT} ON CONFLICT (dialogue_id) DO UPDATE SET tokens = EXCLUDED.tokens"
    with connection.cursor() as cursor:
        cursor.executemany(changed, [(row.id, _tokens(row)) for row in rows])


def _tokens(row: IndexedDialogue) -> list[str]:
    said = set(row.tokens.split()) or text_tokens(row.texts)
    begun = {beginning for token in said for beginning in beginnings(token)}
    where = facets(dataset=row.dataset, split=row.split, language=row.language)
    return [_block(row.id // BLOCK), *where, *said, *begun]


def _block(number: int) -> str:
    return f"{MARK}{MARK}b{number}"


def find(connection: Any, wanted: SearchTerms, start: int, limit: int, newer: bool) -> Batch:
    sql = FIND.format(side=">" if newer else "<", order="ASC" if newer else "DESC")
    ids: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(dialogue_id) / {BLOCK}, max(dialogue_id) / {BLOCK} FROM {TABLE}")
        oldest, newest = cursor.fetchone()
        if oldest is None:
            return Batch([], END)
        for blocks in _windows(start // BLOCK, oldest, newest, newer):
            cursor.execute(sql, [_expression(wanted, blocks), start, limit - len(ids)])
            ids += [row for (row,) in cursor.fetchall()]
            if len(ids) == limit:
                return Batch(ids, ids[-1])
            reached = blocks.stop * BLOCK - 1 if newer else blocks.start * BLOCK
            if blocks.stop > newest if newer else blocks.start <= oldest:
                return Batch(ids, END)
    return Batch(ids, reached)


def _windows(start: int, oldest: int, newest: int, newer: bool) -> Iterator[range]:
    """Blocks from `start` on."""
    at, width = max(oldest, min(start, newest)), 1
    for _ in range(QUERIES_MOST):
        first = at if newer else max(at - width + 1, oldest)
        yield range(first, min(at + width, newest + 1) if newer else at + 1)
        at = at + width if newer else first - 1
        width = min(2 * width, WIDEST)


def _expression(wanted: SearchTerms, blocks: range) -> str:
    """In quotes a token means nothing but itself, and none of them has a quote or a backslash."""
    block = "|".join(f"'{_block(number)}'" for number in blocks)
    return " & ".join([f"({block})", *(f"'{token}'" for token in wanted.tokens), *_begun(wanted.begun)])


def _begun(word: str) -> list[str]:
    """A beginning has a token of its own; a long one is looked for among the words, of which few begin so."""
    if not word:
        return []
    return [f"'{MARK}{word}'"] if len(word) in BEGINNINGS else [f"'{MARK}{word[: BEGINNINGS[-1]]}'", f"'{word}':*"]
