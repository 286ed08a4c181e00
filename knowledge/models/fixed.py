"""Memories made for a comparison, beside the shop's own: customers never get what is in them, and they never change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models, transaction

from ecc_site.core.batching import SIZE
from ecc_site.core.language import Language

if TYPE_CHECKING:
    from knowledge.retrieval.items import Item, Question


class FixedMemoryQuerySet(models.QuerySet["FixedMemory"]):
    def of(self, items: Iterable[Item]) -> FixedMemory:
        """The memory of exactly these items, whatever their ids; made where there is none yet."""
        rows = [FixedItem.of(item, question) for item in items for question in item.questions]
        contents = [[row.question, row.context, row.reply, row.language, row.origin] for row in rows]
        digest = hashlib.sha256(json.dumps(contents, ensure_ascii=False).encode()).hexdigest()
        with transaction.atomic():
            memory, is_new = self.get_or_create(digest=digest)
            if is_new:
                for row in rows:
                    row.memory = memory
                FixedItem.objects.bulk_create(rows, batch_size=SIZE)
        return memory


class FixedMemory(models.Model):
    """What the arms of a comparison read in place of the shop's memory; its number stands in Version.fixed_memory."""

    digest = models.CharField(max_length=64, help_text="SHA-256 of its items")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FixedMemoryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["digest"], name="fixed_memory_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class FixedItem(models.Model):
    """A question of such a memory with its reply."""

    memory = models.ForeignKey(FixedMemory, on_delete=models.CASCADE, related_name="items")
    question = models.TextField()
    context = models.TextField(blank=True, help_text="the customer's message before it")
    reply = models.TextField()
    language = models.CharField(max_length=5, choices=Language, blank=True)
    origin = models.CharField(max_length=64, blank=True, help_text="hash of the dialogue that it was learned from")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.question[:60]

    @classmethod
    def of(cls, item: Item, question: Question) -> FixedItem:
        """A row for one wording of an item, not saved and without its memory."""
        of_question = {"question": question.text, "context": question.context}
        return cls(**of_question, reply=item.reply, language=item.language, origin=item.origin)
