"""Keep the accounts of the demo from signing in."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ecc_site.demo_accounts import disable_accounts


class Command(BaseCommand):
    help = "Disable the accounts of the demo, as production demands; an admin can enable one again under /people/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        names = disable_accounts()
        if options["json"]:
            self.stdout.write(json.dumps({"disabled": names}))
        else:
            self.stdout.write(f"Disabled: {', '.join(names)}." if names else "No demo account was active.")
