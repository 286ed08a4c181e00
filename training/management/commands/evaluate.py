"""Let a version answer a frozen set and score it, without a queue."""

import json

from django.core.management.base import BaseCommand, CommandError

from dialogues.models import Dataset, EvalSet
from ecc_site.core.errors import ExpectedError
from ecc_site.core.version_option import VersionOption
from serving.models import Version
from training.evaluation.run import evaluate
from training.evaluation.sets import gate_set, regression_set
from training.evaluation.summary import Measured, measured

REGRESSION = EvalSet.Purpose.REGRESSION.value


class Command(VersionOption, BaseCommand):
    help = "Answer and score the turns of a frozen set: a dataset's test split, or a set by name. Twice does it once."

    def add_arguments(self, parser):
        parser.add_argument("--version", metavar="NAME", help="name of the version; the champion where it is not given")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--dataset", metavar="NAME", help="its frozen test split")
        which.add_argument("--eval-set", metavar="NAME", help=f"a frozen set; {REGRESSION} is the forgetting check")
        parser.add_argument("--kind", choices=["cloud", "human"], default="cloud", help="whose replies are references")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args, **options):
        Version.objects.register_configured()
        version = self._version(options["version"])
        eval_set = self._set(options)
        evaluate(version, eval_set, show=self.stderr.isatty())
        results = measured(version, eval_set)
        if options["json"]:
            by_kind = {one.kind: one.as_dict() for one in results}
            self.stdout.write(json.dumps({"version": version.name, "eval_set": eval_set.name, "kinds": by_kind}))
            return
        for one in results:
            self.stdout.write(f"{version} on {eval_set}, {one.kind}: {self._words(one)}")

    def _version(self, name: str | None) -> Version:
        found = Version.objects.end().filter(name=name).first() if name else Version.objects.champion()
        if found is None:
            raise CommandError(f"There is no end version named {name!r}.")
        return found

    def _set(self, options: dict) -> EvalSet:
        if options["eval_set"] == REGRESSION:
            return regression_set()
        model, name = (Dataset, options["dataset"]) if options["dataset"] else (EvalSet, options["eval_set"])
        found = model.objects.filter(name=name).first()
        if found is None:
            raise CommandError(f"There is no {'dataset' if model is Dataset else 'frozen set'} named {name!r}.")
        try:
            return gate_set(found, options["kind"]) if model is Dataset else found
        except ExpectedError as problem:
            raise CommandError(str(problem)) from problem

    def _words(self, one: Measured) -> str:
        if one.interval.mean is None:
            return f"no known final score among {one.wanted} pairs."
        between = f" ({one.interval.low:.3f} to {one.interval.high:.3f})" if one.interval.low is not None else ""
        return f"mean {one.interval.mean:.3f}{between}, {one.interval.n} of {one.wanted} pairs known."
