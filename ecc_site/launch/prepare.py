"""The database made ready: tables, then the demo (both change nothing when they are already there)."""

import os
import traceback
from pathlib import Path

from ecc_site.launch.refusal import Refusal


def prepare(production: bool, log: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")
    try:
        _prepare(production)
    except Exception as error:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(traceback.format_exc())
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise Refusal(
            f"The database could not be prepared: {reason} ({type(error).__name__}; all of it is in {log})."
        ) from None


def _prepare(production: bool) -> None:
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    if production:
        call_command("collectstatic", interactive=False, verbosity=0)
    else:
        call_command("seed_demo")
    # The processes are forked from this one: they must not inherit an open connection.
    connections.close_all()
