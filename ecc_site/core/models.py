"""What the site as a whole keeps."""

from django.db import models
from django.utils import timezone


class HealthCheck(models.Model):
    """One row that is written to see whether the database can be written: a full disk still answers questions."""

    checked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.checked_at)

    @classmethod
    def write(cls) -> None:
        """Raises DatabaseError where nothing can be stored."""
        cls.objects.update_or_create(pk=1, defaults={"checked_at": timezone.now()})
