"""Somebody else holds the database for a while, as a backup or a migration may."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

TABLES = (
    "review_assignment, review_verdict, review_verdictrevision, "
    "dialogues_importjob, dialogues_answerjob, scoring_scorejob"
)


def lock_sqlite(file: Path, seconds: float) -> None:
    database = sqlite3.connect(file, timeout=60, isolation_level=None)
    try:
        database.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        database.execute("ROLLBACK")
    finally:
        database.close()


def lock_postgresql(url: str, seconds: float) -> None:
    """Nobody writes verdicts or the state of jobs meanwhile; reading goes on, as in SQLite."""
    import psycopg

    with psycopg.connect(url) as database:
        database.execute(f"LOCK TABLE {TABLES} IN EXCLUSIVE MODE")
        time.sleep(seconds)
        database.rollback()
