"""Commands of manage.py with a --version option of their own, in place of the one that prints Django's version."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class VersionOption(BaseCommand):
    """List it as the first base class, then declare --version in add_arguments."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)
