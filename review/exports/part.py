"""Which of the verdicts of a round are meant: by whom, what they say, about what, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import ecc_site.core.json_lists  # noqa: F401 - the lookup `lists`
from dialogues.models import Comparison
from review.models import ExportJob, Round, RoundItem, Tag, Verdict, VerdictRevision
from review.querysets import VerdictQuerySet
from review.tags.slicing import tagged

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(9000, 1, 1)  # of what a database and every time zone can say


class Decisions(models.TextChoices):
    """What becomes of managers' decisions between verdicts that differ."""

    ONLY = "only", gettext_lazy("only managers' decisions")
    WITHOUT = "without", gettext_lazy("only annotators' verdicts")
    INSTEAD = "instead", gettext_lazy("a decision instead of what it decided between")


@dataclass(frozen=True)
class Part:
    """Empty values leave nothing out. `tag`: of the customer's turn, confirmed or suggested; `error_tag`, `signal`:
    what the verdict says beside its preference; days are the shop's.
    """

    preference: str = ""
    tag: int | None = None
    stratum: str = ""
    decisions: str = ""
    first: date | None = None
    last: date | None = None
    error_tag: str = ""
    signal: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Part:
        """From more values than its own, such as those of a form; what is missing leaves nothing out."""
        given = {field.name: values[field.name] for field in fields(cls) if values.get(field.name)}
        return cls(**{name: getattr(value, "pk", value) for name, value in given.items()})

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Part:
        days = {name: date.fromisoformat(kept[name]) for name in ("first", "last") if name in kept}
        return cls(**{**kept, **days})

    def as_json(self) -> dict[str, Any]:
        """What it leaves out, always in the same order, so that equal parts are stored as equal texts."""
        given = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in given if value}

    def narrow(self, verdicts: VerdictQuerySet) -> VerdictQuerySet:
        """Each condition is a look at the row or at an index, so that a batch costs no more than the way to it."""
        conditions = {
            "current__preference": self.preference,
            "item__stratum": self.stratum,
            "current__tags__lists": self.error_tag,
            "current__signals__lists": self.signal,
            "current__created_at__gte": self.first and _moment(self.first, time.min),
            "current__created_at__lte": self.last and _moment(self.last, time.max),
        }
        verdicts = verdicts.filter(**{name: value for name, value in conditions.items() if value})
        if self.decisions:
            verdicts = verdicts.filter(_decided(self.decisions))
        if self.tag:
            about = Comparison.objects.filter(pk=OuterRef("comparison"))
            verdicts = verdicts.filter(Exists(tagged(about, Tag(pk=self.tag))))
        return verdicts

    def words(self, tags: Mapping[int, Tag]) -> list[str]:
        """What it leaves out, in the reader's language; `tags` has its tag by the id."""
        said = [
            dict(VerdictRevision.Preference.choices).get(self.preference),
            str(tags.get(self.tag, _("a tag that is gone"))) if self.tag else None,
            dict(RoundItem.Stratum.choices).get(self.stratum),
            dict(Decisions.choices).get(self.decisions),
            self.first and _("from %(day)s") % {"day": self.first},
            self.last and _("until %(day)s") % {"day": self.last},
            self.error_tag,
            dict(Round.Signal.choices).get(self.signal),
        ]
        return [str(word) for word in said if word]


def verdicts_of(job: ExportJob) -> VerdictQuerySet:
    """Those that it exports."""
    chosen = Verdict.objects.active().filter(round=job.round_id)
    if job.annotator_id:
        chosen = chosen.filter(annotator=job.annotator_id)
    return Part.of_json(job.part).narrow(chosen.corrected() if job.only_corrected else chosen)


def _decided(decisions: str) -> Q:
    if decisions != Decisions.INSTEAD:
        return Q(adjudicates=decisions == Decisions.ONLY)
    others = Verdict.objects.active().filter(round=OuterRef("round"), item=OuterRef("item"), adjudicates=True)
    return Q(adjudicates=True) | Q(~Exists(others))


def _moment(day: date, at: time) -> datetime:
    day = min(max(day, FIRST_DAY), LAST_DAY)
    return timezone.make_aware(datetime.combine(day, at), timezone.get_default_timezone())
