"""The forms of managers who make and change rounds of review."""

from __future__ import annotations

import random
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dialogues.models import Comparison, Dataset
from ecc_site.core.form_fields import RowsField
from ecc_site.core.roles import RANKS
from review.drawn import BrokenSeal, DrawnRound
from review.models import Round, RoundItem, Tag
from review.models.rounds import shop_day
from review.rounds.fields import ComparisonsField, DrawnField, TagsField
from review.rounds.selection import LARGEST, Selection
from serving.models import Version

BY_ITSELF = (RoundItem.Stratum.GOLD, RoundItem.Stratum.CHOSEN)  # no order of a queue
ORDERS = [choice for choice in RoundItem.Stratum.choices if choice[0] not in BY_ITSELF]

LABELS = {
    "name": _("Round name"),
    "deadline": _("Deadline"),
    "closes_at_deadline": _("Close at the deadline"),
    "annotators": _("Annotators"),
    "guideline": _("Guideline"),
    "teach_preferred": _("Also teach the agents' replies that reviewers prefer"),
    "teach_ties": _("Also teach the agents' replies in ties"),
}
HELP = {
    "deadline": _("The last day, in the time zone of the shop."),
    "closes_at_deadline": _("After that day it takes no verdict; else it only stands out."),
    "annotators": _("Nobody chosen: all annotators."),
    "guideline": _("Markdown; beside each item. A change makes a new version."),
    "teach_preferred": _("Corrections are always taught; a reply of the cloud model only by teacher labelling."),
    "teach_ties": "",
}


class EditRoundForm(forms.ModelForm):
    """What can be changed as long as a round lives: what its verdicts mean stays as it was."""

    error_tags = TagsField(label=_("Error tags"), help_text=_("Words for what can be wrong, between commas."))
    signals = forms.MultipleChoiceField(
        label=_("Signals"),
        choices=Round.Signal.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What annotators may say of the end answer with one more key."),
    )

    class Meta:
        model = Round
        fields = [
            "name",
            "deadline",
            "closes_at_deadline",
            "annotators",
            "guideline",
            "signals",
            "error_tags",
            "teach_preferred",
            "teach_ties",
        ]
        labels = LABELS
        help_texts = HELP
        field_classes = {"annotators": RowsField}
        widgets = {
            "guideline": forms.Textarea(attrs={"rows": 6}),
            "deadline": forms.DateInput(attrs={"type": "date"}),
            "annotators": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, groups__name__in=RANKS).distinct().order_by("username")
        self.fields["annotators"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("closes_at_deadline") and "deadline" not in self.errors:
            day = values.get("deadline")
            if day is None:
                self.add_error("deadline", gettext("A round that closes at its deadline needs one."))
            elif day < shop_day() and self.instance.is_open:
                self.add_error("deadline", gettext("This day is over, so the round would close at once."))
        return values


class RoundForm(EditRoundForm):
    """All of a new round: what is reviewed, by whom and how, and what becomes of it."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=Round.Purpose.choices)
    kind = forms.ChoiceField(label=_("Reference answers from"), choices=Comparison.Kind.choices[:2])
    versions = RowsField(Version.objects.end(), label=_("End models"), widget=forms.CheckboxSelectMultiple)
    order = forms.ChoiceField(label=_("Order"), choices=ORDERS)
    size = forms.IntegerField(label=_("Number of comparisons"), min_value=1, max_value=LARGEST, initial=200)
    random_percent = forms.IntegerField(
        label=_("Of them at random, in %"),
        min_value=0,
        max_value=100,
        initial=10,
        help_text=_("Kept apart, for statistics without the bias of the order."),
    )
    seed = forms.IntegerField(label=_("Seed"), required=False, min_value=0, max_value=2**31 - 1)
    low = forms.FloatField(label=_("Final score from"), required=False, min_value=0, max_value=1)
    high = forms.FloatField(label=_("Final score to"), required=False, min_value=0, max_value=1)
    theta_rule = forms.TypedChoiceField(
        label=_("Θ rule"),
        required=False,
        choices=[("", _("all")), ("yes", _("applied")), ("no", _("did not apply"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
    )
    tag = forms.ModelChoiceField(Tag.objects.filter(active=True), label=_("Tag"), required=False)
    against_people = forms.BooleanField(label=_("Only where the score and a person disagree"), required=False)
    comparisons = ComparisonsField()
    drawn = DrawnField()
    gold_round = forms.ModelChoiceField(
        Round.objects.all(),
        label=_("Gold items from the round"),
        required=False,
        help_text=_("Items that a manager decided, or that all agree on."),
    )
    gold_count = forms.IntegerField(label=_("Number of gold items"), min_value=0, max_value=1000, initial=0)
    overlap = forms.IntegerField(label=_("Reviewers per comparison"), min_value=1, max_value=10, initial=1)
    overlap_percent = forms.IntegerField(
        label=_("For this share of the dialogues, in %"),
        min_value=0,
        max_value=100,
        initial=100,
        help_text=_("The others get one reviewer."),
    )

    SEARCH = (
        *("versions", "order", "size", "random_percent", "seed"),
        *("low", "high", "theta_rule", "tag", "against_people"),
    )
    WHAT = ("name", "purpose", "kind", *SEARCH)
    WHO = (
        *("annotators", "overlap", "overlap_percent", "deadline", "closes_at_deadline"),
        *("propagates", "gold_round", "gold_count"),
    )
    HOW = ("blind", "sides", "scores", "guideline", "signals", "error_tags")
    AFTER = ("teach_preferred", "teach_ties")

    class Meta(EditRoundForm.Meta):
        fields = [*EditRoundForm.Meta.fields, "kind", "purpose", "overlap", "blind", "sides", "scores", "propagates"]
        labels = {
            **LABELS,
            "blind": _("Blind"),
            "sides": _("Sides"),
            "scores": _("Scores"),
            "propagates": _("Review identical pairs once"),
        }
        help_texts = {
            **HELP,
            "blind": _("Names, colours and scores only after the verdict."),
            "propagates": _("The same question with the same answers; the others follow, and are marked."),
        }

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.dataset = dataset
        self.fields["gold_round"].queryset = dataset.rounds.all()  # type: ignore[attr-defined]
        self.fields["drawn"].dataset = dataset.pk  # type: ignore[attr-defined]
        self.is_drawn = bool(self["drawn"].value())
        self.is_by_hand = not self.is_drawn and bool(self["comparisons"].value())
        settled = ("purpose", "kind", *self.SEARCH) if self.is_drawn else self.SEARCH if self.is_by_hand else ()
        for name in settled:
            del self.fields[name]

    @property
    def chosen_count(self) -> int:
        """How many were chosen by hand."""
        value = self["comparisons"].value() or ()
        return len(value.split(",") if isinstance(value, str) else value)

    @property
    def drawn_count(self) -> int:
        """How many were drawn by chance; 0 where that cannot be read."""
        try:
            return len(DrawnRound.unsealed(self["drawn"].value() or "", self.dataset.pk).comparisons)
        except BrokenSeal:
            return 0

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        titles = (gettext("What is reviewed"), gettext("By whom"), gettext("How"), gettext("What becomes of it"))
        parts = (self.WHAT, self.WHO, self.HOW, self.AFTER)
        return [
            (title, [self[name] for name in part if name in self.fields])
            for title, part in zip(titles, parts, strict=True)
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        low, high = values.get("low"), values.get("high")
        if low is not None and high is not None and low > high:
            self.add_error("high", gettext("This is below the score that it begins with."))
        return values

    def round(self) -> Round:
        """The round, not stored yet."""
        made, values = self.instance, self.cleaned_data
        made.dataset = self.dataset
        if drawn := values.get("drawn"):
            made.purpose, made.kind = drawn.purpose, drawn.kind
        made.overlap_share = values["overlap_percent"] / 100
        seed = values.get("seed")
        made.seed = random.randrange(2**31) if seed is None else seed
        return made

    @property
    def selection(self) -> Selection:
        values = self.cleaned_data
        gold = values["gold_round"]
        mixed_in: dict[str, Any] = {"gold_round": gold.pk if gold else None}
        mixed_in["gold_count"] = values["gold_count"] if gold else 0
        if drawn := values["drawn"]:
            own = {"versions": drawn.versions, "comparisons": drawn.comparisons, "drawn": drawn.drawn}
            return Selection(order=RoundItem.Stratum.RANDOM.value, size=len(drawn.comparisons), **own, **mixed_in)
        if self.is_by_hand:
            chosen = values["comparisons"]
            return Selection((), RoundItem.Stratum.CHOSEN.value, len(chosen), comparisons=chosen, **mixed_in)
        tag = values["tag"]
        return Selection(
            versions=tuple(version.pk for version in values["versions"]),
            random_share=values["random_percent"] / 100,
            tag=tag.pk if tag else None,
            **{name: values[name] for name in ("order", "size", "low", "high", "theta_rule", "against_people")},
            **mixed_in,
        )


def initial_of(round_: Round) -> dict[str, Any]:
    """What the form of a new round begins with to make the same again."""
    kept = Selection.of(round_)
    yes_or_no = {None: "", True: "yes", False: "no"}[kept.theta_rule]
    own = {name: getattr(round_, name) for name in RoundForm.Meta.fields if name != "annotators"}
    if round_.days_over:
        own |= {"deadline": None, "closes_at_deadline": False}
    return {
        **own,
        **kept.as_json(),
        "drawn": _drawn_again(round_, kept),
        "name": gettext("%(round)s, again") % {"round": round_},
        "annotators": round_.annotators.all(),
        "theta_rule": yes_or_no,
        "random_percent": round(100 * kept.random_share),
        "overlap_percent": round(100 * round_.overlap_share),
        "seed": round_.seed,
    }


def _drawn_again(round_: Round, kept: Selection) -> str:
    if kept.drawn is None:
        return ""
    where = (round_.dataset_id, round_.kind, round_.purpose)
    return DrawnRound(*where, kept.versions, kept.comparisons, kept.drawn).sealed()
