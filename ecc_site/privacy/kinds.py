"""The kinds of rows that erasing removes, in words and in the order of a report."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

KINDS = {
    "dialogues": _("dialogues"),
    "turns": _("turns"),
    "answers": _("answers"),
    "comparisons": _("comparisons"),
    "scores": _("scores"),
    "verdicts": _("verdicts"),
    "verdict_revisions": _("revisions of verdicts"),
    "round_items": _("places in review rounds"),
    "skips": _("dialogues that annotators gave back"),
    "assignments": _("assignments"),
    "turn_tags": _("tags of turns"),
    "tag_examples": _("examples of tags"),
    "labels": _("replies to learn"),
    "paraphrases": _("other wordings of questions"),
    "teacher_rows": _("rows of the teacher's table"),
    "entries": _("entries of the memory"),
    "entry_revisions": _("revisions of entries"),
    "fixed_items": _("items of memories made for comparisons"),
    "trials": _("trial questions"),
    "cloud_calls": _("cloud calls whose texts are erased"),
    "answers_elsewhere": _("answers to other customers that lose a reply with personal data"),
    "exports": _("files exported from review rounds"),
    "uploads": _("uploaded files that waited to be imported"),
    "eval_items": _("items of evaluation sets"),
    "replaced_dialogues": _("earlier versions, kept for undoing an import"),
}


def in_words(removed: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each kind that there is of, with its number."""
    known = [(str(words), removed[kind]) for kind, words in KINDS.items() if removed.get(kind)]
    return known + [(kind, count) for kind, count in removed.items() if kind not in KINDS and count]
