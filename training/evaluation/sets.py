"""The frozen sets that versions are measured on: the test split of a dataset, and a general assistant's replies."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from dialogues.builtin import builtin_dataset
from dialogues.importing.records import ParsedDialogue
from dialogues.importing.turns import parse_turns
from dialogues.models import Answer, Comparison, Dataset, EvalItem, EvalSet
from ecc_site.core.errors import ExpectedError
from serving.corpus import exchanges
from serving.models import Version

SOURCES = {  # kind of reference: which answers are references of it
    "cloud": Q(source="model", version__kind="cloud"),
    "human": Q(source="human"),
    "correction": Q(source="annotator"),
}


class NothingToMeasure(ExpectedError):
    """The split has no reference answer of this kind yet."""


def gate_set(dataset: Dataset, kind: str) -> EvalSet:
    """The frozen test split of a dataset with its references of one kind, made by the first call.

    Where several cloud models have answered, the configured one's answers are the references.
    Raises NothingToMeasure.
    """
    return get_or_freeze(EvalSet.Purpose.GATE, dataset, kind, split="test")


def find_set(purpose: str, dataset: Dataset, kind: str) -> EvalSet | None:
    """The set if it has been frozen already: viewing a page freezes none."""
    return EvalSet.objects.filter(purpose=purpose, dataset=dataset, kind=kind).first()


def get_or_freeze(purpose: str, dataset: Dataset, kind: str, *, split: str) -> EvalSet:
    """The dataset's only set of this purpose and kind of reference; the first call makes it from a split's references.

    Raises NothingToMeasure.
    """
    existing = find_set(purpose, dataset, kind)
    if existing:
        return existing
    answers = references(dataset, kind, split)
    if not answers.exists():
        sentence = _("The %(split)s split of %(dataset)s has no reference answer of this kind yet.")
        raise NothingToMeasure(sentence % {"dataset": dataset, "split": split})
    return _freeze(purpose, dataset, kind, answers)


def reference_kind(dataset: Dataset) -> str:
    """What the test split is measured against: the cloud's answers if it has any, otherwise the human agents'."""
    by_cloud = Comparison.objects.filter(dataset=dataset, split="test", kind=Comparison.Kind.CLOUD)
    return Comparison.Kind.CLOUD if by_cloud.exists() else Comparison.Kind.HUMAN


def references(dataset: Dataset, kind: str, split: str) -> QuerySet[Answer]:
    """Reference answers of one kind in one split; of several cloud models, those by the configured one."""
    in_split = Answer.objects.filter(turn__dialogue__dataset=dataset, turn__dialogue__split=split, turn__is_open=True)
    answers = in_split.filter(SOURCES[kind]).exclude(text="")
    if kind == Comparison.Kind.CLOUD:
        by_configured = answers.filter(version=Version.objects.configured_cloud())
        return by_configured if by_configured.exists() else answers
    return answers


def _freeze(purpose: str, dataset: Dataset, kind: str, answers: QuerySet[Answer]) -> EvalSet:
    with transaction.atomic():
        eval_set, is_new = EvalSet.objects.get_or_create(
            purpose=purpose, dataset=dataset, kind=kind, defaults={"name": _name(purpose, dataset, kind)}
        )
        if is_new:
            pairs = answers.order_by("turn_id", "pk").values_list("turn_id", "pk")
            items = [EvalItem(eval_set=eval_set, turn_id=turn, reference_id=pk) for turn, pk in pairs]
            EvalItem.objects.bulk_create(items, batch_size=1000)
    return eval_set


def _name(purpose: str, dataset: Dataset, kind: str) -> str:
    """For people to read; nothing is looked up by it."""
    return f"{purpose} · {dataset.name[:150]} · {kind} · {dataset.pk}"


def regression_set() -> EvalSet:
    """Opening questions of the corpus's test split, with a general assistant's replies as references.

    A version that has learned the shop's voice must not have forgotten how to be an assistant at all.
    """
    existing = find_regression_set()
    if existing:
        return existing
    openings = (exchange for exchange in exchanges() if exchange.split == "test" and not exchange.history)
    dataset = builtin_dataset(
        Dataset.Builtin.REGRESSION,
        (held_out_question(opening.customer, opening.general) for opening in openings),
        note="opening questions with a general assistant's replies",
    )
    return get_or_freeze(EvalSet.Purpose.REGRESSION, dataset, Comparison.Kind.HUMAN, split="test")


def find_regression_set() -> EvalSet | None:
    return EvalSet.objects.filter(purpose=EvalSet.Purpose.REGRESSION).first()


def held_out_question(question: str, reply: str = "") -> ParsedDialogue:
    """A dialogue of the test split: one question and, where there is one, the human agent's reply."""
    turns = [{"role": "customer", "text": question}]
    if reply:
        turns.append({"role": "agent", "text": reply})
    return parse_turns({"turns": turns, "split": "test"})
