"""The forms for uploading a file and for filtering dialogues."""

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from dialogues.importing import FORMATS
from dialogues.models import Dataset


class UploadForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("JSONL: one dialogue per line, {turns: [{role, text}]}"))
    dataset_name = forms.CharField(
        label=_("Dataset name"),
        max_length=200,
        required=False,
        help_text=_("An existing name adds to that dataset. If empty, the file name is used."),
    )
    file_format = forms.ChoiceField(label=_("Format"), choices=[(name, name.upper()) for name in FORMATS])
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

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("file") and not cleaned.get("dataset_name"):
            cleaned["dataset_name"] = Path(cleaned["file"].name).stem[:200]
        target = Dataset.objects.filter(name=cleaned.get("dataset_name", "")).first()
        if target and not target.takes_imports:
            sentence = _("%(name)s is a built-in dataset and takes no imports. Choose another name.")
            self.add_error("dataset_name", sentence % {"name": target})
        return cleaned
