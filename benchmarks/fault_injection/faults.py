"""What is broken, one after another. Each fault returns when the site can be well again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks.fault_injection.full_disk import SmallDisk
from benchmarks.fault_injection.site import IN_SITE, BreakableSite
from ecc_site.launch.options import ROOT

RUNS_AS = re.compile(r"gunicorn|worker --queues \w+|beat --schedule")  # found in a program's command


class Skipped(Exception):
    """This fault cannot be injected here; the text says why."""


@dataclass(frozen=True)
class Stage:
    """Where the faults happen. `lock` holds the database for so many seconds."""

    site: BreakableSite
    disk: SmallDisk
    lock: Callable[[float], None]
    full_s: float
    lock_s: float


Fault = Callable[[Stage], None]


def all_faults(lock_s: float) -> Iterator[tuple[str, Fault]]:
    """Every program of the Procfile is killed, so that a new one cannot be forgotten."""
    yield "kill a web worker", _kill_web_worker
    yield "kill the worker process at work", _kill_process_at_work
    for line in (ROOT / "Procfile").read_text().splitlines():
        name, command = line.split(": ", 1)
        yield f"kill {name}", partial(_kill_program, words=RUNS_AS.search(command)[0])
    yield "kill redis", partial(_kill_program, words="redis-server")
    yield "kill all processes", _kill_tree
    yield "end all sessions", _end_sessions
    yield "end all leases", _end_leases
    yield "disk full", _fill_disk
    yield f"database locked {lock_s:g} s", _lock_database


def _kill_web_worker(stage: Stage) -> None:
    _master, *workers = before = stage.site.programs("gunicorn")
    workers[0].kill()
    stage.site.wait_until(lambda: _replaced(stage, "gunicorn", before), "another web worker")


def _kill_process_at_work(stage: Stage) -> None:
    """The child of the worker for models: it holds the model and answers or scores."""
    words = "worker --queues models"
    before = stage.site.programs(words)
    before[-1].kill()
    stage.site.wait_until(lambda: _replaced(stage, words, before), "another worker process")


def _replaced(stage: Stage, words: str, before: list) -> bool:
    now = stage.site.programs(words)
    return len(now) >= len(before) and now != before


def _kill_program(stage: Stage, words: str) -> None:
    killed = stage.site.programs(words)[0]
    killed.kill()
    stage.site.wait_until(lambda: stage.site.programs(words)[:1] not in ([], [killed]), f"another {words}")


def _kill_tree(stage: Stage) -> None:
    stage.site.now.kill_all()
    stage.site.launch_again()


def _end_sessions(stage: Stage) -> None:
    """Everybody has to sign in again, with a verdict on its way."""
    stage.site.now.ask(IN_SITE, "end_sessions")


def _end_leases(stage: Stage) -> None:
    """What everybody has on hand may be taken by another; a verdict is saved for one and refused to the other."""
    stage.site.now.ask(IN_SITE, "end_leases")


def _fill_disk(stage: Stage) -> None:
    if stage.disk.why_not:
        raise Skipped(stage.disk.why_not)
    stage.disk.stay_full(stage.full_s)


def _lock_database(stage: Stage) -> None:
    stage.lock(stage.lock_s)
