"""How well the configured scorers agree with ratings or preferences in a file."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from ecc_site.core.file_commands import checked_lines
from review.calibration import outside
from review.calibration.estimating.figures import Agreement
from review.calibration.measures.reliability import calibration_error
from scoring.fusion import ALPHA, check_weights
from scoring.parameters import Parameters

ONLY_MATCH = (
    "No line has a reference: only the match of question and reply is measured, beside the length of the reply."
)
NOT_ALL = "{n} of {total} lines have a reference: similarity and the final score are measured on those alone."


class Command(BaseCommand):
    help = (
        "Measure how well the configured scorers agree with people. A line of the file is {query, response, rating} or "
        "{query, response_a, response_b, preference: a | b | tie | none}; reference and dialogue may be added."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--ratings", type=Path, required=True, metavar="FILE", help="JSONL")
        parser.add_argument("--rating-field", default="rating", metavar="NAME", help="its name in the file (rating)")
        parser.add_argument(
            "--accepted-from", type=float, metavar="RATING", help="lowest rating that accepts (above the middle)"
        )
        parser.add_argument("--alpha", type=float, default=ALPHA, help="weight of similarity, 0 to 1 (0.8)")
        parser.add_argument("--theta", type=float, help="threshold Θ, 0 to 1 (the scorer's own)")
        parser.add_argument("--threshold", type=float, default=0.5, help="acceptance threshold, 0 to 1 (0.5)")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        parameters = self._parameters(options)
        records = self._records(options["ratings"], options["rating_field"])
        result = self._result(records, parameters, options)
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        self._show(result)

    def _parameters(self, options: dict[str, Any]) -> Parameters:
        from scoring.loading import own_theta

        theta = own_theta() if options["theta"] is None else options["theta"]
        try:
            check_weights(options["alpha"], theta)
        except ValueError as error:
            raise CommandError(f"{error}.") from error
        return Parameters(options["alpha"], theta, options["threshold"])

    def _records(self, file: Path, rating: str) -> list[dict]:
        if not file.is_file():
            raise CommandError(f"{file} cannot be read.")
        records: list[dict] = []

        def check(record: dict) -> None:
            outside.check_record(record, rating, outside.is_pair(records[0] if records else record))

        for _, record in checked_lines(file, check):
            records.append(record)
        if not records:
            raise CommandError(f"{file} has no lines.")
        return records

    def _scored(self, records: list[dict], response: str, parameters: Parameters) -> dict[str, np.ndarray]:
        from scoring.loading import configured_scorers

        scorers, parts, rest = configured_scorers(), [], iter(records)
        with tqdm(total=len(records), disable=not self.stderr.isatty()) as bar:
            while batch := list(islice(rest, outside.BATCH)):
                parts.append(outside.scored(scorers, batch, response, parameters))
                bar.update(len(batch))
        return outside.joined(parts)

    def _result(self, records: list[dict], parameters: Parameters, options: dict[str, Any]) -> dict[str, Any]:
        field, groups = outside.groups_of(records)
        with_reference = sum(record.get("reference") is not None for record in records)
        shared = {
            "lines": len(records),
            "with_reference": with_reference,
            "clustered_by": field,
            "parameters": asdict(parameters),
            "note": _note(with_reference, len(records)),
        }
        if outside.is_pair(records[0]):
            first, second = (self._scored(records, name, parameters) for name in ("response_a", "response_b"))
            found = outside.preferred(first, second, [record["preference"] for record in records], groups)
            return {**shared, "kind": "pairs", **asdict(found)}
        ratings = np.array([record[options["rating_field"]] for record in records], dtype=float)
        scores = self._scored(records, "response", parameters)
        rated = outside.rated(scores, ratings, groups, parameters, options["accepted_from"])
        return {**shared, "kind": "ratings", **_of_ratings(rated)}

    def _show(self, result: dict[str, Any]) -> None:
        self.stdout.write(f"{result['lines']} {result['kind']}, clustered by {result['clustered_by']}")
        if result["note"]:
            self.stdout.write(result["note"])
        for name, figures in result["scores"].items():
            if result["kind"] == "pairs":
                self.stdout.write(f"{name:12} pairwise {_in_words(figures)} of {figures['n']} pairs")
                continue
            words = "  ".join(f"{measure} {_in_words(figures[measure])}" for measure in ("spearman", "kendall", "auc"))
            self.stdout.write(f"{name:12} {words}  n {figures['n']}")
        if result.get("fit"):
            self.stdout.write(f"fit: {json.dumps(result['fit'], ensure_ascii=False)}")


def _note(with_reference: int, lines: int) -> str:
    if not with_reference:
        return ONLY_MATCH
    return "" if with_reference == lines else NOT_ALL.format(n=with_reference, total=lines)


def _of_ratings(rated: outside.Rated) -> dict[str, Any]:
    return {
        "accepted_from": rated.accepted_from,
        "scores": {name: _agreement(found) for name, found in rated.scores.items()},
        "curve": [asdict(part) for part in rated.curve],
        "calibration_error": calibration_error(rated.curve),
        "fit": None if rated.fit is None else asdict(rated.fit),
    }


def _agreement(found: Agreement) -> dict[str, Any]:
    return {name: value for name, value in asdict(found).items() if name != "pairwise"}


def _in_words(figure: dict[str, Any]) -> str:
    """The value and, where it is known, its interval."""
    value, low, high = (figure[name] for name in ("value", "low", "high"))
    if value is None:
        return "unknown"
    return f"{value:.3f}" if low is None else f"{value:.3f} [{low:.3f}, {high:.3f}]"
