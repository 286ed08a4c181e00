"""Make the database ready: tables, then the demo (both change nothing when they are already there).

`python -m ecc_site.launch.prepare`: a process of its own, because loading the demo needs the models, whose memory
the start-up would otherwise hold as long as the site runs.
"""

import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path

from ecc_site.launch import prctl
from ecc_site.launch.model_environment import with_models
from ecc_site.launch.options import ROOT, Options
from ecc_site.launch.refusal import StartupError


def in_own_process() -> None:
    """Wait until all is ready; where it cannot be, the other process has said why and this one ends."""
    command = [sys.executable, "-m", "ecc_site.launch.prepare"]
    # In a session of its own, Ctrl-C reaches us alone, and we end it.
    done = subprocess.run(command, cwd=ROOT, env=with_models(dict(os.environ)), start_new_session=True, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    prctl.die_with_parent(signal.SIGTERM)
    options = Options.from_environment()
    log = options.logs / "prepare.log"
    try:
        _prepare(options.production)
    except Exception as error:
        _keep_traceback(log)
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise StartupError(
            f"The database could not be prepared: {reason} ({type(error).__name__}; all of it is in {log})."
        ) from None


def _prepare(production: bool) -> None:
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")
    django.setup()
    from ecc_site.core import presence

    call_command("migrate", interactive=False, verbosity=0)
    if production:
        call_command("collectstatic", interactive=False, verbosity=0)
    else:
        call_command("seed_demo")
    presence.forget()


def _keep_traceback(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(traceback.format_exc())


if __name__ == "__main__":
    main()
