"""What the site as a whole keeps: the audit log, who did what, on what, when; whether it can store anything; tokens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecc_site.core.api_models import ApiToken, StoredResponse

__all__ = ["Act", "ApiToken", "AppendOnly", "AuditEntry", "HealthCheck", "StoredResponse"]


class AppendOnly(TypeError):
    """An entry of the audit log can be neither changed nor deleted."""


class Act(models.TextChoices):
    """What is recorded."""

    PROMOTED = "promoted", _("promoted a version")
    ROLLED_BACK = "rolled_back", _("rolled back to a version")
    RETIRED = "retired", _("retired a version")
    RESTORED = "restored", _("restored a version")
    REVISED_PROFILE = "revised_profile", _("changed a scoring profile")
    OPENED_ROUND = "opened_round", _("opened a review round")
    CLOSED_ROUND = "closed_round", _("closed a review round")
    DELETED_ROUND = "deleted_round", _("deleted a review round")
    EXPORTED = "exported", _("downloaded")
    ADDED_PERSON = "added_person", _("added a person")
    CHANGED_ROLE = "changed_role", _("changed a role")
    DISABLED = "disabled", _("disabled an account")
    ENABLED = "enabled", _("enabled an account")
    UNLOCKED = "unlocked", _("unlocked an account")
    CHANGED_PASSWORD = "changed_password", _("changed their password")
    MADE_TOKEN = "made_token", _("made an API token")
    REVOKED_TOKEN = "revoked_token", _("revoked an API token")
    UNDID_IMPORT = "undid_import", _("undid an import")
    ERASED = "erased", _("erased dialogues")
    CHANGED_RETENTION = "changed_retention", _("changed how long dialogues are kept")
    CHANGED_REDACTION = "changed_redaction", _("changed what is redacted")
    CHANGED_BOUND = "changed_bound", _("changed a bound of the watch")
    CHANGED_RECIPIENT = "changed_recipient", _("changed where alerts are told")
    ACKNOWLEDGED = "acknowledged", _("acknowledged an alert")
    ADDED = "added", _("added in Admin")
    CHANGED = "changed", _("changed in Admin")
    DELETED = "deleted", _("deleted in Admin")


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def record(self, act: Act, target: object, *, by: User | None, detail: str = "") -> AuditEntry:
        """Write down an act, in the transaction that does it. `by` None is the site or a command of manage.py."""
        name = by.get_username() if by else ""
        return self.create(act=act, target=str(target)[:300], by=by, by_name=name, detail=detail)

    def update(self, **values: Any) -> int:
        raise AppendOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly


class AuditEntry(models.Model):
    """One act. It names person and target in words too, which stay when both are gone."""

    act = models.CharField(max_length=20, choices=Act)
    target = models.CharField(max_length=300, help_text="its name at that time")
    detail = models.TextField(blank=True, help_text="such as the reason that was given")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["act", "id"], name="audit_act"),
            models.Index(fields=["by", "id"], name="audit_by"),
            models.Index(fields=["act", "by", "id"], name="audit_act_by"),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.get_act_display()}: {self.target}"

    def save(self, **options: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(**options)

    def delete(self, using: str | None = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        raise AppendOnly


class HealthCheck(models.Model):
    """One row that is written to see whether the database can be written: a full disk still answers questions."""

    checked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.checked_at)

    @classmethod
    def write(cls) -> None:
        """Raises DatabaseError where nothing can be stored."""
        cls.objects.update_or_create(pk=1, defaults={"checked_at": timezone.now()})
