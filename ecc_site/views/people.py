"""The people of the site, for admins: who they are, what they may do, and whether they can sign in."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecc_site import people as acts
from ecc_site.core.api_tokens import revoke_tokens_of
from ecc_site.core.errors import errors_as_messages
from ecc_site.core.fragments import page_or_fragment
from ecc_site.core.keyset import keyset_page
from ecc_site.core.models import ApiToken
from ecc_site.core.requests import Request
from ecc_site.core.roles import ADMIN, role_label, role_of, role_required
from ecc_site.core.sign_in_limits import locked_names
from ecc_site.forms import NewPersonForm, PeopleFilter, RoleForm


@require_safe
@role_required(ADMIN)
def people(request: Request) -> HttpResponse:
    form = PeopleFilter(request.GET)
    rows = User.objects.filter(**form.values).prefetch_related("groups")
    page = keyset_page(rows, ("username",), request.GET.get("after", ""))
    context = {
        "form": form,
        "page": page,
        "people": [(user, role_label(user)) for user in page.rows],
        "locked": locked_names([user.username for user in page.rows]),
    }
    return page_or_fragment(request, "ecc_site/people.html", "ecc_site/_people.html", context)


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(ADMIN)
def add(request: Request) -> HttpResponse:
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.save(commit=False)
        acts.add_person(user, form.cleaned_data["role"], by=request.user)
        messages.success(request, _("%(name)s can sign in now.") % {"name": user})
        return redirect("person", user.pk)
    return render(request, "ecc_site/add_person.html", {"form": form})


@require_safe
@role_required(ADMIN)
def person(request: Request, pk: int) -> HttpResponse:
    shown = get_object_or_404(User, pk=pk)
    context = {
        "person": shown,
        "role": role_label(shown),
        "role_form": RoleForm(initial={"role": role_of(shown)}),
        "is_locked": bool(locked_names([shown.username])),
        "token_count": ApiToken.objects.usable().filter(user=shown).count(),
    }
    return render(request, "ecc_site/person.html", context)


@require_POST
@role_required(ADMIN)
def change_role(request: Request, pk: int) -> HttpResponse:
    user, form = get_object_or_404(User, pk=pk), RoleForm(request.POST)
    if form.is_valid():
        with errors_as_messages(request):
            acts.change_role(user, form.cleaned_data["role"], by=request.user)
    return redirect("person", pk)


@require_POST
@role_required(ADMIN)
def set_active(request: Request, pk: int) -> HttpResponse:
    """Enable with `active=yes`, else disable."""
    user = get_object_or_404(User, pk=pk)
    with errors_as_messages(request):
        acts.set_active(user, request.POST.get("active") == "yes", by=request.user)
    return redirect("person", pk)


@require_POST
@role_required(ADMIN)
def unlock(request: Request, pk: int) -> HttpResponse:
    acts.unlock(get_object_or_404(User, pk=pk), by=request.user)
    return redirect("person", pk)


@require_POST
@role_required(ADMIN)
def revoke_tokens(request: Request, pk: int) -> HttpResponse:
    revoke_tokens_of(get_object_or_404(User, pk=pk), by=request.user)
    return redirect("person", pk)
