"""A PostgreSQL of the tests' own: a fresh cluster in a temporary folder, gone when the block ends."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

STARTING_S = 30


def server_binaries() -> Path | None:
    """The folder with initdb and postgres: the newest of Debian's, else pg_config's, else on the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    for folder in [*debian, *_asked_of_pg_config(), *map(Path, os.get_exec_path())]:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres", "pg_isready")):
            return folder
    return None


def _asked_of_pg_config() -> list[Path]:
    if not shutil.which("pg_config"):
        return []
    answer = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
    return [Path(answer.stdout.strip())] if answer.returncode == 0 else []


@contextmanager
def temporary_cluster(binaries: Path) -> Iterator[str]:
    """Yields the DATABASE_URL of a server that listens on a socket in its own folder only."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = None
    try:
        identity = _identity(folder)
        _initialise(binaries, folder, identity)
        server = _start(binaries, folder, identity)
        yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
    finally:
        if server:
            _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def _identity(folder: Path) -> dict:
    """PostgreSQL refuses to run as root: hand the folder to the user `postgres` and run as that user."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _initialise(binaries: Path, folder: Path, identity: dict) -> None:
    # C.UTF-8: trigrams leave Chinese out where the character type is plain C.
    command = [binaries / "initdb", "--pgdata", folder / "data", "--username", "postgres", "--auth", "trust"]
    options = ["--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
    done = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True, check=False, **identity)
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed: {done.stderr.strip()}")


def _start(binaries: Path, folder: Path, identity: dict) -> subprocess.Popen:
    quick = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    # Autovacuum counts what a test's open transaction has written as no rows, and the planner believes it: now and then
    # a join of thousands of rows is planned for none, and a test of five seconds takes two minutes.
    options = [word for setting in [*quick, "autovacuum=off"] for word in ("-c", setting)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses=", *options],
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the tests; the server ends after them
            **identity,
        )
    deadline = time.monotonic() + STARTING_S
    while subprocess.run([binaries / "pg_isready", "-q", "-h", folder], check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            _stop(server)
            raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text().strip()}")
        time.sleep(0.1)
    return server


def _stop(server: subprocess.Popen) -> None:
    server.send_signal(2)  # SIGINT: PostgreSQL's fast shutdown
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
