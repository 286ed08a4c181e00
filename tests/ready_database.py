"""A database with its tables and what migrations write, of which each process of tests gets a copy.

That of SQLite is made once, and again when a migration has changed; that of PostgreSQL once for its cluster.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import psycopg

NAME = "ready"  # in a cluster
ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".pytest_cache" / "ready-database"
# What its content comes from: the migrations, what they import, Django. What hangs on `post_migrate` runs on each copy.
SOURCES = (
    *("*/migrations/*.py", "*/*/migrations/*.py", "dialogues/search/*.py", "training/ml/methods/*.py"),
    "requirements.txt",
)


def copy_to(place: Path) -> None:
    """Put a copy there. The first process that asks makes the database, and who asks meanwhile waits."""
    CACHE.mkdir(parents=True, exist_ok=True)
    made = CACHE / f"{_digest()}.sqlite3"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for earlier in CACHE.glob("*.sqlite3"):
                earlier.unlink()
            _make(made)
        shutil.copy(made, place)


def in_cluster(url: str) -> str:
    """Make it in a PostgreSQL cluster whose DATABASE_URL this is; its name, a template for the databases of tests."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME}")
    with tempfile.TemporaryDirectory() as folder:
        _migrate(folder, f"{url.rpartition('/')[0]}/{NAME}")
    return NAME


def _digest() -> str:
    files = sorted(file for pattern in SOURCES for file in ROOT.glob(pattern))
    return sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _make(file: Path) -> None:
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        _migrate(folder, "")
        Path(folder, "ecc.sqlite3").rename(file)


def _migrate(folder: str, url: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    here = {"ECC_DATA_DIR": folder, "DATABASE_URL": url}
    subprocess.run(command, cwd=ROOT, env={**os.environ, **here}, check=True)
