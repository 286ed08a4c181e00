"""The pages and acts of the site that a person finds by name, each for the least role that may open it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from ecc_site.core.roles import ADMIN, ANNOTATOR, MANAGER

EVERYBODY = ""


@dataclass(frozen=True)
class Act:
    """`url` names its address; `place` is where on that page it is, with its `#`."""

    name: Any
    url: str
    place: str = ""
    own: bool = False  # the address has the id of the person

    def address(self, *ids: int) -> str:
        return reverse(self.url, args=ids) + self.place

    def address_for(self, user: User) -> str:
        return self.address(user.pk) if self.own else self.address()

    def lacks(self, words: list[str]) -> list[str]:
        """Those of the words that its name has in no language of the site."""
        names = _in_all_languages(self)
        return [word for word in words if word.casefold() not in names]


@cache
def _in_all_languages(act: Act) -> str:
    names = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            names.append(str(act.name))
    return "\n".join(names).casefold()


ACTS: dict[str, tuple[Act, ...]] = {  # by the least role, in the order in which they are offered
    MANAGER: (
        Act(_("Overview"), "home"),
        Act(_("Import dialogues"), "dialogues:upload"),
        Act(_("Dialogues"), "dialogues:search"),
        Act(_("Scores"), "scores:room"),
        Act(_("Calibration"), "review:calibration"),
        Act(_("Training runs"), "training:runs"),
        Act(_("New training run"), "training:new-run"),
        Act(_("Memory"), "memory"),
        Act(_("Jobs"), "jobs"),
        Act(_("Replies to learn"), "training:labels"),
        Act(_("Versions"), "training:versions"),
        Act(_("Compare versions"), "training:table6"),
        Act(_("Teacher prompt"), "training:teacher"),
        Act(_("Add an entry"), "add-entry"),
        Act(_("Import a FAQ file"), "import-faq"),
        Act(_("Cloud calls"), "serving:ledger"),
        Act(_("Own patterns"), "serving:patterns"),
        Act(_("Intents and topics"), "review:tags"),
        Act(_("Add a tag"), "review:add-tag"),
        Act(_("Approved phrases"), "review:phrases"),
        Act(_("Watch"), "watch"),
        Act(_("Bounds of the watch"), "watch-bounds"),
        Act(_("Who gets alerts"), "recipients"),
        Act(_("Audit log"), "audit"),
    ),
    ANNOTATOR: (
        Act(_("Review"), "review:queue"),
        Act(_("My reviews"), "review:reviewer", own=True),
        Act(_("API tokens"), "tokens"),
        Act(_("REST API"), "api-docs"),
    ),
    ADMIN: (
        Act(_("People"), "people"),
        Act(_("Add a person"), "add-person"),
        Act(_("Privacy"), "privacy"),
        Act(_("Admin"), "admin:index"),
    ),
    EVERYBODY: (Act(_("Change password"), "password_change"),),
}
OF_A_DATASET = (  # for managers; the address has the id of the dataset
    Act(_("New review round"), "review:new-round"),
    Act(_("Teach"), "dataset", place="#teach"),
)
