from django import forms
from django.http import QueryDict

from ecc_site.core.filters import FilterForm


class Filter(FilterForm):
    split = forms.ChoiceField(required=False, choices=[("", "every"), ("train", "train"), ("test", "test")])
    size = forms.IntegerField(required=False, min_value=0)


def values(query: str) -> dict:
    return Filter(QueryDict(query)).values


def test_only_what_was_chosen_narrows():
    assert values("") == {}
    assert values("split=&size=") == {}
    assert values("split=test&size=0&other=1") == {"split": "test", "size": 0}


def test_a_bad_value_is_dropped_and_the_good_ones_stay():
    assert values("split=everything&size=3") == {"size": 3}
    assert values("split=test&size=-1") == {"split": "test"}


def test_links_keep_the_choices_and_nothing_else():
    assert Filter(QueryDict("split=test&size=x&after=abc")).query == "split=test"
