"""An SQLite database with its tables and what migrations write, made once for all processes of a run of the tests."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = "ECC_TESTS_FOLDER"  # where all processes of the run find each other; set by tests.surroundings


def copy_to(place: Path) -> None:
    """Put a copy there. The first process that asks makes the database, and who asks meanwhile waits."""
    folder = Path(os.environ[FOLDER]) / "ready-database"
    folder.mkdir(exist_ok=True)
    made = folder / "made.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _migrate(folder).rename(made)
    shutil.copy(made, place)


def _migrate(folder: Path) -> Path:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    here = {"ECC_DATA_DIR": str(folder), "DATABASE_URL": ""}
    subprocess.run(command, cwd=ROOT, env={**os.environ, **here}, check=True)
    return folder / "ecc.sqlite3"
