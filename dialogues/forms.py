"""The forms for uploading a file, for saying how it is read, and for filtering dialogues."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dialogues.importing.cleaning import STEPS
from dialogues.importing.encodings import ENCODINGS
from dialogues.importing.formats import FORMATS
from dialogues.importing.roles import ROLES
from dialogues.importing.texts import storable
from dialogues.models import Dataset, ImportJob

STEP_LABELS = {
    "control": _("control and invisible characters removed"),
    "unicode": _("full-width letters and digits made plain (Unicode NFKC)"),
    "emoticons": _("emoticon codes such as #E-s21 removed"),
    "spaces": _("needless spaces and empty lines removed"),
    "empty": _("empty turns left out"),
    "joined": _("consecutive turns of one speaker joined"),
    "formulas": _("automatic greetings and closing formulas marked"),
    "near_duplicates": _("near duplicates left out"),
    "redaction": _("personal data replaced by placeholders"),
}

ROLE_LABELS = {"customer": _("customer"), "agent": _("agent"), "event": _("event"), "": _("left out")}
FIELD_LABELS = {
    "dialogue": _("dialogue id"),
    "role": _("role"),
    "text": _("text"),
    "time": _("time"),
    "question": _("question"),
    "answer": _("answer"),
    "id": _("id"),
    "split": _("split"),
    "end": _("end answer"),
    "cloud": _("cloud answer"),
    "verdict": _("verdict"),
    "correction": _("correction"),
    "by": _("annotator"),
}


def refuse_builtin(name: str) -> None:
    """Raise ValidationError for the name of a dataset that takes no imports."""
    target = Dataset.objects.filter(name=name).first()
    if target and not target.takes_imports:
        sentence = _("%(name)s is a built-in dataset and takes no imports. Choose another name.")
        raise forms.ValidationError(sentence % {"name": target})


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "JSON, JSONL, CSV, TSV, Excel, Parquet or a chat log; also as .gz or .zip. The format is recognised."
        ),
    )
    dataset_name = forms.CharField(
        label=_("Dataset name"),
        max_length=200,
        required=False,
        help_text=_("An existing name adds to that dataset. If empty, the file name is used."),
    )
    never_leaves = forms.BooleanField(
        label=_("These dialogues never leave this machine"),
        required=False,
        help_text=_("They are never sent to a cloud model."),
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            limit = settings.IMPORT_MAX_BYTES // 2**20
            raise forms.ValidationError(_("The file is larger than the limit of %(limit)s MiB.") % {"limit": limit})
        return file

    def clean_dataset_name(self) -> str:
        file = self.cleaned_data.get("file")
        name = self.cleaned_data["dataset_name"] or (Path(file.name).name.split(".")[0][:200] if file else "")
        refuse_builtin(name)
        return name


class ChoicesForm(forms.ModelForm):
    """How a file is read and what is cleaned of it. Columns and roles come as pairs of lists, one entry a line."""

    encoding = forms.ChoiceField(
        label=_("Encoding"), required=False, choices=[("", _("automatic")), *((name, name) for name in ENCODINGS)]
    )
    file_format = forms.ChoiceField(label=_("Format"), required=False)
    steps = forms.MultipleChoiceField(
        label=_("Cleaning"), required=False, choices=STEP_LABELS.items(), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ImportJob
        fields = ["dataset_name", "file_format", "encoding", "never_leaves"]
        labels = {"dataset_name": _("Dataset name"), "never_leaves": _("These dialogues never leave this machine")}

    def __init__(self, data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        known = [(name, known.label) for name, known in FORMATS.items()]
        self.fields["file_format"].choices = [("", _("automatic")), *known]  # type: ignore[attr-defined]
        self.fields["dataset_name"].required = True
        self.initial["steps"] = list(self.instance.steps)

    def clean_dataset_name(self) -> str:
        refuse_builtin(self.cleaned_data["dataset_name"])
        return self.cleaned_data["dataset_name"]

    def save(self, commit: bool = True) -> ImportJob:
        self.instance.left_out_steps = [step for step in STEPS if step not in self.cleaned_data["steps"]]
        self.instance.columns = self._pairs("column_field", "column_name", FIELD_LABELS)
        roles = self._pairs("speaker", "speaker_role")
        self.instance.roles = {name: role for name, role in roles.items() if role in ROLES}
        return super().save(commit)

    def _pairs(self, keys: str, values: str, known: Any = None) -> dict[str, str]:
        data = cast(QueryDict, self.data)
        pairs = zip(data.getlist(keys)[:500], data.getlist(values)[:500], strict=False)
        stored = ((storable(key)[:200], storable(value)[:200]) for key, value in pairs)
        return {key: value for key, value in stored if known is None or key in known}
