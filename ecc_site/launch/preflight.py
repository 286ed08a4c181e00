"""What must hold before anything is started; each check raises a StartupError that says what to change."""

import errno
import fcntl
import os
import socket
import tempfile
from pathlib import Path
from typing import TextIO

from ecc_site.launch import orphans
from ecc_site.startup import StartupError


def require_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)  # also a folder of an earlier version: it holds what customers said
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StartupError(
            f"The data folder {folder} cannot be written ({error.strerror}); choose another with ECC_DATA_DIR=FOLDER."
        ) from None


def require_free_port(port: int) -> None:
    with socket.socket() as probe:
        # Without this a port whose last connections have just been closed would look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = "is taken by another program" if taken else f"cannot be used ({error.strerror})"
            raise StartupError(f"Port {port} on 127.0.0.1 {reason}; choose another with PORT=NUMBER.") from None


def claim(folder: Path) -> TextIO:
    """Hold the data folder until the returned file is closed: two sites on one folder would run every job twice.

    Ends what is left of an earlier site in it, both processes of which were killed.
    """
    lock = (folder / "launch.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        raise StartupError(
            f"A site already runs from {folder} (process {lock.read().strip()}); "
            "stop it, or choose another folder with ECC_DATA_DIR=FOLDER."
        ) from None
    orphans.end_all(folder)
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock
