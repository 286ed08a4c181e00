"""Django's admin, for the role admin only: a lesser role gets 403, a stranger is sent to sign in. It is audited."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator

from ecc_site.core.models import Act, AuditEntry
from ecc_site.core.requests import Request
from ecc_site.core.roles import ADMIN, has_role


class Audited(admin.ModelAdmin):
    """Writes the audit log where Django writes the admin's own."""

    def log_addition(self, request: Request, obj: Model, message: Any) -> LogEntry:  # type: ignore[override]
        return self._audit(request, Act.ADDED, super().log_addition(request, obj, message), obj)

    def log_change(self, request: Request, obj: Model, message: Any) -> LogEntry:  # type: ignore[override]
        return self._audit(request, Act.CHANGED, super().log_change(request, obj, message), obj)

    def log_deletions(self, request: Request, queryset: QuerySet) -> Any:  # type: ignore[override]
        for obj in queryset:
            AuditEntry.objects.record(Act.DELETED, _named(obj), by=request.user)
        return super().log_deletions(request, queryset)

    @method_decorator(transaction.atomic)  # deleting what was ticked is one act with its entries in the log
    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return super().changelist_view(request, extra_context)

    def _audit(self, request: Request, act: Act, entry: LogEntry, obj: Model) -> LogEntry:
        AuditEntry.objects.record(act, _named(obj), by=request.user, detail=entry.get_change_message())
        return entry


def _named(obj: Model) -> str:
    return f"{obj._meta.verbose_name}: {obj}"


class AdminSite(admin.AdminSite):
    site_header = site_title = "ECC"
    login_form = AuthenticationForm  # the role decides, not Django's flag is_staff

    def has_permission(self, request: HttpRequest) -> bool:
        is_admin = request.user.is_active and has_role(request.user, ADMIN)
        if request.user.is_authenticated and not is_admin:
            raise PermissionDenied
        return is_admin

    def register(self, models: Any, admin_class: type | None = None, **options: Any) -> None:  # type: ignore[override]
        """As in Django, and audited, also for models of other packages."""
        base = admin_class or admin.ModelAdmin
        super().register(models, type(base.__name__, (Audited, base), {}), **options)
