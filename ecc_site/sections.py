"""The sections of the navigation: where each leads, who sees it, and which pages belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from operator import itemgetter
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ecc_site.core.roles import ADMIN, ANNOTATOR, MANAGER, has_role


@dataclass(frozen=True)
class Section:
    """`url` names the page that it leads to, `pages` the others of it; `*` stands for any rest of a name."""

    name: Any
    url: str
    role: str  # the least that sees it
    pages: tuple[str, ...] = ()


SECTIONS = (  # in the order of the navigation
    Section(_("Overview"), "home", MANAGER),
    Section(_("Review"), "review:queue", ANNOTATOR, ("review:*", "round")),
    Section(_("Dialogues"), "dialogues:search", MANAGER, ("dialogues:*", "dialogue", "dataset", "dataset-*")),
    Section(_("Scores"), "scores:room", MANAGER, ("scores:*", "review:calibration*", "why", "nearest")),
    Section(_("Watch"), "watch", MANAGER, ("watch-bounds", "alert", "recipients")),
    Section(_("Training"), "training:runs", MANAGER, ("training:*",)),
    Section(_("Memory"), "memory", MANAGER, ("ask", "trial", "add-entry", "import-faq", "entry")),
    Section(_("Cloud calls"), "serving:ledger", MANAGER, ("serving:*",)),
    Section(_("Import"), "dialogues:upload", MANAGER, ("dialogues:import*", "dialogues:start-import")),
    Section(_("Jobs"), "jobs", MANAGER, ("job",)),
    Section(_("Admin"), "admin:index", ADMIN),
)


def section_of(page: str) -> Section | None:
    """The section whose name for this page, as a view is named with its app, is the closest; None where none is."""
    fitting = [
        (len(name), section)
        for section in SECTIONS
        for name in (section.url, *section.pages)
        if fnmatchcase(page, name)
    ]
    return max(fitting, key=itemgetter(0), default=(0, None))[1]


def sections_of_visitor(request: HttpRequest) -> dict[str, list[tuple[Section, bool]]]:
    """Context processor: the sections that the visitor sees, each with whether the page belongs to it."""
    here = section_of(request.resolver_match.view_name) if request.resolver_match else None
    user = getattr(request, "user", None)
    seen = [section for section in SECTIONS if user and has_role(user, section.role)]
    return {"sections": [(section, section is here) for section in seen]}
