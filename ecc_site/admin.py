"""Django's admin, for the role admin only: a lesser role gets 403, a stranger is sent to sign in."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied


class ReviewSiteAdmin(AdminConfig):
    default_site = "ecc_site.admin.AdminSite"


class AdminSite(admin.AdminSite):
    site_header = site_title = "ECC"

    def has_permission(self, request) -> bool:
        from ecc_site.kit.roles import rank

        allowed = request.user.is_active and rank(request.user) >= 3
        if request.user.is_authenticated and not allowed:
            raise PermissionDenied
        return allowed
