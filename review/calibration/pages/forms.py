"""The filter bar of calibration."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison, Dataset, Split
from ecc_site.core.filters import FilterForm
from ecc_site.core.language import Language
from ecc_site.core.requests import ids_of
from review.calibration.material import Filter
from review.models import Round, Tag
from scoring.models import Score, ScorerSet
from serving.models import Version

SIGHT = [("", _("given at any time")), ("out", _("not given with the scores in sight"))]
WORD = [("", _("said or following from the key")), ("said", _("said outright"))]


class CalibrationFilter(FilterForm):
    dataset = forms.ModelChoiceField(Dataset.objects.all(), label=_("Dataset"), required=False, empty_label=None)
    kind = forms.ChoiceField(label=_("Reference answers from"), required=False, choices=Comparison.Kind.choices)
    version = forms.ModelChoiceField(
        Version.objects.end(), label=_("End model"), required=False, empty_label=_("all versions")
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("all languages")), *Language.choices]
    )
    split = forms.ChoiceField(label=_("Split"), required=False, choices=[("", _("all splits")), *Split.choices])
    tag = forms.ModelChoiceField(Tag.objects.active(), label=_("Tag"), required=False, empty_label=_("all tags"))
    round = forms.ModelChoiceField(Round.objects.none(), label=_("Round"), required=False, empty_label=_("all rounds"))
    sight = forms.ChoiceField(label=_("Verdicts"), required=False, choices=SIGHT)
    word = forms.ChoiceField(label=_("Acceptability"), required=False, choices=WORD)

    def __init__(self, asked: dict[str, Any]):
        """Without a dataset or a kind of reference, those that somebody reviewed last."""
        chosen = {name: value for name, value in asked.items() if value}
        super().__init__(usual_choice(chosen.get("dataset", "")) | chosen)

    def full_clean(self) -> None:
        rounds = Round.objects.filter(verdict_count__gt=0, dataset__in=ids_of([str(self.data.get("dataset", ""))]))
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]
        super().full_clean()

    @property
    def narrowed(self) -> list[str]:
        """What it leaves out of the dataset and the kind of reference, in words."""
        chosen = {name: value for name, value in self.values.items() if name not in ("dataset", "kind")}
        named = [{"kind": self.fields[name].label, "name": self._words_of(name, chosen[name])} for name in chosen]
        return [gettext("%(kind)s: %(name)s") % words for words in named]

    def _words_of(self, name: str, value: Any) -> Any:
        """A row says itself what it is."""
        return dict(self.fields[name].choices)[value] if isinstance(value, str) else value  # type: ignore[attr-defined]

    def chosen(self, scorer_set: ScorerSet) -> Filter | None:
        """None without a dataset or a kind of reference."""
        values = self.values
        if not {"dataset", "kind"} <= values.keys():
            return None
        several = {"versions": "version", "languages": "language", "splits": "split", "rounds": "round"}
        narrowed: dict[str, Any] = {field: _single(values.get(name)) for field, name in several.items()}
        return Filter(
            values["dataset"],
            scorer_set,
            values["kind"],
            **narrowed,
            tag=values.get("tag"),
            without_sight=values.get("sight") == "out",
            own_opinion=values.get("word") == "said",
        )


def asked(query: dict[str, Any]) -> tuple[CalibrationFilter, Filter | None]:
    """The filter bar, and what it chooses; None before anything was scored."""
    form, scorer_set = CalibrationFilter(query), ScorerSet.objects.current()
    return form, form.chosen(scorer_set) if scorer_set else None


def usual_choice(dataset: str) -> dict[str, Any]:
    """Dataset and kind of reference of the newest round with verdicts, of this dataset if there is one; else of the
    newest score; else nothing.
    """
    rounds, scores = Round.objects.filter(verdict_count__gt=0), Score.objects.all()
    if of := ids_of([dataset]):
        rounds, scores = rounds.filter(dataset__in=of), scores.filter(dataset__in=of)
    newest = rounds.order_by("-pk").values("dataset", "kind").first()
    return dict(newest) if newest else scores.most_recent_choice()


def _single(value: Any) -> tuple[Any, ...]:
    return (getattr(value, "pk", value),) if value else ()
