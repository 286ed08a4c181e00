"""The form that starts an export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from review.exports.formats import FORMATS, refusal
from review.exports.part import Decisions, Part
from review.models import Round, RoundItem, Tag, Verdict, VerdictRevision


def day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ExportForm(forms.Form):
    """Which verdicts, in which format; only formats that the round may be exported in are offered."""

    format = forms.ChoiceField(label=_("Format"))
    annotator = forms.ModelChoiceField(
        User.objects.none(), label=_("Verdicts of"), required=False, empty_label=_("all annotators")
    )
    preference = forms.ChoiceField(
        label=_("Preference"), required=False, choices=[("", _("all preferences")), *VerdictRevision.Preference.choices]
    )
    tag = forms.ModelChoiceField(
        Tag.objects.all(), label=_("Intent or topic"), required=False, empty_label=_("all questions")
    )
    stratum = forms.ChoiceField(
        label=_("Why it is in the round"), required=False, choices=[("", _("all items")), *RoundItem.Stratum.choices]
    )
    decisions = forms.ChoiceField(
        label=_("Where people disagreed"),
        required=False,
        choices=[("", _("all verdicts")), *Decisions.choices],
    )
    error_tag = forms.ChoiceField(label=_("Error tag"), required=False)
    signal = forms.ChoiceField(label=_("Signal"), required=False)
    first = day(_("From"))
    last = day(_("Until"))
    only_corrected = forms.BooleanField(label=_("Only verdicts with a correction"), required=False)

    def __init__(self, round_: Round, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._round = round_
        own = Verdict.objects.filter(round=round_, annotator=OuterRef("pk"))
        self.fields["annotator"].queryset = User.objects.filter(Exists(own)).order_by("username")  # type: ignore[attr-defined]
        self.fields["error_tag"].choices = [("", _("all verdicts")), *((tag, tag) for tag in round_.error_tags)]  # type: ignore[attr-defined]
        self.fields["signal"].choices = [("", _("all verdicts")), *_signals_of(round_)]  # type: ignore[attr-defined]
        offered = [(name, kind.label) for name, kind in FORMATS.items() if not refusal(kind, round_)]
        self.fields["format"].choices = offered  # type: ignore[attr-defined]
        if self.refused:
            self.fields["format"].error_messages["invalid_choice"] = self.refused

    @property
    def refused(self) -> str:
        """Why some formats are not offered, empty where all are."""
        return next(filter(None, (refusal(kind, self._round) for kind in FORMATS.values())), "")

    @property
    def values(self) -> dict[str, Any]:
        """Of a valid form: those of the ExportJob."""
        columns = {name: self.cleaned_data[name] for name in ("format", "annotator", "only_corrected")}
        return {**columns, "part": Part.of(self.cleaned_data).as_json()}


def _signals_of(round_: Round) -> list[tuple[str, str]]:
    """With their labels, those that the round offers."""
    return [(value, str(label)) for value, label in Round.Signal.choices if value in round_.signals]
