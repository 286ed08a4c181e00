"""How the start-up and its children tell each other whether the site is still starting.

A file exists from the first child until the site is ready; its path is in ECC_STARTING. While it exists, a process
that dies ends the whole start and leaves its name there. Without it a dead process is simply started again.
"""

import os
from pathlib import Path

VARIABLE = "ECC_STARTING"


def begin(data_dir: Path) -> Path:
    flag = data_dir / "starting"
    flag.write_text("")
    os.environ[VARIABLE] = str(flag)
    return flag


def is_under_way() -> bool:
    return VARIABLE in os.environ and Path(os.environ[VARIABLE]).exists()


def report_death(name: str, code: int) -> None:
    """Called by the supervisor of a process that died too early; one line a death, the first is the cause."""
    with Path(os.environ[VARIABLE]).open("a") as flag:
        flag.write(f"{name} {code}\n")


def first_death(flag: Path) -> tuple[str, int] | None:
    """Name and exit code of the process that died first while the site was starting."""
    if not flag.exists() or not (lines := flag.read_text().splitlines()):
        return None
    name, code = lines[0].rsplit(" ", 1)
    return name, int(code)


def finish(flag: Path) -> None:
    flag.unlink(missing_ok=True)
