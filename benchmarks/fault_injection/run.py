"""One run on one database: a quiet time, then the faults, then the audit."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.fault_injection import database_lock
from benchmarks.fault_injection.crowd import Crowd
from benchmarks.fault_injection.faults import Fault, Skipped, Stage, all_faults
from benchmarks.fault_injection.figures import Window
from benchmarks.fault_injection.full_disk import SmallDisk, small_disk
from benchmarks.fault_injection.site import IN_SITE, BreakableSite, NotWell
from benchmarks.fault_injection.summary import summary
from tests import postgres

DATABASES = ("sqlite", "postgresql")
NO_FAULT = "none (baseline)"
STOPPING_S = 60


class NoDatabase(Exception):
    """This database cannot be started here; the text says why."""


@dataclass(frozen=True)
class Plan:
    """How large and how long a run is."""

    annotators: int
    rounds: int
    demo_dialogues: int
    imported_dialogues: int  # in each file of the manager
    quiet_s: float  # without a fault
    settle_s: float  # after each fault
    full_s: float
    lock_s: float


def run(database: str, plan: Plan) -> dict:
    """The figures of one database. Raises NoDatabase."""
    with small_disk() as disk, _database(database, disk) as (environment, lock):
        folder = Path(tempfile.mkdtemp(prefix="site-", dir=disk.folder))
        site = BreakableSite(folder, ECC_DEMO_DIALOGUES=str(plan.demo_dialogues), **environment)
        try:
            site.now.wait_for("The site is ready")
            return _run(Stage(site, disk, partial(lock, folder), plan.full_s, plan.lock_s), plan)
        finally:
            site.now.kill_all()


@contextmanager
def _database(name: str, disk: SmallDisk) -> Iterator[tuple[dict[str, str], Callable[[Path, float], None]]]:
    """The environment of a site on this database, and what locks it."""
    if name == "sqlite":
        yield {}, lambda folder, seconds: database_lock.lock_sqlite(folder / "ecc.sqlite3", seconds)
        return
    binaries = postgres.server_binaries()
    if binaries is None:
        raise NoDatabase("no PostgreSQL server was found here")
    with _temporary_folders_in(disk.folder), postgres.temporary_cluster(binaries) as tuned_for_tests:
        # What is committed has to be written, as by default: a server that crashes would lose it.
        url = f"{tuned_for_tests}?options=-c%20synchronous_commit%3Don"
        yield {"DATABASE_URL": url}, lambda _folder, seconds: database_lock.lock_postgresql(url, seconds)


@contextmanager
def _temporary_folders_in(folder: Path) -> Iterator[None]:
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _run(stage: Stage, plan: Plan) -> dict:
    site = stage.site
    made = site.now.ask(IN_SITE, "prepare", plan.annotators, plan.rounds, site.now.password)
    crowd = Crowd(site.now.url, site.now.password, made["annotators"], made["rounds"], plan.imported_dialogues)
    crowd.start()
    windows = [_quiet(plan)]
    for name, fault in all_faults(plan.lock_s):
        windows.append(_inflict(name, fault, stage, crowd, plan.settle_s))
    fallen = crowd.stop()
    stored = site.now.ask(IN_SITE, "audit", *made["rounds"])
    return summary(windows, crowd, stored) | {"fallen": fallen, "left_behind": _left_behind(site)}


def _quiet(plan: Plan) -> Window:
    begin = time.monotonic()
    time.sleep(plan.quiet_s)
    return Window(NO_FAULT, begin, time.monotonic())


def _inflict(name: str, fault: Fault, stage: Stage, crowd: Crowd, settle_s: float) -> Window:
    """Ends when everybody is at work again, so that the next fault meets all of them."""
    print(f"{name} …", file=sys.stderr, flush=True)
    begin, trouble, skipped, again = time.monotonic(), "", "", None
    try:
        fault(stage)
        over = time.monotonic()
        stage.site.wait_until(lambda: crowd.all_acknowledged_since(over), "a verdict of each annotator")
        again = time.monotonic() - begin
        stage.site.wait_until_well()
        time.sleep(settle_s)
    except Skipped as reason:
        skipped = str(reason)
    except NotWell as error:
        trouble = str(error)
        print(trouble, file=sys.stderr)
        stage.site.now.kill_all()
        stage.site.launch_again()
    return Window(name, begin, time.monotonic(), again, trouble, skipped)


def _left_behind(site: BreakableSite) -> list[str]:
    """Commands of the processes that outlive an orderly stop."""
    site.now.launcher.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        site.now.launcher.wait(STOPPING_S)
    return [" ".join(process.cmdline()) for process in site.now.processes()]
