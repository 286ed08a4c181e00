"""Erasing what people said about a dialogue: its places in rounds, the verdicts with all revisions, the tags."""

from __future__ import annotations

from collections import Counter

from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Greatest

from dialogues.models import Dialogue
from ecc_site.core.erasing import Parts, counts
from review.models import (
    Assignment,
    ExportJob,
    Round,
    RoundItem,
    Skip,
    TagExample,
    TurnTag,
    Verdict,
    VerdictRevision,
)
from review.querysets import ExportJobQuerySet


def parts(dialogue: Dialogue) -> Parts:
    """All that goes with it in this app, also examples that somebody typed with the same words."""
    said = dialogue.turns.values("text")
    return {
        "verdicts": Verdict.objects.filter(item__dialogue=dialogue),
        "verdict_revisions": VerdictRevision.objects.filter(verdict__item__dialogue=dialogue),
        "round_items": RoundItem.objects.filter(dialogue=dialogue),
        "assignments": Assignment.objects.filter(dialogue=dialogue),
        "skips": Skip.objects.filter(dialogue=dialogue),
        "turn_tags": TurnTag.objects.filter(turn__dialogue=dialogue),
        "tag_examples": TagExample.objects.filter(text__in=said),
    }


def entries_of(dialogue: Dialogue) -> set[int]:
    """Ids of the entries that verdicts about it have left in the memory, and none about another dialogue stands by.

    That one has the same words, and goes by itself.
    """
    verdicts = Verdict.objects.filter(item__dialogue=dialogue, entry__isnull=False)
    left = set(verdicts.values_list("entry", flat=True))
    others = Verdict.objects.active().filter(entry__in=left, overruled=False).exclude(item__dialogue=dialogue)
    return left - set(others.values_list("entry", flat=True))


def exports_of(dialogue: Dialogue) -> ExportJobQuerySet:
    """The exports of the rounds that have it."""
    rounds = RoundItem.objects.filter(dialogue=dialogue).order_by().values_list("round", flat=True)
    return ExportJob.objects.filter(round__in=set(rounds))


def erase(dialogue: Dialogue) -> Counter[str]:
    """Delete it, after the labels that were made of it; returns how many rows of each kind there were.

    Files that were exported from its rounds go as a whole.
    """
    going = parts(dialogue)
    removed = counts(going) + _take_exports_back(dialogue)
    _lower_counters(dialogue)
    going["verdicts"].update(current=None)
    for kind in ("verdict_revisions", "verdicts", "round_items", "assignments", "skips", "turn_tags", "tag_examples"):
        going[kind].delete()
    return removed


def _take_exports_back(dialogue: Dialogue) -> Counter[str]:
    exports = exports_of(dialogue)
    transaction.on_commit(exports.all().take_back)  # those that were asked for while this transaction was open
    return Counter(exports=exports.take_back())


def _lower_counters(dialogue: Dialogue) -> None:
    items = RoundItem.objects.filter(dialogue=dialogue).order_by()
    for round_, count in items.values_list("round").annotate(Count("pk")):
        active = Verdict.objects.wanted().filter(Q(item__dialogue=dialogue), round=round_).count()
        wanted = count * Assignment.objects.filter(round=round_, dialogue=dialogue).count()
        Round.objects.filter(pk=round_).update(
            dialogue_count=Greatest(F("dialogue_count") - 1, 0),
            item_count=Greatest(F("item_count") - count, 0),
            wanted_count=Greatest(F("wanted_count") - wanted, 0),
            verdict_count=Greatest(F("verdict_count") - active, 0),
        )
