"""The list of approved phrases, as a manager edits it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from review.models.phrases import LONGEST, MOST


class PhrasesForm(forms.Form):
    phrases = forms.CharField(
        label=_("One phrase a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 16}),
        max_length=LONGEST * MOST,
    )

    def clean_phrases(self) -> list[str]:
        """The lines without those that are empty or there twice."""
        lines = [line.strip() for line in self.cleaned_data["phrases"].splitlines()]
        phrases = list(dict.fromkeys(line for line in lines if line))
        if len(phrases) > MOST:
            raise forms.ValidationError(
                gettext("At most %(most)s phrases; these are %(count)s.") % {"most": MOST, "count": len(phrases)}
            )
        for number, line in enumerate(lines, start=1):
            if len(line) > LONGEST:
                raise forms.ValidationError(
                    gettext("Line %(number)s is longer than %(longest)s characters.")
                    % {"number": number, "longest": LONGEST}
                )
        return phrases
