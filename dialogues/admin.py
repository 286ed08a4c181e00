"""Datasets in Django's admin."""

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from dialogues.models import Dataset


@admin.register(Dataset)
class DatasetAdmin(admin.ModelAdmin):
    list_display = ["name", "dialogue_count", "open_turn_count", "never_leaves", "created_at"]
    readonly_fields = ["dialogue_count", "open_turn_count", "created_by"]

    def save_model(self, request: HttpRequest, obj: Dataset, form: ModelForm, change: bool) -> None:
        """Only what was changed here: an import may have counted in the same row since it was read."""
        obj.save(update_fields=form.changed_data if change else None)
