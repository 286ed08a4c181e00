"""Make the database ready: tables, then the demo (both change nothing when they are already there).

`python -m ecc_site.launch.prepare`: a process of its own, because loading the demo needs the models, whose memory
the supervisor would otherwise hold as long as the site runs.
"""

import os
import traceback

from ecc_site.launch.options import Options
from ecc_site.startup import StartupError


def main() -> None:
    try:
        _prepare(Options.from_environment().production)
    except Exception as error:
        traceback.print_exc()
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise StartupError(f"The database could not be prepared: {reason} ({type(error).__name__}).") from None


def _prepare(production: bool) -> None:
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")
    django.setup()
    from ecc_site.core import presence
    from ecc_site.demo_accounts import refuse_in_production

    call_command("migrate", interactive=False, verbosity=0)
    if production:
        refuse_in_production()
        call_command("collectstatic", interactive=False, verbosity=0)
    else:
        call_command("seed_demo")
    presence.forget()


if __name__ == "__main__":
    main()
