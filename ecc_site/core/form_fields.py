"""Fields that forms of several apps have."""

from __future__ import annotations

from typing import Any

from django import forms


class RowsField(forms.ModelMultipleChoiceField):
    """Rows chosen by their ids. An id that is too large for any row is refused as one that no row has."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError:
            wrong = {"value": max(map(str, value), key=len)[:30]}
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", wrong) from None
