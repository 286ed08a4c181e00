"""Two promises of the Linux kernel about parents and children; on other systems these functions do nothing."""

import ctypes
import sys

SET_PDEATHSIG, SET_CHILD_SUBREAPER = 1, 36  # <linux/prctl.h>
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else lambda *_: 0


def die_with_parent(signum: int) -> None:
    """Let the kernel send signum to this process when its parent dies, however it dies."""
    _prctl(SET_PDEATHSIG, signum)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent dies, so that none of them gets out of sight."""
    _prctl(SET_CHILD_SUBREAPER, 1)
