"""Queries for the versions of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from serving.redaction import own_detector
from serving.redaction.spans import Detector

if TYPE_CHECKING:
    from serving.models import RedactionPattern, Version


class VersionQuerySet(models.QuerySet["Version"]):
    def end(self):
        return self.filter(kind="end")

    def cloud(self):
        return self.filter(kind="cloud")

    def without_arms(self):
        """Those that can answer customers; arms are made for a comparison."""
        return self.filter(weights_of=None)

    def champion(self):
        """The end version that answers customers, None before the first is configured."""
        return self.filter(aliases__name="champion").first()

    def configured_cloud(self):
        """The cloud version that CLOUD_MODEL names, None before it has been registered."""
        return self.filter(kind="cloud", model=settings.CLOUD_MODEL).first()

    def register_configured(self) -> None:
        """Make sure that END_MODEL and CLOUD_MODEL have their versions, and that some version is champion."""
        from serving.models import Alias

        end = self.register("end", settings.END_MODEL)
        self.register("cloud", settings.CLOUD_MODEL)
        if not self.champion():
            Alias.move("champion", end)

    def register(self, kind: str, model: str) -> Version:
        """The version of a model without an adapter, made where there is none; one server can be of both kinds."""
        known = self.filter(kind=kind, model=model, adapter="", weights_of=None).first()
        if known:
            return known
        name = model if not self.filter(name=model).exists() else f"{model} ({kind})"
        return self.create(kind=kind, model=model, name=name, reads_memory=kind == "end")


class RedactionPatternQuerySet(models.QuerySet["RedactionPattern"]):
    def detectors(self) -> list[Detector]:
        """One for each pattern that is switched on."""
        return [own_detector(*pair) for pair in self.filter(active=True).values_list("name", "expression")]
