"""Queries about datasets, dialogues, turns, answers and comparisons."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from ecc_site.core.batching import batched
from ecc_site.core.bulk import with_existing

if TYPE_CHECKING:
    from dialogues.models import Answer, Comparison, Dataset, Dialogue, EvalSet, ReplacedDialogue, Turn
    from serving.models import Version

KINDS = {"model": "cloud", "human": "human", "annotator": "correction"}  # source of an answer: kind of reference


class DatasetQuerySet(models.QuerySet["Dataset"]):
    def built_in(self, builtin: str, *, note: str = "", **values: Any) -> tuple[Dataset, bool]:
        """The site's own dataset of this kind (Dataset.Builtin), created if it is missing; and whether it is new.

        It gets another name if a person's dataset already has that of its kind.
        """
        taken = self.filter(name=builtin).exclude(builtin=builtin).exists()
        defaults = {"name": f"{builtin} ({uuid.uuid4().hex[:6]})" if taken else builtin, "note": note, **values}
        return self.get_or_create(builtin=builtin, defaults=defaults)

    def note_removal(self, **counters: Any) -> None:
        """Dialogues or scores of these have gone, so that figures are read anew; `counters` change with it."""
        self.update(removal_count=F("removal_count") + 1, **counters)


class DialogueQuerySet(models.QuerySet["Dialogue"]):
    def with_opening(self) -> Self:
        """Each with `opening`, the text of its first customer turn."""
        turns = apps.get_model("dialogues", "Turn").objects.filter(dialogue=OuterRef("pk"), role="customer")
        return self.annotate(opening=Subquery(turns.order_by("position").values("text")[:1]))

    def of_length(self, least: int | None, most: int | None) -> Self:
        """Those of so many turns; None is no limit."""
        limits = {"turn_count__gte": least, "turn_count__lte": most}
        return self.filter(**{name: limit for name, limit in limits.items() if limit is not None})

    def answered_by(self, kind: str) -> Self:
        """Those with an answer of an end model, a cloud model or the human agent: `end`, `cloud` or `human`."""
        answers = apps.get_model("dialogues", "Answer").objects.filter(turn__dialogue=OuterRef("pk"))
        return self.filter(
            Exists(answers.filter(source="human") if kind == "human" else answers.filter(version__kind=kind))
        )

    def older_than(self, days: int) -> Self:
        """Those that were imported more than so many days ago, the oldest first: their files say no other time."""
        return self.filter(created_at__lt=timezone.now() - timedelta(days=days)).order_by("created_at", "pk")

    def with_content(self, hashes: Any) -> Self:
        """Those of any dataset with one of these hashes, by the index that leads with the dataset."""
        datasets = apps.get_model("dialogues", "Dataset").objects.values("pk")
        return self.filter(dataset__in=datasets, content_hash__in=hashes)

    def keep_here(self, hashes: Any) -> None:
        """Mark those with this content, in every dataset, as “never leaves”, and what was learned from them.

        What a file has replaced of them comes back marked where its import is undone. `hashes` is a list or a subquery.
        """
        if isinstance(hashes, list) and not hashes:
            return
        self.with_content(hashes).filter(never_leaves=False).update(never_leaves=True)
        apps.get_model("dialogues", "ReplacedDialogue").objects.filter(content_hash__in=hashes).keep_here()
        apps.get_model("knowledge", "Entry").objects.keep_here(hashes)

    def may_leave(self) -> Self:
        """Those that neither they themselves nor their dataset are marked “never leaves”."""
        return self.filter(never_leaves=False, dataset__never_leaves=False)

    def all_may_leave(self, ids: Iterable[int]) -> bool:
        """Whether each of these dialogues still exists and may leave."""
        wanted = set(ids)
        return self.may_leave().filter(pk__in=wanted).count() == len(wanted)

    def in_use(self) -> Self:
        """Those that somebody has reviewed, or that something was learned from or is measured by.

        That is: what other apps than those that answer and score have of them, frozen evaluation sets, and entries of
        the memory. A dialogue that is not in use can be replaced and removed.
        """
        from dialogues.uses import uses

        return self.filter(uses())


@lru_cache(maxsize=64)
def _wanted_in(dataset: int, split: str, language: str, open_turns: int, removals: int) -> int:
    """Counted again only where turns of the dataset have come or gone, as its own counters tell."""
    narrowed = {"dialogue__split": split, "dialogue__language": language}
    turns = apps.get_model("dialogues", "Turn").objects.filter(dialogue__dataset=dataset, is_open=True)
    return turns.filter(**{name: value for name, value in narrowed.items() if value}).count()


def forget_counts() -> None:
    """Count everything again when it is asked for next."""
    _wanted_in.cache_clear()


class TurnQuerySet(models.QuerySet["Turn"]):
    def wanted_in(self, dataset: Dataset, split: str = "", language: str = "") -> int:
        """How many turns of the dataset, or of one of its splits or languages, are to be answered."""
        if not split and not language:
            return dataset.open_turn_count
        return _wanted_in(dataset.pk, split, language, dataset.open_turn_count, dataset.removal_count)

    def open_in(self, dataset: Dataset) -> Self:
        """Customer turns of the dataset that want an answer, ordered by id."""
        return self.filter(dialogue__dataset=dataset, is_open=True).order_by("id")

    def of_eval_set(self, eval_set: EvalSet) -> Self:
        items = apps.get_model("dialogues", "EvalItem").objects.filter(eval_set=eval_set, turn=OuterRef("pk"))
        return self.filter(Exists(items))

    def without_answer_by(self, version: Version, settings_hash: str) -> Self:
        answers = apps.get_model("dialogues", "Answer").objects
        own = answers.filter(turn=OuterRef("pk"), version=version, settings_hash=settings_hash, source="model")
        return self.filter(~Exists(own))

    def contexts(self) -> dict[int, list[Turn]]:
        """For the id of each turn in this queryset: the turns of its dialogue up to and including it, oldest first.

        Two queries, of many dialogues one more for each batch. Events are left out, since no model reads them.
        """
        places = list(self.values_list("pk", "dialogue_id", "position"))
        dialogues = defaultdict(list)
        for batch in batched(sorted({dialogue for _, dialogue, _ in places})):
            turns = self.model.objects.filter(dialogue__in=batch).exclude(role="event").select_related("dialogue")
            for turn in turns.order_by("dialogue_id", "position"):
                dialogues[turn.dialogue_id].append(turn)
        return {pk: [t for t in dialogues[dialogue] if t.position <= position] for pk, dialogue, position in places}


class AnswerQuerySet(models.QuerySet["Answer"]):
    def keep(self, answers: list[Answer], dataset: Dataset, version: Version) -> int:
        """Store those of a version's answers that are new and update its coverage; returns how many were new.

        Those to turns that somebody has removed meanwhile are left out.
        """
        coverages = apps.get_model("dialogues", "Coverage").objects
        with transaction.atomic():
            coverage, _ = coverages.select_for_update().get_or_create(dataset=dataset, version=version)
            answers = with_existing(answers, "turn")
            stored = self.filter(version=version, turn__in=[answer.turn_id for answer in answers])
            known = set(stored.values_list("turn_id", "settings_hash"))
            new = [answer for answer in answers if (answer.turn_id, answer.settings_hash) not in known]
            self.model.objects.bulk_create(new)
            use = apps.get_model("dialogues", "UsedEntry")
            use.objects.bulk_create(
                [use(answer=answer, entry_id=used.id, use=used.use) for answer in new for used in answer.used],
                ignore_conflicts=True,
            )
            coverages.filter(pk=coverage.pk).update(answer_count=F("answer_count") + len(new))
        return len(new)


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def with_answers(self) -> Self:
        return self.select_related("end", "reference", "turn", "version", "reference__version")

    def pair(self, turn_ids: Iterable[int]) -> int:
        """Pair every end answer to these turns with every reference answer to the same turn; returns how many are new.

        References are the answers of cloud models and of the human agent, and annotators' corrections. Existing pairs
        are left as they are.
        """
        answers = apps.get_model("dialogues", "Answer").objects.filter(turn__in=list(turn_ids))
        by_turn = defaultdict(list)
        for answer in answers.select_related("turn__dialogue", "version"):
            by_turn[answer.turn_id].append(answer)
        pairs = [pair for answers_to_turn in by_turn.values() for pair in self._pairs(answers_to_turn)]
        with transaction.atomic():
            known = set(self.filter(turn__in=by_turn).values_list("end_id", "reference_id"))
            new = [pair for pair in pairs if (pair.end_id, pair.reference_id) not in known]
            self.model.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
        return len(new)

    def _pairs(self, answers: list[Answer]) -> list[Comparison]:
        ends = [answer for answer in answers if answer.version and answer.version.kind == "end"]
        references = [answer for answer in answers if answer not in ends]
        return [
            self.model(
                end=end,
                reference=reference,
                kind=KINDS[reference.source],
                turn=end.turn,
                dataset_id=end.turn.dialogue.dataset_id,
                version=end.version,
                split=end.turn.dialogue.split,
            )
            for end in ends
            for reference in references
        ]


class EvalSetQuerySet(models.QuerySet["EvalSet"]):
    def freeze(self, name: str, comparisons: models.QuerySet[Comparison], **values: Any) -> EvalSet:
        """A new EvalSet of the (turn, reference) pairs of these comparisons; `values` are further fields of it."""
        with transaction.atomic():
            eval_set = self.create(name=name[:200], **values)
            eval_set.add(comparisons)
        return eval_set


class ReplacedDialogueQuerySet(models.QuerySet["ReplacedDialogue"]):
    def earlier_than(self, dialogue: Dialogue) -> Self:
        """What this dialogue, or another with the same words, was or had before a file replaced it."""
        same_words = Q(content_hash=dialogue.content_hash)
        if not dialogue.source_id:
            return self.filter(same_words)
        return self.filter(same_words | Q(dataset=dialogue.dataset_id, source_id=dialogue.source_id))

    def keep_here(self) -> None:
        """Mark what is kept of them as “never leaves”: as such it comes back where an import is undone."""
        for ids in batched(list(self.filter(record__never_leaves=False).values_list("pk", flat=True))):
            rows = list(self.model.objects.filter(pk__in=ids))
            for row in rows:
                row.record["never_leaves"] = True
            self.model.objects.bulk_update(rows, ["record"])

    def older_than(self, dataset: Dataset, days: int) -> Self:
        """What imports of more than so many days ago replaced in the dataset."""
        return self.filter(dataset=dataset, job__created_at__lt=timezone.now() - timedelta(days=days))
