"""The three roles: admin includes manager includes annotator. A role is membership of the group of that name."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control

from ecc_site.core.sign_in import ask_to_sign_in

ANNOTATOR, MANAGER, ADMIN = "annotator", "manager", "admin"
RANKS = {ANNOTATOR: 1, MANAGER: 2, ADMIN: 3}
LABELS = {ANNOTATOR: _("annotator"), MANAGER: _("manager"), ADMIN: _("admin")}
View = Callable[..., HttpResponseBase]


def rank(user: Any) -> int:
    """0 for a stranger, else 1 annotator, 2 manager, 3 admin; cached on the user for the rest of the request."""
    if not user.is_authenticated:
        return 0
    if not hasattr(user, "_rank"):
        ranks = (RANKS.get(group.name, 0) for group in user.groups.all())
        user._rank = RANKS[ADMIN] if user.is_superuser else max(ranks, default=0)
    return user._rank


def has_role(user: Any, role: str) -> bool:
    return rank(user) >= RANKS[role]


def role_of(user: Any) -> str:
    """The highest role of a person, "" for none."""
    return next((role for role, its_rank in RANKS.items() if its_rank == rank(user)), "")


def role_label(user: Any) -> str:
    """The role in the reader's language."""
    return str(LABELS.get(role_of(user), _("no role")))


def set_role(user: User, role: str) -> None:
    """Give a stored user this role, "" for none, and no other."""
    user.groups.remove(*Group.objects.filter(name__in=RANKS))
    if role:
        user.groups.add(Group.objects.get(name=role))
    if role != ADMIN:
        User.objects.filter(pk=user.pk).update(is_superuser=False, is_staff=False)
        user.is_superuser = user.is_staff = False
    user.__dict__.pop("_rank", None)


def role_required(role: str) -> Callable[[View], View]:
    """Send a stranger to sign in; answer 403 to a person with a lesser role."""

    def decorate(view: View) -> View:
        @wraps(view)
        @cache_control(private=True, no_store=True)  # such pages show what people said: no browser keeps a copy
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return ask_to_sign_in(request)
            if not has_role(request.user, role):
                raise PermissionDenied(role)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


class AdminsMayDoAll(ModelBackend):
    """In Django's admin the role admin may do everything, without permissions for each model."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return user_obj.is_active and has_role(user_obj, ADMIN)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return self.has_perm(user_obj, app_label)


def rank_of_visitor(request: HttpRequest) -> dict[str, bool]:
    """Context processor: which parts of the navigation to show."""
    user = getattr(request, "user", None)
    visitor_rank = rank(user) if user else 0
    return {"is_annotator": visitor_rank >= 1, "is_manager": visitor_rank >= 2, "is_admin": visitor_rank >= 3}
