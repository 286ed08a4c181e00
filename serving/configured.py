"""Whether the end model that is configured is also the one that answers customers."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ecc_site.core.roles import MANAGER, has_role
from serving.models import Version

LOOK_EVERY_S = 10


def still_another() -> str:
    """A sentence where END_MODEL was changed and the champion was not; empty where they agree."""
    champion = Version.objects.champion()
    if champion is None or champion.model == settings.END_MODEL:
        return ""
    waiting = Version.objects.end().filter(model=settings.END_MODEL, adapter="").first()
    return _(
        "END_MODEL is now “%(model)s”, but “%(champion)s” still answers customers. Promote it on the page of versions, "
        "or with: %(command)s"
    ) % {
        "model": settings.END_MODEL,
        "champion": champion,
        "command": f'manage.py promote "{waiting or settings.END_MODEL}" --reason "…"',
    }


def end_model_banner(request: HttpRequest) -> dict[str, str]:
    """Context processor: the sentence for managers, who can do something about it."""
    user = getattr(request, "user", None)
    if not user or not has_role(user, MANAGER):
        return {}
    key = f"end-model-{get_language()}"
    return {"end_model_banner": cache.get_or_set(key, still_another, timeout=LOOK_EVERY_S) or ""}
