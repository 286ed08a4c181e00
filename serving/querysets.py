"""Queries for the versions of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from serving.models import Version


class VersionQuerySet(models.QuerySet["Version"]):
    def end(self):
        return self.filter(kind="end")

    def cloud(self):
        return self.filter(kind="cloud")

    def champion(self):
        """The end version that answers customers, None before the first is configured."""
        return self.filter(aliases__name="champion").first()

    def configured_cloud(self):
        """The cloud version that CLOUD_MODEL names, None before it has been registered."""
        return self.filter(kind="cloud", model=settings.CLOUD_MODEL).first()

    def register_configured(self) -> None:
        """Make sure that END_MODEL and CLOUD_MODEL have their versions, and that some version is champion."""
        from serving.models import Alias

        end, _ = self.get_or_create(
            kind="end", model=settings.END_MODEL, adapter="", defaults={"name": settings.END_MODEL}
        )
        both = "" if settings.CLOUD_MODEL != settings.END_MODEL else " (cloud)"  # one server can be both
        self.get_or_create(kind="cloud", model=settings.CLOUD_MODEL, defaults={"name": settings.CLOUD_MODEL + both})
        if not self.champion():
            Alias.move("champion", end)
