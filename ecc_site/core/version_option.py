"""A command of manage.py that has an option --version of its own, where Django's would print Django's version."""

from django.core.management.base import CommandParser


class VersionOption:
    """Mix in before BaseCommand, then declare --version in add_arguments."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs) -> CommandParser:
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)
