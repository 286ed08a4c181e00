"""Prepares the records of a large file in processes of their own, while another one stores.

Each reads the whole file and prepares every so many batches of it, so that an import uses all cores. A process is told
its share in a line of JSON, and answers with one for each Batch.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import asdict
from itertools import cycle
from pathlib import Path

from django.conf import settings

from dialogues.importing.preparing import Batch, prepare
from dialogues.importing.problems import BadFile
from dialogues.importing.task import Task

LARGE = 4 * 2**20  # bytes of a file for each process: it takes a second or two to start
MOST = 4  # processes
AS_THEY_ARE = "surrogatepass"  # for halves of characters, which a file may have and which are replaced later
NICENESS = 5  # pages and storing go first


def batches(task: Task, skip: int) -> Generator[Batch]:
    """The batches behind the first `skip` records, in order. Raises BadFile where the file cannot be read on."""
    readers = _count(Path(task.path).stat().st_size)
    with closing(_by_processes(task, skip, readers) if readers else prepare(task, skip)) as read:
        for batch in read:
            if batch.count:
                yield batch
            if batch.error:
                raise BadFile(batch.error)
            if batch.is_last:
                return


def _count(size: int) -> int:
    """How many processes read a file of so many bytes; 0: this one does."""
    return min(size // LARGE, os.cpu_count() or 1, MOST)


def _by_processes(task: Task, skip: int, parts: int) -> Generator[Batch]:
    """Batches in order; the file is over where one of them says so."""
    processes = [_started(task, skip, part, parts) for part in range(parts)]
    try:
        for process in cycle(processes):
            yield _next(process)
    finally:
        for process in processes:
            process.kill()
            process.wait()
            assert process.stdout
            process.stdout.close()


def _started(task: Task, skip: int, part: int, parts: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dialogues.importing.readers"]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    share = {"task": asdict(task), "skip": skip, "part": part, "parts": parts}
    assert process.stdin
    try:
        process.stdin.write(json.dumps(share).encode() + b"\n")
        process.stdin.close()
    except BrokenPipeError:
        pass  # it has died, which shows when its first batch is missing
    return process


def _next(process: subprocess.Popen[bytes]) -> Batch:
    assert process.stdout
    if line := process.stdout.readline():
        return Batch.of_plain(json.loads(line.decode(errors=AS_THEY_ARE)))
    raise RuntimeError(f"a process that reads the file ended with {process.wait()}")


def _prepared(share: dict) -> Iterator[Batch]:
    return prepare(Task(**share["task"]), share["skip"], share["part"], share["parts"])


def main() -> None:
    """One of these processes."""
    import django

    os.nice(NICENESS)
    django.setup()
    gc.freeze()  # what is loaded stays: no collection needs to look at it
    try:
        for batch in _prepared(json.loads(sys.stdin.buffer.readline())):
            line = json.dumps(batch.as_plain(), ensure_ascii=False).encode(errors=AS_THEY_ARE)
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        os._exit(1)  # who asked is gone, and nothing is left to be said


if __name__ == "__main__":
    main()
