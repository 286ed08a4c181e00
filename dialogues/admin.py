"""Datasets in Django's admin."""

from django.contrib import admin

from dialogues.models import Dataset


@admin.register(Dataset)
class DatasetAdmin(admin.ModelAdmin):
    list_display = ["name", "dialogue_count", "open_turn_count", "never_leaves", "created_at"]
    readonly_fields = ["dialogue_count", "open_turn_count", "created_by"]
