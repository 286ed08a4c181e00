"""What tests of starting and ending ask about processes that may end at any moment."""

import psutil


def lives(pid: int) -> bool:
    """Whether it is there and has not ended; who is to take note of its end may still be busy."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def zombies_below(pid: int) -> list[int]:
    """Processes below this one that have ended, and of which nobody has taken note yet."""
    below = [child.pid for child in psutil.Process(pid).children(recursive=True)]
    return [child for child in below if psutil.pid_exists(child) and not lives(child)]
