"""The four accounts of the demo: made in development, refused in production."""

from __future__ import annotations

import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import QuerySet

from ecc_site.core.models import Act, AuditEntry
from ecc_site.env import env_str
from ecc_site.models import DemoAccount
from ecc_site.startup import StartupError

ACCOUNTS = {"annotator": "annotator", "annotator2": "annotator", "manager": "manager", "admin": "admin"}


def password() -> str:
    """ECC_DEMO_PASSWORD, else a random password that is kept in the data folder."""
    chosen = env_str("ECC_DEMO_PASSWORD")
    if chosen:
        return chosen
    file = Path(settings.DATA_DIR) / "demo-password"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(9) + "\n")
    return file.read_text().strip()


def make_accounts() -> None:
    """Create the accounts that do not exist; one that does keeps the password and the roles that it has by now."""
    for name, role in ACCOUNTS.items():
        if not User.objects.filter(username=name).exists():
            _make_account(name, role)


def _make_account(name: str, role: str) -> None:
    is_admin = role == "admin"
    with transaction.atomic():
        user = User.objects.create_user(name, password=password(), is_staff=is_admin, is_superuser=is_admin)
        user.groups.add(Group.objects.get(name=role))
        DemoAccount.objects.create(user=user)


def active_accounts() -> QuerySet[User]:
    """Those that can sign in."""
    return User.objects.filter(pk__in=DemoAccount.objects.values("user"), is_active=True).order_by("username")


def disable_accounts() -> list[str]:
    """Keep all of them from signing in and end their sessions. Returns the names of those that still could."""
    with transaction.atomic():
        users = list(active_accounts())
        User.objects.filter(pk__in=[user.pk for user in users]).update(is_active=False)
        for user in users:
            AuditEntry.objects.record(Act.DISABLED, user, by=None)
    return [user.username for user in users]


def refuse_in_production() -> None:
    """Raises StartupError in production while somebody can sign in with an account of the demo."""
    if not settings.PRODUCTION:
        return
    if names := ", ".join(active_accounts().values_list("username", flat=True)):
        raise StartupError(
            f"This database has active demo accounts ({names}), whose passwords are known. "
            "Disable them with: manage.py disable_demo_accounts"
        )
