"""The forms for the shop's own patterns of personal data."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from serving.models import RedactionPattern
from serving.redaction import BadPattern, own_detector
from serving.redaction.own_patterns import LONGEST, check_name
from serving.redaction.spans import Detector

LONGEST_TRIED = 5000
SENTENCES = {
    "name": _("Expected two to thirty small Latin letters and underscores, such as member_number."),
    "taken": _("There is a kind of this name already."),
    "empty": _("Expected a regular expression."),
    "long": _("Expected at most 500 characters."),
    "everywhere": _("It matches an empty text, and so would match everywhere."),
}
CODE = {"rows": 2, "spellcheck": "false", "autocapitalize": "off", "class": "mono"}


def sentence(bad: BadPattern) -> str:
    """Why a pattern cannot be used, in the reader's language."""
    return str(SENTENCES.get(bad.code) or _("RE2 cannot read it: %(said)s") % {"said": bad.said})


class PatternForm(forms.ModelForm):
    class Meta:
        model = RedactionPattern
        fields = ("name", "expression")
        labels = {"name": _("Name of the kind"), "expression": _("Regular expression")}
        help_texts = {
            "name": _("Small Latin letters and underscores. member_number becomes [MEMBER_NUMBER_1]."),
            "expression": _(
                "As RE2 reads it, without look-around: linear in time for any text. Full-width digits count as 0-9."
            ),
        }
        widgets = {"expression": forms.Textarea(attrs=CODE | {"maxlength": LONGEST})}

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        try:
            check_name(name)
        except BadPattern as bad:
            raise forms.ValidationError(sentence(bad)) from None
        if name in settings.REDACTION_PATTERNS:
            raise forms.ValidationError(SENTENCES["taken"])
        return name

    def clean_expression(self) -> str:
        return checked_expression(self.cleaned_data["expression"])


class TryForm(forms.Form):
    """A text, and perhaps an expression that is not kept yet."""

    expression = forms.CharField(required=False, max_length=LONGEST)
    text = forms.CharField(
        label=_("Try it on a text"),
        max_length=LONGEST_TRIED,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_TRIED}),
        help_text=_("Nothing of it is kept."),
        strip=False,
    )

    def clean_expression(self) -> str:
        expression = self.cleaned_data["expression"]
        return checked_expression(expression) if expression else ""

    @property
    def detectors(self) -> list[Detector]:
        """That of the expression, as a kind of its own."""
        expression = self.cleaned_data["expression"]
        return [own_detector("new_pattern", expression)] if expression else []


def checked_expression(expression: str) -> str:
    try:
        own_detector("new_pattern", expression)
    except BadPattern as bad:
        raise forms.ValidationError(sentence(bad)) from None
    return expression
