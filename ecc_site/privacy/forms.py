"""Forms for finding a customer, for erasing what was found, and for how long dialogues are kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ecc_site.core.filters import FilterForm

SHORTEST = 2  # characters of a text that is looked for
LONGEST_DAYS = 36_500


class FindForm(FilterForm):
    """Whose dialogues: each field narrows it."""

    dialogue = forms.IntegerField(label=_("Dialogue number"), required=False, min_value=1, max_value=2**63 - 1)
    source_id = forms.CharField(label=_("Id in the imported file"), required=False, max_length=200)
    text = forms.CharField(label=_("Words in the dialogue"), required=False, min_length=SHORTEST, max_length=200)


class EraseForm(forms.Form):
    """Why, and that it is meant."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("It is kept in the audit log: name the request, not the customer."),
    )
    confirmed = forms.BooleanField(label=_("Erase all of this. It cannot be undone."))


class RetentionForm(forms.Form):
    days = forms.IntegerField(
        label=_("Erase dialogues older than, in days"),
        required=False,
        min_value=1,
        max_value=LONGEST_DAYS,
        help_text=_("Counted from their import. Empty: they are kept."),
    )
    keeps_used = forms.BooleanField(
        label=_("Keep those that people have reviewed or a version has learned from"), required=False
    )

    @property
    def values(self) -> dict[str, Any]:
        return {"days": self.cleaned_data["days"], "keeps_used": self.cleaned_data["keeps_used"]}
