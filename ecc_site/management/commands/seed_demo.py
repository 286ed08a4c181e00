"""Load the demo."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ecc_site import demo
from ecc_site.demo_accounts import ACCOUNTS


class Command(BaseCommand):
    help = (
        "Create the demo: accounts, and a dataset that is answered, scored and sent to review. Twice changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = demo.seed(show=self.stderr.isatty())
        if options["json"]:
            self.stdout.write(json.dumps({"dataset": dataset.name, "accounts": list(ACCOUNTS)}))
        else:
            self.stdout.write(f"Demo ready. Accounts: {', '.join(ACCOUNTS)}.")
