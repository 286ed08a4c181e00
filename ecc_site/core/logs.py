"""Log files on a page."""

from pathlib import Path

TAIL_BYTES = 8_000


def tail(log: Path | None) -> str:
    """The last lines of the file, empty where there is none."""
    if log is None or not log.is_file():
        return ""
    with log.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - TAIL_BYTES))
        return file.read().decode("utf-8", "replace")
