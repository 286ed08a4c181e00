"""Forms of the tags' page, and what the desk sends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from dialogues.models import Dataset
from review.models import Tag, TagExample

MOST_EXAMPLES = 200
LONGEST = TagExample._meta.get_field("text").max_length or 0


class TagForm(forms.ModelForm):
    """A tag with its examples. Its kind is chosen once: what was said of turns is kept by kind."""

    examples = forms.CharField(
        label=_("Examples"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Questions of customers, one a line. Turns that are confirmed become examples by themselves."),
    )

    class Meta:
        model = Tag
        fields = ["name", "kind", "description", "position"]
        labels = {"name": _("Name"), "kind": _("Kind"), "description": _("Description"), "position": _("Position")}
        help_texts = {"position": _("The lowest comes first.")}
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["kind"].disabled = True
            self.initial["examples"] = "\n".join(self.instance.examples.values_list("text", flat=True))
        else:
            highest = Tag.objects.aggregate(Max("position"))["position__max"]
            self.initial["position"] = 0 if highest is None else highest + 1

    def clean_examples(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["examples"].splitlines()]
        for number, line in enumerate(lines, start=1):
            if len(line) > LONGEST:
                text = _("Line %(number)s is longer than %(most)s characters.")
                raise ValidationError(text % {"number": number, "most": LONGEST})
        examples = list(dict.fromkeys(filter(None, lines)))
        if len(examples) > MOST_EXAMPLES:
            raise ValidationError(_("At most %(most)s examples are read.") % {"most": MOST_EXAMPLES})
        return examples

    @transaction.atomic
    def save(self, commit: bool = True) -> Tag:
        tag: Tag = super().save(commit)
        texts = self.cleaned_data["examples"]
        tag.examples.exclude(text__in=texts).delete()
        TagExample.objects.bulk_create([TagExample(tag=tag, text=text) for text in texts], ignore_conflicts=True)
        return tag


class SuggestForm(forms.Form):
    dataset = forms.ModelChoiceField(Dataset.objects.order_by("name"), label=_("Dataset"), empty_label=None)


class TurnTagForm(forms.Form):
    """Which tag of a kind a turn has; no tag: none of those that are offered. `account`: who the page belongs to."""

    kind = forms.ChoiceField(choices=Tag.Kind.choices)
    tag = forms.ModelChoiceField(Tag.objects.active(), required=False)
    account = forms.IntegerField(required=False)

    def clean(self) -> dict[str, Any]:
        tag = self.cleaned_data.get("tag")
        if tag and tag.kind != self.cleaned_data.get("kind"):
            raise ValidationError(_("This tag is of another kind."))
        return self.cleaned_data
