"""The part of the scores that is listed, and in which order: what a bar, a point or a cell of a figure stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from review.score_room.forms import Order, Rule, Side
from review.score_room.room import Room
from review.score_room.tagged import turns_with
from scoring.figures.paired import rows_of_pairs

Test = Callable[[Room, Any], np.ndarray]


def _from(room: Room, low: float) -> np.ndarray:
    return room.scored.final >= low


def _below(room: Room, high: float) -> np.ndarray:
    return room.scored.final < high if high < 1 else room.scored.final <= 1


def _side(room: Room, side: str) -> np.ndarray:
    if side == Side.UNKNOWN:
        return np.isnan(room.scored.final)
    acceptable = room.scored.final >= room.profile.threshold
    return acceptable if side == Side.ACCEPTABLE else ~acceptable


def _rule(room: Room, rule: str) -> np.ndarray:
    applied = room.selection.columns.match_cloud < room.profile.theta
    return applied if rule == Rule.THETA else ~applied


TESTS: dict[str, Test] = {
    "of": lambda room, version: room.selection.columns.versions == version.pk,
    "low": _from,
    "high": _below,
    "side": _side,
    "rule": _rule,
    "first_day": lambda room, day: room.selection.columns.days >= np.datetime64(day),
    "last_day": lambda room, day: room.selection.columns.days <= np.datetime64(day),
    "with_tag": lambda room, tag: np.isin(room.selection.columns.turns, turns_with(tag, room.dataset)),
}


def numbers_of(room: Room) -> np.ndarray:
    """By which the scores are listed, the lowest first, shape (N,); NaN for those that are not in the part."""
    values = room.part.values
    chosen = [TESTS[name](room, value) for name, value in values.items() if name in TESTS]
    numbers = _ordered(room, values)
    return np.where(np.logical_and.reduce(chosen), numbers, np.nan) if chosen else numbers


def _ordered(room: Room, values: dict[str, Any]) -> np.ndarray:
    final = room.scored.final
    if values.get("side") == Side.UNKNOWN:
        return np.zeros(len(final))
    if "beside" in values and "of" in values:
        mine, theirs = rows_of_pairs(room.selection, final, values["of"].pk, values["beside"].pk)
        ahead = np.full(len(final), np.nan)
        ahead[mine] = final[mine] - final[theirs]
        return ahead
    if "apart" in values:
        first, second = values["apart"].split("-")
        columns = room.selection.columns
        return -np.abs(getattr(columns, first) - getattr(columns, second))
    return -final if values.get("order") == Order.HIGHEST else final


def words_of(room: Room) -> list[str]:
    """What the part is, in the language of the reader; empty for all of them."""
    values = room.part.values
    words = [values["of"].name] if "of" in values else []
    if "low" in values or "high" in values:
        limits = {"low": f"{values.get('low', 0):.2f}", "high": f"{values.get('high', 1):.2f}"}
        words.append(_("final score from %(low)s to %(high)s") % limits)
    sides = {Side.ACCEPTABLE: _("acceptable"), Side.NOT: _("not acceptable"), Side.UNKNOWN: _("without a final score")}
    rules = {Rule.THETA: _("scored by similarity alone"), Rule.BOTH: _("scored by both")}
    words += [sides[values["side"]]] if "side" in values else []
    words += [rules[values["rule"]]] if "rule" in values else []
    if "first_day" in values and "last_day" in values:
        words.append("–".join(date_format(values[name], "Y-m-d") for name in ("first_day", "last_day")))
    words += [values["with_tag"].name] if "with_tag" in values else []
    if "beside" in values and "of" in values:
        words.append(_("behind %(version)s, the largest loss first") % {"version": values["beside"].name})
    if "apart" in values:
        words.append(_("where two components differ most"))
    return words
