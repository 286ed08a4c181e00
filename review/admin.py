"""Rounds and the log of verdicts in Django's admin."""

from django.contrib import admin
from django.http import HttpRequest

from ecc_site.core.read_only_admin import ReadOnlyAdmin
from review.models import LearnedScorer, Round, VerdictRevision


@admin.register(Round)
class RoundAdmin(admin.ModelAdmin):
    list_display = ["name", "dataset", "purpose", "overlap", "is_open", "verdict_count", "wanted_count"]
    list_filter = ["is_open"]
    fields = ["name", "guideline", "guideline_version", "is_open"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A round is made together with its items and assignments, on the page of a dataset."""
        return False


@admin.register(VerdictRevision)
class VerdictRevisionAdmin(ReadOnlyAdmin):
    list_display = ["verdict", "preference", "withdrawn", "created_at"]


@admin.register(LearnedScorer)
class LearnedScorerAdmin(ReadOnlyAdmin):
    list_display = ["dataset", "kind", "verdict_count", "active", "author", "created_at"]
