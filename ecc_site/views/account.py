"""What everybody does with their own account."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from ecc_site.core.models import Act, AuditEntry
from ecc_site.core.requests import Request


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@cache_control(no_store=True)
def change_password(request: Request) -> HttpResponse:
    """It ends the person's sessions in other browsers."""
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user = form.save()
            AuditEntry.objects.record(Act.CHANGED_PASSWORD, user, by=user)
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed."))
        return redirect("password_change")
    return render(request, "registration/change_password.html", {"form": form})
