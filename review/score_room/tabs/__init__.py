"""The figures of the score room, one a tab: TABS is the list of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from review.score_room.room import Room
from review.score_room.tabs.by_tag import by_tag
from review.score_room.tabs.correlation import correlation
from review.score_room.tabs.distribution import distribution
from review.score_room.tabs.drawn import Drawn
from review.score_room.tabs.over_time import over_time
from review.score_room.tabs.versions import versions


@dataclass(frozen=True)
class Tab:
    name: str
    label: Promise
    draw: Callable[[Room], Drawn]
    drags: str = ""  # the slider that its first line moves


TABS = {
    tab.name: tab
    for tab in (
        Tab("distribution", _("Distribution"), distribution, drags="threshold"),
        Tab("time", _("Over time"), over_time),
        Tab("versions", _("Versions"), versions),
        Tab("tags", _("By tag"), by_tag),
        Tab("correlation", _("Correlation"), correlation),
    )
}
FIRST = "distribution"
