"""Forms of the memory's pages: the filter, an entry, a question to try."""

from typing import Any, cast

from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ecc_site.core.erasing import ERASED
from ecc_site.core.filters import FilterForm
from ecc_site.core.language import Language
from knowledge.models import Entry, EntryRevision
from knowledge.models.entries import ALL_WORDINGS, LONGEST
from knowledge.models.pairs import MERGED_ALIKE

ANY_LANGUAGE = [("", _("any language")), *Language.choices]


class EntryFilter(FilterForm):
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("active and proposed")), *Entry.State.choices]
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("all kinds")), *Entry.Kind.choices])
    source = forms.ChoiceField(
        label=_("Source"), required=False, choices=[("", _("all sources")), *Entry.Source.choices]
    )
    contains = forms.CharField(label=_("Contains"), required=False, max_length=100)


class EntryForm(forms.ModelForm):
    wordings = forms.CharField(
        label=_("Questions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": ALL_WORDINGS}),
        help_text=_("One a line. A reply needs at least one; facts and rules have none."),
    )

    language = forms.ChoiceField(label=MERGED_ALIKE["language"], required=False, choices=ANY_LANGUAGE)
    seen = forms.IntegerField(  # the revision that the person changes
        required=False, min_value=0, max_value=models.BigIntegerField.MAX_BIGINT, widget=forms.HiddenInput
    )
    field_order = ("seen",)

    class Meta:
        model = Entry
        fields = ("kind", "wordings", "text", "context", "language", "valid_from", "valid_until", "never_leaves")
        labels = {
            **MERGED_ALIKE,
            "text": _("Reply, fact or rule"),
            "never_leaves": _("Never leaves"),
        }
        help_texts = {
            "text": "",
            "context": _("Only for a question that says nothing alone, such as “and for kids?”."),
            "never_leaves": _("It is in no prompt that goes to a cloud model."),
        }
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST}),
            "context": forms.Textarea(attrs={"rows": 1, "maxlength": 1000}),  # a message may go over several lines
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["wordings"].initial = "\n".join(" ".join(text.split()) for text in self._questions)
            self.fields["seen"].initial = self.instance.revision
            self.fields["kind"].disabled = True
            self.fields["never_leaves"].disabled = self.instance.never_leaves  # once marked, it stays so

    def clean_wordings(self) -> list[str]:
        lines = [line for text in self.cleaned_data["wordings"].splitlines() if (line := text.strip())]
        if len("\n".join(lines)) > ALL_WORDINGS:
            raise forms.ValidationError(_("At most %(count)s characters.") % {"count": ALL_WORDINGS})
        stored = self._stored
        return [stored[line].pop(0) if stored.get(line) else line for line in lines]

    @property
    def _stored(self) -> dict[str, list[str]]:
        """Its questions, now and earlier, by the line that each is on the page: one may go over several."""
        stored: dict[str, list[str]] = {}
        earlier = sorted(self.instance.revisions.questions()) if self.instance.pk else []
        for text in dict.fromkeys([*self._questions, *earlier]):
            stored.setdefault(" ".join(text.split()), []).append(text)
        return stored

    @property
    def _questions(self) -> list[str]:
        return [wording.text for wording in self.instance.wordings.all()] if self.instance.pk else []

    @property
    def _content_seen(self) -> dict[str, Any]:
        """What the entry was when the page was opened; empty where nothing says."""
        return self._revision_seen.content if self._revision_seen else {}

    @cached_property
    def _revision_seen(self) -> EntryRevision | None:
        number = self.cleaned_data.get("seen")
        return self.instance.revisions.filter(number__lte=number).first() if number and self.instance.pk else None

    def clean_text(self) -> str:
        text = _as_stored(self.cleaned_data["text"])
        if text == ERASED:
            raise forms.ValidationError(_("This text marks what was erased; use other words."))
        return text

    def clean_context(self) -> str:
        return _as_stored(self.cleaned_data["context"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.instance.is_erased:
            raise forms.ValidationError(_("This entry was erased; nothing can be written into it any more."))
        if self.instance.pk and values.get("seen") not in (None, self.instance.revision):
            self._refuse_what_is_outdated()
        if values.get("kind") == Entry.Kind.REPLY and not values.get("wordings") and "wordings" not in self.errors:
            self.add_error("wordings", _("A reply needs the question that it answers."))
        if values.get("kind") != Entry.Kind.REPLY:
            values["wordings"], values["context"] = [], ""
        begins, ends = values.get("valid_from"), values.get("valid_until")
        if begins and ends and begins > ends:
            self.add_error("valid_until", _("It ends before it begins."))
        if len(values.get("text", "")) > LONGEST:
            self.add_error("text", _("At most %(count)s characters.") % {"count": LONGEST})
        return values

    def _refuse_what_is_outdated(self) -> None:
        """Once: what is sent next has seen what is there now."""
        later = self.instance.revisions.filter(number__gt=self.cleaned_data["seen"]).select_related("by")
        people = dict.fromkeys(str(revision.by or _("somebody")) for revision in reversed(later))
        if changed := self._changed_meanwhile():
            text = _(
                "Meanwhile %(who)s changed this entry (%(what)s); the newest revision says how. "
                "Save again to replace it."
            )
            self.add_error(None, text % {"who": gettext(", ").join(people), "what": gettext(", ").join(changed)})
            sent = cast(QueryDict, self.data).copy()
            sent[self.add_prefix("seen")] = str(self.instance.revision)
            self.data = sent

    def _changed_meanwhile(self) -> list[str]:
        """What is another now than when the page was opened."""
        newest, was = self.instance.revisions.all()[0], self._content_seen
        changed = [str(field.label) for name, field in self.fields.items() if was.get(name) != newest.content.get(name)]
        is_other_state = self._revision_seen and self._revision_seen.state != newest.state
        return [*changed, gettext("State")] if is_other_state else changed

    @property
    def content(self) -> dict[str, Any]:
        """The columns and wordings, for Entry.objects.add and Entry.change."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def _as_stored(text: str) -> str:
    """With the ends of lines that the memory has; a browser sends others."""
    return text.replace("\r\n", "\n")


class FaqForm(forms.Form):
    file = forms.FileField(
        label=_("File"), help_text=_("CSV with the columns question and reply, or one JSON object a line.")
    )


class TrialForm(forms.Form):
    question = forms.CharField(label=_("A customer asks"), max_length=LONGEST)
    context = forms.CharField(label=_("after (optional)"), required=False, max_length=LONGEST)
