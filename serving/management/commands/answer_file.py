"""Answer a file of conversations with an end model."""

from django.conf import settings
from django.core.management.base import CommandError

from ecc_site.core.file_commands import FileCommand
from ecc_site.core.jsonl import LineProblem
from ecc_site.core.version_option import VersionOption
from serving.loading import runtime_for
from serving.models import Version
from serving.runtimes.protocol import EVALUATION, Message, ModelUnavailable


class Command(VersionOption, FileCommand):
    help = "Add answer to each {turns: [{role, text}]} line: the end model's reply to the last customer turn."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--version", metavar="NAME", help="name of a registered version; END_MODEL where it is not given"
        )

    def prepare(self, options: dict) -> None:
        name = options["version"]
        version = Version.objects.end().filter(name=name).first() if name else None
        if name and version is None:
            raise CommandError(f"There is no end version named {name!r}.")
        try:
            self.runtime = runtime_for(version or Version(kind="end", model=settings.END_MODEL))
        except ModelUnavailable as error:
            raise CommandError(str(error)) from error

    def check_record(self, record: dict) -> None:
        turns = record.get("turns")
        if not isinstance(turns, list) or not turns:
            raise LineProblem("turns", "a list of at least one turn")
        for i, turn in enumerate(turns):
            if not isinstance(turn, dict) or turn.get("role") not in ("customer", "agent", "event"):
                raise LineProblem(f"turns[{i}].role", "one of customer, agent, event")
            if not isinstance(turn.get("text"), str):
                raise LineProblem(f"turns[{i}].text", "a text")
        if not any(turn["role"] == "customer" for turn in turns):
            raise LineProblem("turns", "at least one turn of the customer")

    def results(self, records: list[dict]) -> list[dict]:
        replies = self.runtime.reply_batch([_conversation(record["turns"]) for record in records], EVALUATION)
        return [record | {"answer": reply.text} for record, reply in zip(records, replies, strict=True)]


def _conversation(turns: list[dict]) -> list[Message]:
    """The conversation up to and including the last customer turn, without events."""
    spoken = [Message(turn["role"], turn["text"]) for turn in turns if turn["role"] != "event"]
    last = max(i for i, message in enumerate(spoken) if message.role == "customer")
    return spoken[: last + 1]
