"""Redact a file of {text} lines."""

from django.conf import settings

from ecc_site.core.file_commands import FileCommand, require_texts
from serving.redaction import Redactor, detectors_with


class Command(FileCommand):
    help = "Add redacted and found [{kind, start, end}] to each {text} line; also what REDACTION_PATTERNS describes."

    def check_record(self, record: dict) -> None:
        require_texts(record, "text")

    def results(self, records: list[dict]) -> list[dict]:
        return [record | _redacted(record["text"]) for record in records]


def _redacted(text: str) -> dict:
    redaction = Redactor(detectors_with(settings.REDACTION_PATTERNS.items())).redact(text)
    spans = [{"kind": found.kind, "start": found.start, "end": found.end} for found in redaction.found]
    return {"redacted": redaction.text, "found": spans}
