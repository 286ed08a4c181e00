"""Have a version answer a frozen set and score it, without a queue."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogues.models import Dataset, EvalSet
from ecc_site.core.command_jobs import doing_here, run_here
from ecc_site.core.errors import ExpectedError
from ecc_site.core.version_option import VersionOption
from review.calibration.kept import stale_work, work_out
from scoring.models import ScorerSet
from serving.models import Version
from training.evaluation.evaluate import evaluate
from training.evaluation.licence import ScorerLicence, licence_filter, licence_on
from training.evaluation.scores import active_profile
from training.evaluation.sets import gate_set, regression_set
from training.evaluation.summary import MeanScore, mean_scores
from training.versions.gate import assess_now

REGRESSION = EvalSet.Purpose.REGRESSION.value


class Command(VersionOption, BaseCommand):
    help = (
        "Answer and score the turns of a frozen set: a dataset's test split, or a set by name. What is done already "
        "is not done again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--version", metavar="NAME", help="name of the version; default: the champion")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--dataset", metavar="NAME", help="the dataset whose frozen test split is used")
        which.add_argument("--eval-set", metavar="NAME", help=f"a frozen set; {REGRESSION} is the forgetting check")
        parser.add_argument("--kind", choices=["cloud", "human"], default="cloud", help="whose replies are references")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        Version.objects.register_configured()
        version = self._version(options["version"])
        eval_set = self._eval_set(options)
        evaluate(version, eval_set, do=doing_here(show=self.stderr.isatty()))
        assess_now(version, eval_set)
        results = mean_scores(version, eval_set)
        licences = {result.kind: self._licence(eval_set, result.kind) for result in results}
        if options["json"]:
            by_kind = {result.kind: result.as_dict() | {"licence": licences[result.kind].outcome} for result in results}
            self.stdout.write(json.dumps({"version": version.name, "eval_set": eval_set.name, "kinds": by_kind}))
            return
        for result in results:
            self.stdout.write(f"{version} on {eval_set}, {result.kind}: {in_words(result)}")
            self.stdout.write(f"Licence of the scorer: {licence_in_words(licences[result.kind])}")

    def _licence(self, eval_set: EvalSet, kind: str) -> ScorerLicence:
        """Worked out anew here where it is stale."""
        scorer_set = ScorerSet.objects.current()
        if scorer_set is None:
            return ScorerLicence({}, None)
        profile = active_profile(eval_set, scorer_set)
        job = stale_work(licence_filter(profile, kind), "licence")
        if job:
            run_here(job, work_out, show=self.stderr.isatty())
        return licence_on(eval_set, profile, kind)

    def _version(self, name: str | None) -> Version:
        version = Version.objects.end().filter(name=name).first() if name else Version.objects.champion()
        if version is None:
            raise CommandError(f"There is no end version named {name!r}.")
        return version

    def _eval_set(self, options: dict[str, Any]) -> EvalSet:
        if options["dataset"]:
            return self._test_split(options["dataset"], options["kind"])
        if options["eval_set"] == REGRESSION:
            return regression_set()
        eval_set = EvalSet.objects.filter(name=options["eval_set"]).first()
        if eval_set is None:
            raise CommandError(f"There is no frozen set named {options['eval_set']!r}.")
        return eval_set

    def _test_split(self, name: str, kind: str) -> EvalSet:
        dataset = Dataset.objects.filter(name=name).first()
        if dataset is None:
            raise CommandError(f"There is no dataset named {name!r}.")
        try:
            return gate_set(dataset, kind)
        except ExpectedError as error:
            raise CommandError(str(error)) from error


def licence_in_words(licence: ScorerLicence) -> str:
    return {
        "passed": "passed, it may stand in for an annotator.",
        "failed": f"failed ({', '.join(licence.failed_in)}); the gate needs people's verdicts on both versions.",
        "too few": "too few replies were reviewed by several people to tell; the gate goes by the score alone.",
        "unknown": "unknown, nobody has reviewed any reply; the gate goes by the score alone.",
    }[licence.outcome]


def in_words(result: MeanScore) -> str:
    if not result.interval.n:
        return f"no known final score among {result.pairs} pairs."
    return f"mean {result.interval}, {result.interval.n} of {result.pairs} pairs known."
