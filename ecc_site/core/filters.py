"""The filter bar of a page: a form that is read from the URL and ignores values it does not know."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms


class FilterForm(forms.Form):
    """Subclasses declare optional fields; `values` holds those that were filled in with a valid value."""

    def __init__(self, data: Mapping[str, Any], **kwargs: Any):
        super().__init__(data or {}, **kwargs)
        self.is_valid()

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def query(self) -> str:
        """The valid values as a query string, for links that should preserve them."""
        return query_of(self.values)


def query_of(values: Mapping[str, Any]) -> str:
    """Values of a form as a query string; rows by their ids."""
    return urlencode({name: getattr(value, "pk", value) for name, value in values.items()})
