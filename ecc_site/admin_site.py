"""Django's admin, for the role admin only: a lesser role gets 403, a stranger is sent to sign in."""

from django.contrib import admin
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from ecc_site.core.roles import ADMIN, has_role


class AdminSite(admin.AdminSite):
    site_header = site_title = "ECC"
    login_form = AuthenticationForm  # the role decides, not Django's flag is_staff

    def has_permission(self, request: HttpRequest) -> bool:
        is_admin = request.user.is_active and has_role(request.user, ADMIN)
        if request.user.is_authenticated and not is_admin:
            raise PermissionDenied
        return is_admin
