"""No process of a site may outlive it, whatever became of its parent and in whichever session it is.

All of them inherit a mark in their environment. Linux can also tell a child that its parent has died, which reaches
those that overwrite their environment, such as Redis.
"""

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import psutil

MARK = "ECC_STARTED_BY_SITE_IN"
SET_PDEATHSIG = 1  # <linux/prctl.h>
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else lambda *_: 0


def mark_children(data_dir: Path) -> None:
    """This process itself is not marked: what counts is the environment with which a process was started."""
    os.environ[MARK] = str(data_dir)


def end_with_parent() -> None:
    """Let the kernel send SIGTERM to this process when its parent dies."""
    _prctl(SET_PDEATHSIG, signal.SIGTERM)


def end_all(data_dir: Path, patience_s: float = 1.0) -> None:
    """Ask every marked process to end, then kill those that are left after patience_s."""
    # The last round is for what was being started during the one before it.
    for end in (psutil.Process.terminate, psutil.Process.kill, psutil.Process.kill):
        left = [process for process in psutil.process_iter() if _mark(process) == str(data_dir)]
        for process in left:
            with suppress(psutil.NoSuchProcess):
                end(process)
        psutil.wait_procs(left, timeout=patience_s)


def _mark(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except psutil.Error:  # it has ended, or belongs to another user
        return None
