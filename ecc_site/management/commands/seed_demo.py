"""Load the demo once."""

import json

from django.core.management.base import BaseCommand

from ecc_site import demo


class Command(BaseCommand):
    help = "Make the demo accounts and a demo dataset, answered, scored and sent to review. Twice changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args, **options):
        dataset = demo.seed(show=self.stderr.isatty())
        if options["json"]:
            self.stdout.write(json.dumps({"dataset": dataset.name, "accounts": list(demo.ACCOUNTS)}))
        else:
            self.stdout.write(f"Demo ready. Accounts: {', '.join(demo.ACCOUNTS)}.")
