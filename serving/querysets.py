"""Queries for the versions of models and for the ledger of calls."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext

from ecc_site.core.batching import SIZE, batched
from ecc_site.core.errors import ExpectedError

if TYPE_CHECKING:
    from serving.models import AliasMove, CloudCall, CloudDay, Version

IMPORTED = "imported"


def name_of_imports(kind: str) -> str:
    """What the version is called under which the answers of files are stored."""
    return f"{IMPORTED} ({kind})"


WORDLESS: dict[str, Any] = {"messages": [], "reply": "", "problem": "", "prompt_hash": ""}


class NameTaken(ExpectedError):
    """The name is that of a version of another kind, or of one that answers here."""


class VersionQuerySet(models.QuerySet["Version"]):
    def end(self) -> Self:
        return self.filter(kind="end")

    def cloud(self) -> Self:
        return self.filter(kind="cloud")

    def without_arms(self) -> Self:
        """Those that can answer customers; arms are made for a comparison."""
        return self.filter(weights_of=None)

    def champion(
        self,
    ) -> Version | Any:  # Any: who has registered the configured ones need not ask whether there is one
        """The end version that answers customers, None before the first is configured."""
        return self.filter(aliases__name="champion").first()

    def configured_cloud(self) -> Version | Any:
        """The cloud version that CLOUD_MODEL names, None before it has been registered."""
        return self.filter(kind="cloud", model=settings.CLOUD_MODEL).first()

    def register_configured(self) -> None:
        """Make sure that END_MODEL and CLOUD_MODEL have their versions, and that some version is champion."""
        from serving.models import Alias

        end = self.register("end", settings.END_MODEL)
        self.register("cloud", settings.CLOUD_MODEL)
        if not self.champion():
            Alias.move("champion", end)

    def of_imports(self, kind: str, name: str = "") -> Version:
        """The version that answers from elsewhere are stored under, made where there is none; it cannot answer.

        `name` is how its shop calls it; that of a version of another kind, or that answers here, raises NameTaken.
        """
        defaults = {"kind": kind, "model": IMPORTED, "state": "retired"}
        version, _ = self.get_or_create(name=name or name_of_imports(kind), defaults=defaults)
        if (version.kind, version.model) != (kind, IMPORTED):
            raise NameTaken(gettext("“%(name)s” is the name of another version of this site.") % {"name": version})
        return version

    def register(self, kind: str, model: str) -> Version:
        """The version of a model without an adapter, made where there is none; one server can be of both kinds."""
        known = self.filter(kind=kind, model=model, adapter="", weights_of=None).first()
        if known:
            return known
        name = model if not self.filter(name=model).exists() else f"{model} ({kind})"
        return self.create(kind=kind, model=model, name=name, reads_memory=kind == "end")


class AliasMoveQuerySet(models.QuerySet["AliasMove"]):
    def champions(self, first: date, last: date) -> list[tuple[date, Version]]:
        """Which versions began to answer customers on these days, both included, the earliest first."""
        moves = self.filter(name="champion", at__gte=_midnight(first), at__lt=_midnight(last + timedelta(days=1)))
        return [(timezone.localdate(move.at), move.after) for move in moves.select_related("after").order_by("pk")]


class CloudCallQuerySet(models.QuerySet["CloudCall"]):
    def of_dialogue(self, dialogue_id: int) -> Self:
        """Those that were about a turn of the dialogue."""
        return self.filter(dialogue_id=dialogue_id)

    def quoting(self, origin: str) -> Self:
        """Those whose prompts quote the dialogue with this hash beside their own."""
        quotes = apps.get_model("serving", "Quote").objects.filter(origin=origin)
        return self.filter(quoted__in=quotes.values("quoted_set"))

    def ids_of_days(self, first: date | None, last: date | None) -> tuple[int, int]:
        """The ids of the calls of these days, both included, as (from, before); None leaves a side open.

        Calls get their ids in the order of their times, and a list is read along its ids.
        """
        end = (self.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        begun = self._first_from(first, end) if first else 0
        return begun, self._first_from(last + timedelta(days=1), end) if last else end

    def _first_from(self, day: date, default: int) -> int:
        """Id of the first call of a day or of a later one."""
        later = self.filter(created_at__gte=_midnight(day)).order_by("created_at", "pk")
        return later.values_list("pk", flat=True).first() or default

    def quote(self, call: CloudCall, origins: Collection[str]) -> None:
        """Note that the call's prompt quotes the dialogues with these hashes."""
        quoted_sets = apps.get_model("serving", "QuotedSet").objects
        quotes = apps.get_model("serving", "Quote").objects
        digest = hashlib.sha256("".join(sorted(origins)).encode()).hexdigest()
        with transaction.atomic():
            quoted, is_new = quoted_sets.get_or_create(digest=digest)
            if is_new:
                rows = [quotes.model(quoted_set=quoted, origin=origin) for origin in sorted(origins)]
                quotes.bulk_create(rows, batch_size=SIZE)
            call.quoted.add(quoted)

    def erase_words(self) -> int:
        """Remove what was said in these calls; the rows stay, marked, with their costs. Returns how many had words."""
        count = 0
        for ids in batched(sorted(set(self.filter(erased_at=None).values_list("pk", flat=True)))):
            count += self.model.objects.filter(pk__in=ids).update(erased_at=timezone.now(), **WORDLESS)
        return count


class CloudDayQuerySet(models.QuerySet["CloudDay"]):
    def today(self) -> CloudDay:
        """That of today, with counters of 0 where nothing has been used yet; it may not be stored."""
        day = timezone.localdate()
        return self.filter(day=day).first() or self.model(day=day)

    def count_call(self, place: str) -> None:
        """Count a call of today that did not leave; those that left are counted with their booking."""
        column = f"{place}_calls"
        day, _ = self.get_or_create(day=timezone.localdate())
        self.filter(pk=day.pk).update(**{column: F(column) + 1})

    def calls_by_place(self) -> dict[str, int]:
        """How many calls of these days left the shop, asked a server of the shop, or were answered by a file."""
        sums = self.aggregate(outside=Sum("calls"), server=Sum("server_calls"), file=Sum("file_calls"))
        return {place: count or 0 for place, count in sums.items()}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
