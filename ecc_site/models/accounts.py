"""Which accounts are the demo's."""

from django.conf import settings
from django.db import models


class DemoAccount(models.Model):
    """Marks an account that was made with the demo and its well-known name, whatever became of its password."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.user)
