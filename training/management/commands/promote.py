"""Have a version answer customers."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ecc_site.core.errors import ExpectedError
from serving.models import Version
from training.versions.gate import default_measure, gate_of
from training.versions.promotion import promote


class Command(BaseCommand):
    help = "Make VERSION the champion. Where the gate does not offer that, a reason is needed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("version", help="name of the version")
        parser.add_argument("--reason", default="", help="why; kept in the log")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        version = Version.objects.filter(name=options["version"]).first()
        if version is None:
            raise CommandError(f"There is no version named {options['version']!r}.")
        gate = gate_of(version, **default_measure(version))
        offered, lacks_verdicts = bool(gate and gate.offered), bool(gate and gate.lacks_verdicts)
        try:
            moved = promote(version, reason=options["reason"], offered=offered, lacks_verdicts=lacks_verdicts)
        except ExpectedError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            said = {"offered": offered, "licence": gate.licence_outcome if gate else "unknown"}
            self.stdout.write(json.dumps({"champion": version.name, "moved": moved, **said}))
        else:
            self.stdout.write(f"{version} {'answers customers from now on' if moved else 'was champion already'}.")
