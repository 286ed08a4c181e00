"""Let the previous champion answer customers again."""

import json

from django.core.management.base import BaseCommand, CommandError

from ecc_site.core.errors import ExpectedError
from training.versions.promotion import roll_back


class Command(BaseCommand):
    help = "Exchange champion and previous; a second rollback returns to where it began."

    def add_arguments(self, parser):
        parser.add_argument("--reason", default="", help="why; kept in the log")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args, reason: str, **options):
        try:
            champion = roll_back(reason=reason)
        except ExpectedError as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            self.stdout.write(json.dumps({"champion": champion.name}))
        else:
            self.stdout.write(f"{champion} answers customers again.")
