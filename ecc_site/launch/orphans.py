"""The last look round before the start-up ends: no descendant may stay behind."""

from contextlib import suppress

import psutil


def end_all(patience_s: float = 1.0) -> None:
    """Ask every process below this one to end, then force those that are left after patience_s."""
    # The last round is for what was being started during the one before it.
    for end in (psutil.Process.terminate, psutil.Process.kill, psutil.Process.kill):
        left = psutil.Process().children(recursive=True)
        for process in left:
            with suppress(psutil.NoSuchProcess):
                end(process)
        psutil.wait_procs(left, timeout=patience_s)
