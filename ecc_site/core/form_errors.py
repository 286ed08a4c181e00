"""What is wrong with a form, where there is no form on the page to say it beside its fields."""

from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext as _


def problem_of(form: forms.BaseForm) -> str:
    """All its errors as one text; each names its field where that has a label."""
    return " ".join(_sentences(form))


def _sentences(form: forms.BaseForm) -> Iterator[str]:
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else None
        for error in errors:
            yield _("%(field)s: %(problem)s") % {"field": label, "problem": error} if label else str(error)
