"""What is wrong with a form, where there is no form on the page to say it beside its fields."""

from django import forms


def problem_of(form: forms.BaseForm) -> str:
    """All its errors as one text."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)
