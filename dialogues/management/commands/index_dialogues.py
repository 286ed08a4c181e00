"""Build the search index anew from the dialogues, while it is in use."""

import json
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from tqdm import tqdm

from dialogues.models import Dialogue
from dialogues.search.index import rebuild


class Command(BaseCommand):
    help = "Build the search index anew from the dialogues. It can be used meanwhile; importing maintains it by itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(total=Dialogue.objects.count(), unit=" dialogues", disable=not self.stderr.isatty()) as bar:
            count = rebuild(apps, connection, bar.update)
        self.stdout.write(json.dumps({"indexed": count}) if options["json"] else f"{count} dialogues are indexed.")
