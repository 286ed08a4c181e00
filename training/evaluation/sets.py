"""The frozen sets that versions are measured on: the test split of a dataset, and a general assistant's replies."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from dialogues.importing.parsers import parse_turns
from dialogues.importing.store import store_batch
from dialogues.models import Answer, Comparison, Dataset, EvalItem, EvalSet
from ecc_site.core.errors import ExpectedError
from serving.corpus import exchanges
from serving.models import Version

REGRESSION = "regression"
SOURCES = {
    "cloud": Q(source="model", version__kind="cloud"),
    "human": Q(source="human"),
    "correction": Q(source="annotator"),
}
TABLE6 = "table6"
INPUT_SET = f"{TABLE6} · inputs"


class NothingToMeasure(ExpectedError):
    """There is no reference answer on the test split yet."""


def gate_set(dataset: Dataset, kind: str) -> EvalSet:
    """The frozen test split of a dataset with its references of one kind; made at the first call.

    Of several cloud models the configured one's answers are the references. Raises NothingToMeasure.
    """
    found = found_gate_set(dataset, kind)
    if found:
        return found
    answers = references(dataset, kind, "test")
    if not answers.exists():
        sentence = _("The test split of %(dataset)s has no reference answer of this kind yet.")
        raise NothingToMeasure(sentence % {"dataset": dataset})
    return freeze_answers(_gate_name(dataset, kind), answers)


def found_gate_set(dataset: Dataset, kind: str) -> EvalSet | None:
    """The set if it has been frozen already: looking at a page makes none."""
    return EvalSet.objects.filter(name=_gate_name(dataset, kind)).first()


def _gate_name(dataset: Dataset, kind: str) -> str:
    return f"gate · {dataset.pk} {dataset.name} · {kind}"[:200]


def references(dataset: Dataset, kind: str, split: str) -> QuerySet[Answer]:
    """Reference answers of one kind in one split and, where cloud models wrote them, of the configured one."""
    in_split = Answer.objects.filter(turn__dialogue__dataset=dataset, turn__dialogue__split=split, turn__is_open=True)
    answers = in_split.filter(SOURCES[kind]).exclude(text="")
    if kind == Comparison.Kind.CLOUD:
        by_it = answers.filter(version=Version.objects.configured_cloud())
        return by_it if by_it.exists() else answers
    return answers


def freeze_answers(name: str, answers: QuerySet[Answer]) -> EvalSet:
    """A set of these references with their turns; where one of the name is there already, that one."""
    with transaction.atomic():
        eval_set, is_new = EvalSet.objects.get_or_create(name=name[:200])
        if is_new:
            pairs = answers.order_by("turn_id", "pk").values_list("turn_id", "pk")
            items = [EvalItem(eval_set=eval_set, turn_id=turn, reference_id=pk) for turn, pk in pairs]
            EvalItem.objects.bulk_create(items, batch_size=1000)
    return eval_set


def regression_set() -> EvalSet:
    """Opening questions of the corpus's test part with a general assistant's replies as references.

    A version that learned the shop's voice must not have forgotten how to be an assistant at all.
    """
    found = EvalSet.objects.filter(name=REGRESSION).first()
    if found:
        return found
    openings = (one for one in exchanges() if one.split == "test" and not one.history)
    pairs = [(one.customer, one.general) for one in openings]
    return frozen_questions(REGRESSION, pairs, note="opening questions with a general assistant's replies")


@transaction.atomic
def frozen_questions(name: str, pairs: Iterable[tuple[str, str]], *, note: str) -> EvalSet:
    """A dataset of single questions, all of the test split, frozen with their human answers under the same name.

    pairs: (question, reply). A second call gives the same set.
    """
    dataset, _is_new = Dataset.objects.get_or_create(name=name, defaults={"note": note})
    store_batch(dataset, [_question(question, reply) for question, reply in pairs])
    return freeze_answers(name, references(dataset, Comparison.Kind.HUMAN, "test"))


def _question(question: str, reply: str):
    turns = [{"role": "customer", "text": question}]
    if reply:
        turns.append({"role": "agent", "text": reply})
    return parse_turns({"turns": turns, "split": "test"})
