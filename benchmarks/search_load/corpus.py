"""Dialogues for benchmarks/search.py, stored by plain SQL: what that costs is not measured."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from random import Random

from django.core.management.color import no_style
from django.db import connection, transaction

from dialogues.models import Answer, Dataset, Dialogue, Turn
from dialogues.search.engine import IndexedDialogue
from ecc_site.core.bulk import insert_rows
from serving.corpus import Exchange, exchanges

RARE = "鼉鼊"  # in twenty dialogues, whatever the size
RARE_WORD = "zyzzyva"
HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
ROLES = ("customer", "agent")
DIALOGUE = ("id", "dataset_id", "source_id", "language", "split", "content_hash", "turn_count")
TURN = ("id", "dialogue_id", "position", "role", "raw", "text", "is_open")
ANSWER = ("turn_id", "source", "text")


def dialogues(count: int) -> Iterator[IndexedDialogue]:
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
        yield IndexedDialogue(pk, dataset, split, language, texts)


def _said(exchange: Exchange, rng: Random) -> tuple[str, str]:
    model = "".join(rng.choices(HAN, k=2)) if exchange.language == "zh" else ""
    reply = rng.choice((exchange.shop, exchange.teacher, exchange.bare))
    return f"{exchange.customer} {model}{rng.randrange(10**8)}", reply


def store(count: int, at_once: int = 5000) -> None:
    for name in ("mostly Chinese", "mostly English", "small"):
        Dataset.objects.create(name=name)
    rows = dialogues(count)
    while batch := list(islice(rows, at_once)):
        with transaction.atomic():
            insert_rows(Dialogue, DIALOGUE, map(_dialogue, batch))
            insert_rows(Turn, TURN, (turn for row in batch for turn in _turns(row)))
            answered = [row for row in batch if row.id % 100 == 0]
            replies = ((6 * row.id + i - 6, "human", row.texts[i]) for row in answered for i in (1, 3, 5))
            insert_rows(Answer, ANSWER, replies)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Dialogue, Turn]):
            cursor.execute(statement)


def _dialogue(row: IndexedDialogue) -> tuple:
    digest = hashlib.sha256(str(row.id).encode()).hexdigest()
    return row.id, row.dataset, str(row.id), row.language, row.split, digest, len(row.texts)


def _turns(row: IndexedDialogue) -> Iterator[tuple]:
    for i, text in enumerate(row.texts):
        yield 6 * row.id + i - 5, row.id, i, ROLES[i % 2], text, text, i % 2 == 0
