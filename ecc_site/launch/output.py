"""What a program writes: to the terminal with its name in front, and to its log file, which rotates."""

import asyncio
import errno
import logging
import os
import select
import signal
import sys
from contextlib import suppress
from itertools import cycle
from logging.handlers import RotatingFileHandler
from pathlib import Path

NAME_WIDTH = 15
COLOURS = cycle((36, 33, 32, 35, 34))  # of ANSI terminals
LARGEST_LOG_BYTES = 5_000_000
SLOW_S = 0.5  # a terminal that takes no line for so long is paused
FULL = (errno.ENOSPC, errno.EDQUOT)  # of a terminal that is a file


class Output:
    """`writer` is the end of a pipe for the program; it stays the same when the program is started again."""

    def __init__(self, name: str, folder: Path, *, quiet: bool = False, largest_bytes: int = LARGEST_LOG_BYTES):
        folder.mkdir(parents=True, exist_ok=True)
        self.quiet, self.log = quiet, folder / f"{name}.log"
        self._label = f"{name:<{NAME_WIDTH}} | "
        if sys.stdout.isatty():
            self._label = f"\033[{next(COLOURS)}m{self._label}\033[0m"
        self._file = RotatingFileHandler(self.log, maxBytes=largest_bytes, backupCount=1, encoding="utf-8")
        self._reader, self.writer = os.pipe()
        os.set_blocking(self._reader, False)
        self._unfinished = b""
        asyncio.get_running_loop().add_reader(self._reader, self._read)

    def write(self, line: str, quiet: bool = False) -> None:
        if not quiet:
            say(self._label + line)
        self._file.emit(logging.makeLogRecord({"msg": line}))

    def finish(self) -> None:
        """Take what the program wrote last, also a line without an end."""
        with suppress(BlockingIOError):
            self._read()
        if self._unfinished:
            self.write(self._unfinished.decode("utf-8", "replace"), self.quiet)
            self._unfinished = b""

    def last_lines(self, count: int = 25) -> str:
        """The end of the log, to be shown with a failure."""
        lines = self.log.read_text(errors="replace").splitlines()[-count:] or ["(it wrote nothing)"]
        return "\n  ".join([f"the last lines of {self.log}:", *lines])

    def _read(self) -> None:
        data = self._unfinished + os.read(self._reader, 2**20)  # more than a pipe holds
        *lines, self._unfinished = data.split(b"\n")
        for line in lines:
            self.write(line.decode("utf-8", "replace"), self.quiet)


class Terminal:
    """Where the operator reads. Paused or on a full disk, it misses lines rather than hold up the site.

    Closed, it ends this process.
    """

    def __init__(self):
        self._paused = False

    def say(self, text: str) -> None:
        try:
            self._paused = not select.select([], [sys.stdout], [], 0 if self._paused else SLOW_S)[1]
            if not self._paused:
                print(text, flush=True)
        except OSError as error:
            if error.errno in FULL:
                return
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.dup2(nowhere, sys.stderr.fileno())
            os.close(nowhere)
            os.kill(os.getpid(), signal.SIGTERM)


say = Terminal().say
