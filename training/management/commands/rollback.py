"""Have the previous champion answer customers again."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ecc_site.core.errors import ExpectedError
from training.versions.promotion import roll_back


class Command(BaseCommand):
    help = "Exchange champion and previous; a second rollback returns to where it began."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", default="", help="why; kept in the log")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            champion = roll_back(reason=options["reason"])
        except ExpectedError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"champion": champion.name}))
        else:
            self.stdout.write(f"{champion} answers customers again.")
