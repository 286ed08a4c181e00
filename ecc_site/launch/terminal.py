"""What to do when nobody can read us any more: end the site in order, without writing another word."""

import os
import signal
import sys


def gone(*_) -> None:
    """Also a handler of SIGHUP, the signal of a closed terminal."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())
    os.close(nowhere)
    os.kill(os.getpid(), signal.SIGTERM)
