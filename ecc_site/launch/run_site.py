"""The site in the order in which it is started: Redis, the database, the programs of the Procfile.

`python -m ecc_site.launch.run_site`: the supervisor that `python -m ecc_site.launch` starts.
"""

import asyncio
import os
import sys
from functools import partial

from ecc_site.launch import ready, redis_server
from ecc_site.launch.banner import banner
from ecc_site.launch.options import ROOT, Options
from ecc_site.launch.output import say
from ecc_site.launch.program import Program
from ecc_site.launch.redis_probe import Address
from ecc_site.launch.supervisor import Supervisor, describe, supervise
from ecc_site.startup import StartupError

PREPARE = "exec python ecc_site/launch/model_environment.py python -m ecc_site.launch.prepare"


def main() -> None:
    options = Options.from_environment()
    # Plain `python` and `celery` in the Procfile are those of the environment that runs this.
    here = os.path.dirname(sys.executable)
    os.environ.update(PATH=f"{here}{os.pathsep}{os.environ.get('PATH', '')}", PYTHONUNBUFFERED="1")
    supervise(options.data_dir, partial(_site, options))


async def _site(options: Options, supervisor: Supervisor) -> None:
    redis = Address(options.redis_url)
    own = redis_server.needed(redis, options)
    # A Redis of our own is stopped after everything else, so that the workers can hand unfinished tasks back.
    async with supervisor.running(own):
        await redis.wait()
        say(f"Redis {redis.version()} {'of our own ' if own else ''}at {redis}. Preparing the database …")
        prepare = Program("prepare", PREPARE, options.logs, quiet=True)
        if code := await prepare.run():
            raise prepare.failure(describe(code))
        programs = _procfile(options)
        async with supervisor.running(programs.values()):
            missing = await ready.wait(options.port)
            if "web" in missing:
                last_lines = programs["web"].output.last_lines()
                raise StartupError(f"The site did not answer in {ready.WAIT_S} s; {last_lines}")
            supervisor.ready = True
            say(banner(options, missing, await asyncio.to_thread(ready.notes)))
            await asyncio.Event().wait()


def _procfile(options: Options) -> dict[str, Program]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    commands = dict(line.split(": ", 1) for line in lines)
    return {name: Program(name, command, options.logs) for name, command in commands.items()}


if __name__ == "__main__":
    main()
