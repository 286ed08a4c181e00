"""Forms of pages about people and their tokens, of finding by name, and the filters of dialogues and their scores."""

from datetime import datetime, timedelta

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.querysets import DialogueQuerySet
from dialogues.search.forms import DialogueFilter
from ecc_site.core.api_tokens import scopes_of
from ecc_site.core.filters import FilterForm
from ecc_site.core.models import ApiToken
from ecc_site.core.roles import ANNOTATOR, LABELS
from scoring.models import Score


class FindForm(FilterForm):
    """What to find by its name."""

    q = forms.CharField(label=_("Rounds, datasets, pages and actions"), required=False, max_length=200)


class PeopleFilter(FilterForm):
    """The names are lookups of User."""

    username__icontains = forms.CharField(label=_("User name contains"), required=False, max_length=150)
    is_active = forms.TypedChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("everybody")), ("True", _("active")), ("False", _("disabled"))],
        coerce=lambda value: value == "True",
        empty_value=None,
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[*LABELS.items(), ("", _("no role"))])


class NewPersonForm(UserCreationForm):
    """A name, a first password, a role."""

    role = forms.ChoiceField(label=_("Role"), choices=list(LABELS.items()), initial=ANNOTATOR)

    class Meta:
        model = User
        fields = ["username"]


class TokenForm(forms.Form):
    """What a person may let a program do for them: no more than they may do themselves."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("What will use it, such as “nightly export”."))
    scopes = forms.MultipleChoiceField(label=_("It may"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        initial=90,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("one year")), (0, _("until it is revoked"))],
    )

    def __init__(self, data: QueryDict | None, user: User) -> None:
        super().__init__(data)
        self.fields["scopes"].choices = [(s, f"{s} – {label}") for s, label in scopes_of(user).items()]  # type: ignore[attr-defined]

    @property
    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=days) if days else None


class RevokeForm(forms.Form):
    """Which of their own tokens a person revokes."""

    token = forms.ModelChoiceField(ApiToken.objects.none())

    def __init__(self, data: QueryDict, user: User) -> None:
        super().__init__(data)
        self.fields["token"].queryset = ApiToken.objects.filter(user=user)  # type: ignore[attr-defined]


class DialogueSearch(DialogueFilter):
    """A range of final scores: at least one answer of the dialogue has a score in it."""

    score_from = forms.FloatField(label=_("Score from"), required=False, min_value=0, max_value=1)
    score_to = forms.FloatField(label=_("Score to"), required=False, min_value=0, max_value=1)

    def narrow(self, dialogues: DialogueQuerySet) -> DialogueQuerySet:
        dialogues = super().narrow(dialogues)
        low, high = self.values.get("score_from"), self.values.get("score_to")
        if low is None and high is None:
            return dialogues
        scores = Score.objects.in_range(low, high).filter(comparison__turn__dialogue=OuterRef("pk"))
        return dialogues.filter(Exists(scores))


class DatasetSearch(DialogueSearch):
    """Within one dataset."""

    dataset = None  # type: ignore[assignment]  # so Django leaves a field of the parent out
