"""Let a version answer customers."""

import json

from django.core.management.base import BaseCommand, CommandError

from ecc_site.core.errors import ExpectedError
from serving.models import Version
from training.versions.gate_choice import gate_before, measured_choice
from training.versions.promotion import promote


class Command(BaseCommand):
    help = "Make VERSION the champion. Where the gate does not offer it, a reason is needed."

    def add_arguments(self, parser):
        parser.add_argument("version", help="name of the version")
        parser.add_argument("--reason", default="", help="why; kept in the log")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args, version: str, reason: str, **options):
        found = Version.objects.filter(name=version).first()
        if found is None:
            raise CommandError(f"There is no version named {version!r}.")
        gate = gate_before(found, **measured_choice(found))
        offered = bool(gate and gate.offered)
        try:
            moved = promote(found, reason=reason, offered=offered)
        except ExpectedError as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            self.stdout.write(json.dumps({"champion": found.name, "moved": moved, "offered": offered}))
        else:
            self.stdout.write(f"{found} {'answers customers from now on' if moved else 'was champion already'}.")
