"""The form that starts an export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from review.exports.formats import FORMATS, refusal
from review.models import Round, Verdict


class ExportForm(forms.Form):
    """Of which verdicts, in which format; only those that the round may be exported in are offered."""

    format = forms.ChoiceField(label=_("Format"))
    annotator = forms.ModelChoiceField(
        User.objects.none(), label=_("Verdicts of"), required=False, empty_label=_("all annotators")
    )
    only_corrected = forms.BooleanField(label=_("Only verdicts with a correction"), required=False)

    def __init__(self, round_: Round, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._round = round_
        own = Verdict.objects.filter(round=round_, annotator=OuterRef("pk"))
        self.fields["annotator"].queryset = User.objects.filter(Exists(own)).order_by("username")  # type: ignore[attr-defined]
        offered = [(name, kind.label) for name, kind in FORMATS.items() if not refusal(kind, round_)]
        self.fields["format"].choices = offered  # type: ignore[attr-defined]
        if self.refused:
            self.fields["format"].error_messages["invalid_choice"] = self.refused

    @property
    def refused(self) -> str:
        """Why some formats are not offered, empty where all are."""
        return next(filter(None, (refusal(kind, self._round) for kind in FORMATS.values())), "")
