"""Versions for the admin; moves of aliases and cloud calls can be read but not changed."""

from django.contrib import admin

from ecc_site.core.read_only_admin import ReadOnlyAdmin
from serving.models import AliasMove, CloudCall, RedactionPattern, Version


@admin.register(Version)
class VersionAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "model", "state", "created_at"]
    list_filter = ["kind", "state"]


@admin.register(AliasMove)
class AliasMoveAdmin(ReadOnlyAdmin):
    list_display = ["name", "before", "after", "by", "reason", "at"]


@admin.register(CloudCall)
class CloudCallAdmin(ReadOnlyAdmin):
    list_display = ["version", "purpose", "outcome", "tokens_in", "tokens_out", "created_at"]


@admin.register(RedactionPattern)
class RedactionPatternAdmin(ReadOnlyAdmin):
    list_display = ["name", "expression", "active", "created_by", "created_at"]
