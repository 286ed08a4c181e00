"""What hangs on a dialogue in other apps, found by walking their models: an app that comes later is found too.

A model whose rows are partly made again from the dialogue says by a condition REMADE which they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, ForeignObjectRel, OuterRef, Q

from dialogues.models import Answer, Comparison, Dialogue, EvalItem, Turn
from knowledge.models import Entry

RECOMPUTED = ("dialogues", "scoring")  # apps whose rows can be made again from the dialogue
WAYS = {Dialogue: "", Turn: "dialogue", Answer: "turn__dialogue", Comparison: "turn__dialogue"}
"""How the models lead to their dialogue."""


def uses() -> Q:
    """The condition that a dialogue is in use, for a queryset of dialogues."""
    condition = Q(Exists(EvalItem.objects.filter(turn__dialogue=OuterRef("pk"))))
    condition |= Q(Exists(Entry.objects.filter(origin=OuterRef("content_hash"))))
    for relation, way in relations():
        model = relation.related_model
        rows = model._base_manager.filter(**{way: OuterRef("pk")}).exclude(getattr(model, "REMADE", Q(pk__in=[])))
        condition |= Q(Exists(rows.annotate(found=F("pk"))))
    return condition


def relations() -> Iterator[tuple[ForeignObjectRel, str]]:
    """Each relation from another app, with the path from its model to the dialogue."""
    for model, way in WAYS.items():
        for relation in model._meta.related_objects:
            if not relation.many_to_many and relation.related_model._meta.app_label not in RECOMPUTED:
                name = relation.field.name
                yield relation, f"{name}__{way}" if way else name
