"""Answer a file of conversations with an end model."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from ecc_site.core.errors import ExpectedError
from ecc_site.core.file_commands import FileCommand, checked_lines
from ecc_site.core.jsonl import LineProblem
from ecc_site.core.version_option import VersionOption
from knowledge.answering import planned
from knowledge.live import empty
from knowledge.retrieval.answering import Answered, Plan, Remembering, answer_batch
from knowledge.retrieval.items import Item, Question
from knowledge.scorers import MemoryUnavailable
from serving import gateway
from serving.loading import runtime_for
from serving.models import Version
from serving.providers import leaves_shop
from serving.runtimes.protocol import EVALUATION, CloudProblem, Message, ModelUnavailable


class Command(VersionOption, FileCommand):
    help = (
        "Add answer to each {turns: [{role, text}]} line: the end model's reply to the last customer turn, "
        "null where the server of the end model gave none. With --memory, also entries."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--version", metavar="NAME", help="name of a registered version; END_MODEL where it is not given"
        )
        parser.add_argument(
            "--memory",
            type=Path,
            metavar="FILE",
            help="remember these {question, reply} lines; `entries` has the numbers of those that an answer used",
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
            self.memory = _memory_of(options["memory"]) if options["memory"] else None
        except (ModelUnavailable, MemoryUnavailable) as error:
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
        plans = [planned(self.version, _conversation(record["turns"]), self.memory) for record in records]
        if gateway.serves(self.version):
            answers = [plan.direct or self._asked(plan) for plan in plans]
        else:
            answers = [*answer_batch(self.runtime, plans, EVALUATION)]
        return [record | self._result(answer) for record, answer in zip(records, answers, strict=True)]

    def _result(self, answer: Answered | None) -> dict:
        result = {"answer": answer.reply.text if answer else None}
        used = [entry.id for entry in answer.used] if answer else []
        return result if self.memory is None else result | {"entries": used}

    def _asked(self, plan: Plan) -> Answered | None:
        """The answer of a server. Whoever gives a file to a model elsewhere has decided that it may leave, redacted."""
        try:
            if self.leaves:
                asked = gateway.ask(self.version, plan.prompt, purpose="answer", may_leave=lambda: True)
                return plan.choose(asked.reply)
            return plan.choose(self.runtime.reply(plan.prompt, EVALUATION))
        except CloudProblem as problem:
            self.stderr.write(f"{self.version.model}: {problem}")
            return None
        except ExpectedError as error:
            raise CommandError(f"{error} Nothing was written.") from error


def _memory_of(file: Path) -> Remembering:
    """A memory of the lines of a file; the id of an item is the number of its line."""
    if not file.is_file():
        raise CommandError(f"{file} cannot be read.")
    remembering = empty()
    lines = checked_lines(file, _check_line)
    remembering.memory.put(
        Item(number, tuple(map(Question, wordings_of(line))), line["reply"].strip()) for number, line in lines
    )
    return remembering


def wordings_of(line: dict) -> list[str]:
    """One question, or several wordings of it."""
    return [line["question"]] if isinstance(line["question"], str) else line["question"]


def _check_line(line: dict) -> None:
    question, reply = line.get("question"), line.get("reply")
    wordings = question if isinstance(question, list) else [question]
    if not wordings or not all(isinstance(text, str) and text.strip() for text in wordings):
        raise LineProblem("question", "a text, or a list of texts")
    if not isinstance(reply, str) or not reply.strip():
        raise LineProblem("reply", "a text")


def _conversation(turns: list[dict]) -> list[Message]:
    """The conversation up to and including the last customer turn, without events."""
    spoken = [Message(turn["role"], turn["text"]) for turn in turns if turn["role"] != "event"]
    last = max(i for i, message in enumerate(spoken) if message.role == "customer")
    return spoken[: last + 1]
