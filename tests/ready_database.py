"""A database with its tables and what migrations write, of which each process of tests gets a copy.

It is made once, and again when a migration has changed: a file of SQLite, and a dump for the clusters of PostgreSQL.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
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
    shutil.copy(_kept("sqlite3", _make_file), place)


def in_cluster(url: str, binaries: Path) -> str:
    """Make it in a PostgreSQL cluster whose DATABASE_URL this is; its name, a template for the databases of tests."""

    def make_dump(file: Path) -> None:
        made = _new_database(url, "made")
        with tempfile.TemporaryDirectory() as folder:
            _migrate(folder, made)
        subprocess.run([binaries / "pg_dump", "--format=custom", f"--file={file}", made], check=True)

    version = binaries.parent.name  # an older pg_restore does not read what a newer pg_dump wrote
    dump = _kept(f"{version}.dump", make_dump)
    subprocess.run([binaries / "pg_restore", "--dbname", _new_database(url, NAME), dump], check=True)
    return NAME


def _new_database(url: str, name: str) -> str:
    """Its DATABASE_URL, in the cluster with this one."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{url.rpartition('/')[0]}/{name}"


def _kept(ending: str, make: Callable[[Path], None]) -> Path:
    """The first process that asks makes it, and who asks meanwhile waits."""
    CACHE.mkdir(parents=True, exist_ok=True)
    kept = CACHE / f"{_digest()}.{ending}"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for earlier in CACHE.glob(f"*.{ending}"):
                earlier.unlink()
            unfinished = kept.with_suffix(".unfinished")
            make(unfinished)
            unfinished.rename(kept)
    return kept


def _digest() -> str:
    files = sorted(file for pattern in SOURCES for file in ROOT.glob(pattern))
    return sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _make_file(file: Path) -> None:
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        _migrate(folder, "")
        Path(folder, "ecc.sqlite3").rename(file)


def _migrate(folder: str, url: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    here = {"ECC_DATA_DIR": folder, "DATABASE_URL": url}
    subprocess.run(command, cwd=ROOT, env={**os.environ, **here}, check=True)
