"""Django's admin, for the role admin only: a lesser role gets 403, a stranger is sent to sign in. It is audited."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
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


class People(Audited):
    """Nobody takes their own rights away, or the account itself: the site would be left without an admin."""

    own_rights = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *self.own_rights) if obj == request.user else fields

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is not None and obj != request.user and super().has_delete_permission(request, obj)


def _named(obj: Model) -> str:
    return f"{obj._meta.verbose_name}: {obj}"


class AdminSite(admin.AdminSite):
    site_header = site_title = "ECC"
    login_form = AuthenticationForm  # the role decides, not Django's flag is_staff

    def has_permission(self, request: HttpRequest) -> bool:
        is_admin = request.user.is_active and has_role(request.user, ADMIN)
        if request.user.is_authenticated and not is_admin:
            raise PermissionDenied(ADMIN)
        return is_admin

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        """The page that everybody has, which writes the audit log."""
        return redirect("password_change")

    def register(self, models: Any, admin_class: type | None = None, **options: Any) -> None:  # type: ignore[override]
        """As in Django, and audited, also for models of other packages. Groups are the roles, which do not change."""
        if models is Group or models == [Group]:
            return
        base, ours = admin_class or admin.ModelAdmin, People if models is User else Audited
        super().register(models, type(base.__name__, (ours, base), {}), **options)
