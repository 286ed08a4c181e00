"""A site of two shell scripts, held by the same two processes as the real one: python -m tests.launch.small_site FOLDER

Its programs write their process ids into FOLDER; `worker` leaves a stubborn child in a session of its own.
"""

import asyncio
import signal
import sys
from functools import partial
from pathlib import Path

from ecc_site.launch import __main__ as launch
from ecc_site.launch import preflight
from ecc_site.launch.output import say
from ecc_site.launch.program import Program
from ecc_site.launch.supervisor import Supervisor, supervise

WORKER = """
echo 'trap "" TERM; echo $$ >> pids; while :; do sleep 0.1; done' > stubborn
setsid --fork sh stubborn || python3 -c 'import os; os.setsid(); os.execvp("sh", ["sh", "stubborn"])' &
echo $$ >> pids; while :; do echo at work; sleep 0.1; done
"""
REDIS = "echo $$ >> pids; exec env -i sleep 300"  # like Redis it cannot be found by its environment
PATIENCE = ((signal.SIGTERM, 0.5),)


def hold(folder: Path) -> int:
    with preflight.claim(folder) as lock:
        return launch.run([sys.executable, "-m", __spec__.name, folder, "supervisor"], folder, lock)


async def _site(folder: Path, supervisor: Supervisor) -> None:
    scripts = {"redis": REDIS, "worker": WORKER}
    async with supervisor.running([_program(name, script, folder) for name, script in scripts.items()]):
        while not (folder / "pids").exists() or len((folder / "pids").read_text().split()) < len(scripts) + 1:
            await asyncio.sleep(0.01)
        supervisor.ready = True
        say("The site is ready")
        await asyncio.Event().wait()


def _program(name: str, script: str, folder: Path) -> Program:
    return Program(name, f"cd {folder}; {script}", folder / "logs", patience=PATIENCE)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    sys.exit(
        supervise(folder, partial(_site, folder), orphans_s=0.1, pauses_s=(0.1,)) if sys.argv[2:] else hold(folder)
    )
