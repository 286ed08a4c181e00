"""A launched site, for tests that look at it from outside."""

import http.client
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from ecc_site.launch.options import ROOT
from tests.ports import free_port

BEGIN_S = 300  # includes loading the demo on a busy machine


def two_free_ports() -> tuple[int, int]:
    return free_port(), free_port()


class Site:
    """A launched site, its terminal, and all processes that belong to its data folder."""

    password = "a-password-of-the-tests"

    def __init__(self, data_dir: Path, ports: tuple[int, int], **environment: str):
        self.data_dir, (self.port, redis_port) = data_dir, ports
        self.redis = f"redis-server 127.0.0.1:{redis_port}"
        self.terminal = data_dir / "terminal.txt"
        others = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "ECC_PROFILE")
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in others},
            "ECC_DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
            "ECC_DEMO_PASSWORD": self.password,
            "ECC_DEMO_DIALOGUES": "32",
            **environment,
        }
        with self.terminal.open("w") as output:
            command = [sys.executable, "-m", "ecc_site.launch"]
            self.launcher = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=output, stderr=output)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_for(self, words: str, seconds: float = BEGIN_S) -> str:
        deadline = time.monotonic() + seconds
        while words not in (text := self.terminal.read_text()):
            assert self.launcher.poll() is None, f"the site ended early:\n{text}"
            assert time.monotonic() < deadline, f"waited in vain for {words!r}:\n{text}"
            time.sleep(0.1)
        return text

    def ask(self, module: str, *arguments: object) -> Any:
        """What a program that works on the data of the site says, from JSON in its last line."""
        command = [sys.executable, "-m", module, *map(str, arguments)]
        said = subprocess.run(command, cwd=ROOT, env=self._environment, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(said.stdout.splitlines()[-1])

    def run(self, module: str, *arguments: str) -> None:
        """Let a program work on the data of the site."""
        subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, env=self._environment, check=True)

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path)
        return connection.getresponse().status

    def processes(self) -> list[psutil.Process]:
        """By the data folder in their environment, so that none escapes by leaving its parent or its group."""
        return [process for process in psutil.process_iter() if self._is_mine(process)]

    def _is_mine(self, process: psutil.Process) -> bool:
        try:
            # Redis overwrites its arguments and its environment with the path of its program and its address.
            redis = any(word.endswith(self.redis) for word in process.cmdline())
            return redis or process.environ().get("ECC_DATA_DIR") == str(self.data_dir)
        except psutil.Error:
            return False

    def find(self, words: str) -> psutil.Process:
        """The oldest process with these words in its command. Raises ValueError where there is none."""
        found = [process for process in self.processes() if words in " ".join(process.cmdline())]
        return min(found, key=lambda process: process.create_time())

    def kill_all(self) -> None:
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):  # it has ended since it was listed
                process.kill()
        self.launcher.wait()
