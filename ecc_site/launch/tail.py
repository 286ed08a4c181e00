"""The end of a log, to be shown with a failure."""

from pathlib import Path


def last_lines(log: Path, count: int = 25) -> str:
    if not log.exists():
        return "  (it wrote nothing)"
    lines = log.read_text(errors="replace").splitlines()[-count:]
    return "\n".join(f"  {line}" for line in lines) or "  (it wrote nothing)"
