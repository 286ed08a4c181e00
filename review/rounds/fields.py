"""Fields of the forms of rounds whose values are more than one word or number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext

from review.drawn import BrokenSeal, DrawnRound

MOST_TAGS, LONGEST_TAG = 20, 40
MOST_CHOSEN = 500  # comparisons, by hand


class TagsField(forms.CharField):
    """Words between commas, Chinese commas or line ends, as a list."""

    def __init__(self, **kwargs: Any):
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        said = super().to_python(value) or ""
        for separator in "，、\n":
            said = said.replace(separator, ",")
        tags = list(dict.fromkeys(tag.strip() for tag in said.split(",") if tag.strip()))
        if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            limits = {"count": MOST_TAGS, "length": LONGEST_TAG}
            raise forms.ValidationError(gettext("At most %(count)s tags of at most %(length)s characters.") % limits)
        return tags


class ComparisonsField(forms.CharField):
    """Ids between commas, as a tuple."""

    def __init__(self, **kwargs: Any):
        super().__init__(required=False, widget=forms.HiddenInput, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ",".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> tuple[int, ...]:  # type: ignore[override]
        parts = [part for part in (super().to_python(value) or "").split(",") if part]
        if not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in parts):
            raise forms.ValidationError(gettext("The chosen comparisons cannot be read; choose them again."))
        if len(parts) > MOST_CHOSEN:
            raise forms.ValidationError(
                gettext("At most %(count)s comparisons can be chosen.") % {"count": MOST_CHOSEN}
            )
        return tuple(dict.fromkeys(map(int, parts)))


class DrawnField(forms.CharField):
    """What was drawn by chance for a round of this dataset, sealed; as a DrawnRound, None where it is empty."""

    def __init__(self, **kwargs: Any):
        super().__init__(required=False, widget=forms.HiddenInput, **kwargs)
        self.dataset: int = 0

    def to_python(self, value: Any) -> DrawnRound | None:  # type: ignore[override]
        try:
            return DrawnRound.unsealed(value, self.dataset) if value else None
        except BrokenSeal as broken:
            raise forms.ValidationError(str(broken)) from broken
