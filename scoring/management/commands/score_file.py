"""Score a file of {query, end, cloud} lines by Eq. 1."""

import numpy as np
from django.core.management.base import CommandError, CommandParser

from ecc_site.core.file_commands import FileCommand, require_texts
from scoring.components import STORED, components
from scoring.fusion import ALPHA, COMPONENTS, check_weights, final_score


class Command(FileCommand):
    help = f"Add {', '.join(STORED)} and final to {{query, end, cloud}} lines; null stands for unknown."

    def check_record(self, record: dict) -> None:
        require_texts(record, "query", "end", "cloud", or_null=True)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--alpha", type=float, default=ALPHA, help="weight of similarity, 0 to 1 (0.8)")
        parser.add_argument("--theta", type=float, help="threshold Θ, 0 to 1 (the scorer's own)")

    def prepare(self, options: dict) -> None:
        from scoring.loading import configured_scorers, own_theta

        self.alpha = options["alpha"]
        self.theta = own_theta() if options["theta"] is None else options["theta"]
        try:
            check_weights(self.alpha, self.theta)
        except ValueError as error:
            raise CommandError(f"{error}.") from error
        self.scorers = configured_scorers()
        self.stderr.write(f"alpha {self.alpha}, theta {self.theta}")

    def results(self, records: list[dict]) -> list[dict]:
        parts = components(self.scorers, *([record[name] for record in records] for name in ("query", "end", "cloud")))
        of_eq1 = {name: parts[name] for name in COMPONENTS}
        parts["final"] = np.asarray(final_score(**of_eq1, alpha=self.alpha, theta=self.theta))
        return [record | {name: _number(part[i]) for name, part in parts.items()} for i, record in enumerate(records)]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)
