"""The database that a benchmark fills: SQLite in a folder of its own, or an empty one that is named."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests import ready_database


def open_database(folder: str | Path, database: str = "") -> None:
    """Set Django up on it, with all tables; `database` is a URL. Models can be imported from then on.

    Ends the program where it has data already.
    """
    environment = {"ECC_DATA_DIR": str(folder), "DATABASE_URL": database, "ALLOWED_HOSTS": "testserver"}
    os.environ |= {**environment, "DJANGO_SETTINGS_MODULE": "ecc_site.settings"}
    if not database:
        ready_database.copy_to(Path(folder, "ecc.sqlite3"))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from dialogues.models import Dataset

    if Dataset.objects.exists():
        sys.exit("The database is not empty.")
