"""Questions to dialogues, turns, answers and comparisons."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Subquery

KINDS = {"model": "cloud", "human": "human", "annotator": "correction"}  # kind of reference by who wrote it


class DatasetQuerySet(models.QuerySet):
    def built_in(self, which: str, *, note: str = ""):
        """The dataset of the site itself for this purpose, made where it is missing; returns (dataset, is_new).

        A person's dataset may have its name already; then this one is named otherwise.
        """
        taken = self.filter(name=which).exclude(builtin=which).exists()
        defaults = {"name": f"{which} ({uuid.uuid4().hex[:6]})" if taken else which, "note": note}
        return self.get_or_create(builtin=which, defaults=defaults)


class DialogueQuerySet(models.QuerySet):
    def with_opening(self):
        """Each with `opening`, the first thing its customer said."""
        turns = apps.get_model("dialogues", "Turn").objects.filter(dialogue=OuterRef("pk"), role="customer")
        return self.annotate(opening=Subquery(turns.order_by("position").values("text")[:1]))


class TurnQuerySet(models.QuerySet):
    def open_in(self, dataset):
        """Customer turns of a dataset that want an answer, in the order of their ids."""
        return self.filter(dialogue__dataset=dataset, is_open=True).order_by("id")

    def of_eval_set(self, eval_set):
        items = apps.get_model("dialogues", "EvalItem").objects.filter(eval_set=eval_set, turn=OuterRef("pk"))
        return self.filter(Exists(items))

    def without_answer_by(self, version, settings_hash: str):
        answers = apps.get_model("dialogues", "Answer").objects
        own = answers.filter(turn=OuterRef("pk"), version=version, settings_hash=settings_hash, source="model")
        return self.filter(~Exists(own))

    def contexts(self) -> dict[int, list]:
        """For each customer turn of this queryset: the turns up to and with it, oldest first.

        One query for all of them; events are left out, since no model reads them.
        """
        wanted = list(self.values_list("pk", "dialogue_id", "position"))
        dialogues = defaultdict(list)
        spoken = self.model.objects.filter(dialogue__in={dialogue for _, dialogue, _ in wanted})
        for turn in spoken.exclude(role="event").order_by("dialogue_id", "position"):
            dialogues[turn.dialogue_id].append(turn)
        return {pk: [t for t in dialogues[dialogue] if t.position <= position] for pk, dialogue, position in wanted}


class AnswerQuerySet(models.QuerySet):
    def keep(self, answers: list, dataset, version) -> int:
        """Store a version's answers and move its coverage with them; returns how many were new."""
        coverage = apps.get_model("dialogues", "Coverage").objects
        with transaction.atomic():
            counted, _ = coverage.select_for_update().get_or_create(dataset=dataset, version=version)
            same = self.filter(version=version, turn__in=[answer.turn_id for answer in answers])
            known = set(same.values_list("turn_id", "settings_hash"))
            new = [answer for answer in answers if (answer.turn_id, answer.settings_hash) not in known]
            self.bulk_create(new)
            coverage.filter(pk=counted.pk).update(answer_count=F("answer_count") + len(new))
        return len(new)


class ComparisonQuerySet(models.QuerySet):
    def with_answers(self):
        return self.select_related("end", "reference", "turn", "version", "reference__version")

    def pair(self, turn_ids: Iterable[int]) -> int:
        """Put every end answer of these turns beside every reference that the turn has; returns how many are new.

        References are the answers of cloud models, of the human agent, and annotators' corrections. Pairs that exist
        stay as they are.
        """
        answers = apps.get_model("dialogues", "Answer").objects.filter(turn__in=list(turn_ids))
        answers = answers.select_related("turn__dialogue", "version")
        by_turn = defaultdict(list)
        for answer in answers:
            by_turn[answer.turn_id].append(answer)
        pairs = [pair for of_turn in by_turn.values() for pair in self._pairs(of_turn)]
        with transaction.atomic():
            known = set(self.filter(turn__in=by_turn).values_list("end_id", "reference_id"))
            new = [pair for pair in pairs if (pair.end_id, pair.reference_id) not in known]
            self.bulk_create(new, ignore_conflicts=True, batch_size=500)
        return len(new)

    def _pairs(self, answers: list) -> list:
        ends = [a for a in answers if a.version and a.version.kind == "end"]
        references = [a for a in answers if a not in ends]
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


class EvalSetQuerySet(models.QuerySet):
    def freeze(self, name: str, comparisons: models.QuerySet, **values):
        """A new EvalSet of the (turn, reference) pairs that these comparisons have."""
        item = apps.get_model("dialogues", "EvalItem")
        with transaction.atomic():
            eval_set = self.create(name=name[:200], **values)
            pairs = comparisons.order_by("turn_id").values_list("turn_id", "reference_id").distinct()
            items = (item(eval_set=eval_set, turn_id=t, reference_id=r) for t, r in pairs.iterator())
            item.objects.bulk_create(items, batch_size=1000)
        return eval_set
