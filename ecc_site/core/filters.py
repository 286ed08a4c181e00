"""The filter bar of a page: a form read from the URL, whose bad values are dropped instead of refusing the page."""

from urllib.parse import urlencode

from django import forms
from django.http import QueryDict


class FilterForm(forms.Form):
    """Subclasses declare optional fields; `values` has what the visitor chose and could choose."""

    def __init__(self, data: QueryDict, **kwargs):
        super().__init__(data or {}, **kwargs)
        self.is_valid()

    @property
    def values(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def query(self) -> str:
        """The choices as a query string, for links that keep them."""
        return urlencode({name: getattr(value, "pk", value) for name, value in self.values.items()})
