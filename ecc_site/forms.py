"""Forms of the pages about people."""

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from ecc_site.core.filters import FilterForm
from ecc_site.core.roles import ANNOTATOR, LABELS


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
