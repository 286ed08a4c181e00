"""Dialogues for benchmarks/search.py, stored by plain SQL: what that costs is not measured."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from random import Random

from django.core.management.color import no_style
from django.db import connection, transaction

from dialogues.models import Dataset, Dialogue, Turn
from dialogues.search.engine import Said
from serving.corpus import Exchange, exchanges

RARE = "鼉鼊"  # in twenty dialogues, whatever the size
RARE_WORD = "zyzzyva"
HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
ROLES = ("customer", "agent")
NOW = "2026-01-01 00:00:00"
DIALOGUE = (
    "INSERT INTO dialogues_dialogue (id, dataset_id, source_id, language, split, never_leaves, content_hash,"
    " turn_count, created_at) VALUES (%s, %s, %s, %s, %s, false, %s, 6, %s)"
)
TURN = (
    "INSERT INTO dialogues_turn (id, dialogue_id, position, role, raw, text, is_open)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
ANSWER = (
    "INSERT INTO dialogues_answer (turn_id, source, settings_hash, text, finish_reason, created_at)"
    " VALUES (%s, 'human', '', %s, '', %s)"
)


def dialogues(count: int) -> Iterator[Said]:
    """Ids 1 to `count`, datasets 1 to 3; the same at each call."""
    rng = Random(5)
    by_language = {language: [e for e in exchanges() if e.language == language] for language in ("zh", "en")}
    marked = set(rng.sample(range(1, count + 1), min(20, count)))
    for pk in range(1, count + 1):
        language = "zh" if rng.random() < 0.9 else "en"
        split = "dev" if pk % 1000 == 7 else rng.choices(("train", "test"), (9, 1))[0]
        dataset = 3 if pk % 1000 == 11 else 1 + (language == "en")
        texts = [text for e in rng.choices(by_language[language], k=3) for text in _said(e, rng)]
        if pk in marked:
            texts[2] += f" {RARE} {RARE_WORD}"
        yield Said(pk, dataset, split, language, texts)


def _said(exchange: Exchange, rng: Random) -> tuple[str, str]:
    model = "".join(rng.choices(HAN, k=2)) if exchange.language == "zh" else ""
    reply = rng.choice((exchange.shop, exchange.teacher, exchange.bare))
    return f"{exchange.customer} {model}{rng.randrange(10**8)}", reply


def store(count: int, at_once: int = 5000) -> None:
    for name in ("mostly Chinese", "mostly English", "small"):
        Dataset.objects.create(name=name)
    rows = dialogues(count)
    while batch := list(islice(rows, at_once)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(DIALOGUE, [_dialogue(row) for row in batch])
            cursor.executemany(TURN, [turn for row in batch for turn in _turns(row)])
            replies = [(6 * row.id + i - 6, row.texts[i]) for row in batch if row.id % 100 == 0 for i in (1, 3, 5)]
            cursor.executemany(ANSWER, [(turn, text, NOW) for turn, text in replies])
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Dialogue, Turn]):
            cursor.execute(statement)


def _dialogue(row: Said) -> tuple:
    digest = hashlib.sha256(str(row.id).encode()).hexdigest()
    return row.id, row.dataset, str(row.id), row.language, row.split, digest, NOW


def _turns(row: Said) -> Iterator[tuple]:
    for i, text in enumerate(row.texts):
        yield 6 * row.id + i - 5, row.id, i, ROLES[i % 2], text, text, i % 2 == 0
