from django.contrib import admin

from ecc_site.core.read_only_admin import ReadOnlyAdmin
from scoring.models import Profile, ScorerSet


@admin.register(ScorerSet)
class ScorerSetAdmin(ReadOnlyAdmin):
    list_display = ["similarity", "match", "theta", "created_at", "used_at"]


@admin.register(Profile)
class ProfileAdmin(ReadOnlyAdmin):
    list_display = ["dataset", "scorer_set", "revision", "alpha", "theta", "threshold", "active", "author", "reason"]
