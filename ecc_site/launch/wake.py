"""Sleeping until something happens: a signal to stop, a child that ended, or the time is up."""

import os
import select
import signal

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Wake:
    """Takes over the signals of this process; `asked_to_stop` says whether one of STOP_SIGNALS has come."""

    def __init__(self):
        self.asked_to_stop = False
        self._reader, writer = os.pipe()
        os.set_blocking(writer, False)
        # A byte in a pipe cannot be missed, whereas a signal just before a sleep can.
        signal.set_wakeup_fd(writer)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for signum in STOP_SIGNALS:
            signal.signal(signum, self._stop)

    def _stop(self, *_):
        self.asked_to_stop = True

    def sleep(self, seconds: float | None = None) -> None:
        """Return at the next signal, or after so many seconds; None waits for a signal alone."""
        if select.select([self._reader], [], [], seconds)[0]:
            os.read(self._reader, 4096)
