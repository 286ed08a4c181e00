"""Build the models that ship with the project from its corpus."""

import json
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from scoring.embedded import shipped


class Command(BaseCommand):
    help = "Train the end model and both scorers on the corpus, with a manifest; under half an hour on two cores."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=list(shipped.MODELS), help="build only this model")
        length = parser.add_mutually_exclusive_group()
        length.add_argument("--quick", action="store_true", help="train for a few steps only, for tests; needs --out")
        length.add_argument(
            "--long",
            action="store_true",
            help="10,000 steps of the end model instead of 6,000, like the shipped one",
        )
        parser.add_argument("--out", type=Path, help="folder to write to instead of overwriting the shipped models")
        parser.add_argument("--json", action="store_true", help="print the manifest's entries as one JSON object")

    def handle(self, *args: Any, only: str | None, quick: bool, long: bool, out: Path | None, **options: Any) -> None:
        if quick and not out:
            raise CommandError(
                "--quick would overwrite the shipped models with untrained ones: give a folder with --out."
            )
        training = "quick" if quick else "long" if long else "standard"
        entries = {}
        for name in [only] if only else shipped.MODELS:
            with tqdm(desc=name, unit="step", disable=not self.stderr.isatty()) as bar:
                entries[name] = shipped.build(name, out, training, partial(show, bar))
        shipped.write_manifest(entries, out)
        if options["json"]:
            self.stdout.write(json.dumps(entries))
        else:
            for name, entry in entries.items():
                self.stdout.write(
                    f"{name}: {entry['bytes'] / 1e6:.1f} MB in {entry['build_seconds']} s {entry['figures']}"
                )


def show(bar: tqdm, done: int, total: int) -> None:
    bar.total = total
    bar.update(done - bar.n)
