"""The last look round before the start-up ends: no descendant may stay behind."""

import psutil


def end_all(patience_s: float = 1.0) -> None:
    """Ask every process below this one to end, then force those that are left after patience_s."""
    left = psutil.Process().children(recursive=True)
    for signal_it in (psutil.Process.terminate, psutil.Process.kill):
        for process in left:
            try:
                signal_it(process)
            except psutil.NoSuchProcess:
                continue
        _, left = psutil.wait_procs(left, timeout=patience_s)
