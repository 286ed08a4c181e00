"""Forms of the watch: what the feed shows, bounds, who is told, and a word about an alert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dialogues.models import Dataset
from ecc_site.core.filters import FilterForm
from ecc_site.models import Alert, Recipient
from ecc_site.models.notifications import Channel
from ecc_site.watch.bounds import as_entered, as_stored
from ecc_site.watch.notify.places import ForbiddenPlace, check_url
from ecc_site.watch.notify.signing import LONGEST, SHORTEST, is_usable
from ecc_site.watch.subjects import SUBJECTS
from ecc_site.watch.subjects.base import Subject, Unit


def _subjects() -> list[tuple[str, Any]]:
    return [("", _("all")), *((key, subject.name) for key, subject in SUBJECTS.items())]


class FeedFilter(FilterForm):
    dataset = forms.ModelChoiceField(
        Dataset.objects.all(), label=gettext_lazy("Dataset"), required=False, empty_label=gettext_lazy("all datasets")
    )
    subject = forms.ChoiceField(label=gettext_lazy("What is watched"), required=False, choices=_subjects)
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("all states")), *Alert.State.choices]
    )


class AcknowledgeForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("What is known or done about it; no customer's name."),
    )


class DatasetChoice(FilterForm):
    dataset = forms.ModelChoiceField(
        Dataset.objects.all(), label=gettext_lazy("Dataset"), required=False, empty_label=gettext_lazy("all datasets")
    )


class BoundsForm(forms.Form):
    """A field for each subject, shares in percent, and a tick where it is watched.

    usual: the bounds that hold where nothing is said; own: those that were set here.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        own: Mapping[str, float | None],
        usual: Mapping[str, float | None],
        proposed: Mapping[str, float] | None = None,
    ):
        super().__init__(data)
        self.usual = usual
        for key, subject in SUBJECTS.items():
            value = (proposed or {}).get(key, own.get(key, usual[key]))
            self.fields[f"watch_{key}"] = forms.BooleanField(
                label=gettext_lazy("watch"), required=False, initial=value is not None
            )
            self.fields[key] = _value_field(subject, value)

    def clean(self) -> dict[str, Any]:
        """A subject that is watched needs a bound."""
        for key in SUBJECTS:
            if self.cleaned_data.get(f"watch_{key}") and self.cleaned_data.get(key) is None and key not in self.errors:
                self.add_error(key, _("Give a bound, or clear the checkbox."))
        return self.cleaned_data

    @property
    def wanted(self) -> dict[str, float | None]:
        """Of a valid form, by subject; None: not watched."""
        return {
            key: as_stored(self.cleaned_data[key], subject.unit) if self.cleaned_data[f"watch_{key}"] else None
            for key, subject in SUBJECTS.items()
        }

    @property
    def differing(self) -> list[str]:
        """The subjects whose bound is another than the usual one."""
        return [key for key, value in self.wanted.items() if not _same(value, self.usual[key])]

    def rows(self) -> list[tuple[str, Subject, forms.BoundField, forms.BoundField]]:
        """Key, subject, tick and value of each."""
        return [(key, subject, self[f"watch_{key}"], self[key]) for key, subject in SUBJECTS.items()]


def _value_field(subject: Subject, value: float | None) -> forms.FloatField:
    percent = subject.unit is Unit.SHARE
    least, most = (0.0, 100.0) if percent else (-1.0 if subject.is_change else 0.0, 0.0 if subject.is_change else 1.0)
    number = forms.NumberInput({"step": "any", "inputmode": "decimal"})
    return forms.FloatField(
        label=subject.name,
        required=False,
        min_value=least,
        max_value=most,
        initial=None if value is None else as_entered(value, subject.unit),
        widget=number,
    )


def _same(one: float | None, other: float | None) -> bool:
    return one == other if one is None or other is None else abs(one - other) < 1e-9


class RecipientForm(forms.ModelForm):
    secret = forms.CharField(
        label=gettext_lazy("Secret of the webhook"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=gettext_lazy("24 to 64 characters, or whsec_ and base64. It signs each message and is never shown."),
    )

    class Meta:
        model = Recipient
        fields = ("channel", "address", "secret", "language")
        labels = {
            "channel": gettext_lazy("Channel"),
            "address": gettext_lazy("E-mail address or URL"),
            "language": gettext_lazy("Language of the messages"),
        }
        help_texts = {"address": gettext_lazy("Empty for all managers.")}

    def __init__(self, data: Mapping[str, Any] | None = None):
        super().__init__(data, initial={"language": get_language()})
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        channel, address, secret = given.get("channel"), given.get("address", ""), given.get("secret", "")
        if channel == Channel.MANAGERS:
            given |= {"address": "", "secret": ""}
        elif channel == Channel.EMAIL:
            given["secret"] = ""
            self._check_email(address)
        elif channel == Channel.WEBHOOK:
            self._check_webhook(address, secret)
        return given

    def _check_email(self, address: str) -> None:
        try:
            validate_email(address)
        except ValidationError:
            self.add_error("address", _("This is not an e-mail address."))

    def _check_webhook(self, address: str, secret: str) -> None:
        try:
            check_url(address)
        except ForbiddenPlace as forbidden:
            self.add_error("address", str(forbidden))
        if not is_usable(secret):
            self.add_error(
                "secret",
                _("Give a secret of %(least)s to %(most)s characters, or whsec_ and as many bytes in base64.")
                % {"least": SHORTEST, "most": LONGEST},
            )
