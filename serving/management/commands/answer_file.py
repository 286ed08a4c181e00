"""Answer a file of conversations with an end model."""

from django.conf import settings
from django.core.management.base import CommandError

from ecc_site.core.errors import ExpectedError
from ecc_site.core.file_commands import FileCommand
from ecc_site.core.jsonl import LineProblem
from ecc_site.core.version_option import VersionOption
from serving import gateway
from serving.loading import runtime_for
from serving.models import Version
from serving.providers import leaves_shop
from serving.runtimes.protocol import EVALUATION, CloudProblem, Message, ModelUnavailable


class Command(VersionOption, FileCommand):
    help = (
        "Add answer to each {turns: [{role, text}]} line: the end model's reply to the last customer turn, "
        "null where the server of the end model gave none."
    )

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
        self.version = version or Version(kind="end", model=settings.END_MODEL)
        self.leaves = leaves_shop(self.version)
        if self.leaves and self.version.pk is None:  # the ledger of its calls needs a version
            self.version = Version.objects.register("end", settings.END_MODEL)
        try:
            self.runtime = runtime_for(self.version)
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
        conversations = [_conversation(record["turns"]) for record in records]
        if gateway.serves(self.version):
            answers = [self._asked(conversation) for conversation in conversations]
        else:
            answers = [reply.text for reply in self.runtime.reply_batch(conversations, EVALUATION)]
        return [record | {"answer": answer} for record, answer in zip(records, answers, strict=True)]

    def _asked(self, conversation: list[Message]) -> str | None:
        """The answer of a server. Whoever gives a file to a model elsewhere has decided that it may leave, redacted."""
        try:
            if self.leaves:
                return gateway.ask(self.version, conversation, purpose="answer", may_leave=lambda: True).reply.text
            return self.runtime.reply(conversation, EVALUATION).text
        except CloudProblem as problem:
            self.stderr.write(f"{self.version.model}: {problem}")
            return None
        except ExpectedError as error:
            raise CommandError(f"{error} Nothing was written.") from error


def _conversation(turns: list[dict]) -> list[Message]:
    """The conversation up to and including the last customer turn, without events."""
    spoken = [Message(turn["role"], turn["text"]) for turn in turns if turn["role"] != "event"]
    last = max(i for i, message in enumerate(spoken) if message.role == "customer")
    return spoken[: last + 1]
