"""What the shop likes to be said."""

from django.db import models

LONGEST, MOST = 500, 200


class Phrase(models.Model):
    """A phrase that the shop approves of; the desk inserts it into a correction."""

    text = models.CharField(max_length=LONGEST, unique=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text
