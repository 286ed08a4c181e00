"""The filters of the pages that list dialogues."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset, Dialogue, Split
from dialogues.querysets import DialogueQuerySet
from dialogues.search.finding import Search
from dialogues.search.query import TYPED_MOST, Query
from dialogues.search.tokens import facets
from ecc_site.core.filters import FilterForm
from ecc_site.core.language import Language

FACETS = ("dataset", "split", "language")
ANSWERS = [("", _("any or none")), ("end", _("end model")), ("cloud", _("cloud model")), ("human", _("human agent"))]


class WordsField(forms.CharField):
    """Whatever is typed is a text to look for."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(str(value or "").replace("\x00", " ")[:TYPED_MOST]))


class DialogueFilter(FilterForm):
    q = WordsField(
        label=_("Words"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": TYPED_MOST, "autocomplete": "off"}),
    )
    dataset = forms.ModelChoiceField(
        Dataset.objects.all(), label=_("Dataset"), required=False, empty_label=_("all datasets")
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("all languages")), *Language.choices]
    )
    split = forms.ChoiceField(label=_("Split"), required=False, choices=[("", _("all splits")), *Split.choices])
    answers = forms.ChoiceField(label=_("Answers by"), required=False, choices=ANSWERS)
    turns_from = forms.IntegerField(label=_("Turns from"), required=False, min_value=0, max_value=10**6)
    turns_to = forms.IntegerField(label=_("Turns to"), required=False, min_value=0, max_value=10**6)

    def search(self, dataset: Dataset | None = None) -> Search:
        """What the values ask for, in one dataset where it is given."""
        values = self._within(dataset)
        where = {name: getattr(values[name], "pk", values[name]) for name in FACETS if name in values}
        query = Query.typed(values["q"]) if "q" in values else None
        # The index answers for `where`; asked again, SQLite would walk through the whole dataset for a page of ids.
        return Search(self.narrow(Dialogue.objects.all()), query, facets(**where))

    def trail(self, dataset: Dataset | None = None) -> str:
        """The same as a query string, for the page of a hit, which links to its neighbours."""
        return urlencode({name: getattr(value, "pk", value) for name, value in self._within(dataset).items()})

    def _within(self, dataset: Dataset | None) -> dict[str, Any]:
        return self.values | ({"dataset": dataset} if dataset else {})

    def narrow(self, dialogues: DialogueQuerySet) -> DialogueQuerySet:
        """The filters that the index does not know."""
        values = self.values
        dialogues = dialogues.of_length(values.get("turns_from"), values.get("turns_to"))
        return dialogues.answered_by(values["answers"]) if "answers" in values else dialogues
