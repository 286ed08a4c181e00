"""The number of the memory's newest revision."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Clock(models.Model):
    """The number of the memory's newest revision, in its only row.

    Whoever changes the memory holds the row until the change is committed, so revisions become visible in their order.
    """

    revision = models.PositiveBigIntegerField(default=0)
    compared = models.PositiveBigIntegerField(default=0, help_text="up to this revision, pairs have been looked for")
    compared_on = models.DateField(null=True, help_text="the day of that look: entries begin to be valid")
    erasures = models.PositiveBigIntegerField(default=0, help_text="after each, whoever has read it forgets all")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="clock_only_one")]

    def __str__(self) -> str:
        return str(self.revision)

    @classmethod
    def now(cls) -> int:
        return cls.objects.filter(pk=1).values_list("revision", flat=True).first() or 0

    @classmethod
    def state(cls) -> tuple[int, int]:
        """The newest revision, and how often something was erased from the past."""
        return cls.objects.filter(pk=1).values_list("revision", "erasures").first() or (0, 0)

    @classmethod
    def hold(cls) -> None:
        """Let nobody else change the memory until this transaction ends."""
        cls.objects.select_for_update().filter(pk=1).first()

    @classmethod
    def erased(cls) -> None:
        """Note that something is gone from revisions that may have been read already."""
        cls.objects.get_or_create(pk=1)
        cls.objects.filter(pk=1).update(erasures=F("erasures") + 1)

    @classmethod
    def tick(cls) -> int:
        """The number of a new revision; only inside a transaction."""
        cls.objects.get_or_create(pk=1)
        cls.objects.filter(pk=1).update(revision=F("revision") + 1)
        return cls.now()
