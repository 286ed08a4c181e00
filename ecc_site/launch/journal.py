"""Where the children's lines go: to the terminal with the name in front, and to one log file each."""

import logging
import sys
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from honcho.printer import Message, Printer

from ecc_site.launch import terminal

LARGEST_LOG_BYTES = 5_000_000


class Journal(Printer):
    def __init__(self, folder: Path, when_all_run: Callable[[], None]):
        """Honcho writes its first line when all processes have been forked: only then may we start a thread."""
        super().__init__(sys.stdout, time_format="")  # the lines of the children bring their own time
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.when_all_run = folder, when_all_run
        self.files: dict[str, RotatingFileHandler] = {}

    def write(self, message: Message) -> None:
        if not self.files:
            self.when_all_run()
        try:
            super().write(message)
        except OSError:
            terminal.gone()
        text = message.data.decode("utf-8", "replace") if isinstance(message.data, bytes) else message.data
        self._file(message.name).emit(logging.makeLogRecord({"msg": text.rstrip("\n")}))

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _file(self, name: str) -> RotatingFileHandler:
        if name not in self.files:
            self.files[name] = RotatingFileHandler(
                self.path(name), maxBytes=LARGEST_LOG_BYTES, backupCount=1, encoding="utf-8"
            )
        return self.files[name]
