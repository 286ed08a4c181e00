"""Which dialogues of a batch never leave, and what else is marked with them: the mark is kept by words and by id."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from dialogues.importing.records import ParsedDialogue
from dialogues.models import Dataset, Dialogue, ReplacedDialogue
from ecc_site.core.bulk import rows_having

Marks = list[tuple[str, str, bool]]
"""Id in the imported file, hash of the words, and whether it never leaves."""


def keep_here(dataset: Dataset, distinct: Mapping[str, ParsedDialogue], *, all_of_them: bool) -> None:
    """Mark those of a batch, by their hashes, that never leave, and in every dataset what has their words.

    They are all of them, or those whose words are marked in any dataset, or whose id is in this one: a conversation
    that has grown has other words. Where one with an id is marked, all with it are, those stored before included.
    """
    with_words = [] if all_of_them else _marks_of_words(list(distinct))
    marked = {content_hash for _id, content_hash, stays in with_words if stays}
    for content_hash, parsed in distinct.items():
        parsed.never_leaves |= all_of_them or content_hash in marked
    ids = {parsed.source_id for parsed in distinct.values()} - {""}
    stored = _marks_of_ids(dataset, ids) if ids else []
    marked_ids = {source_id for source_id, _hash, stays in stored if stays}
    marked_ids |= {parsed.source_id for parsed in distinct.values() if parsed.never_leaves} - {""}
    for parsed in distinct.values():
        parsed.never_leaves |= parsed.source_id in marked_ids
    hashes = {content_hash for content_hash, parsed in distinct.items() if parsed.never_leaves}
    hashes |= {content_hash for source_id, content_hash, _stays in stored if source_id in marked_ids}
    Dialogue.objects.keep_here(list(hashes))


def _marks_of_words(hashes: list[str]) -> Marks:
    """In every dataset, also of dialogues that others have replaced.

    The mark is looked at here: asked for, SQLite would walk through all that are marked.
    """
    stored = Dialogue.objects.with_content(hashes).order_by().values_list("source_id", "content_hash", "never_leaves")
    return [*stored, *_replaced(content_hash__in=hashes)]


def _marks_of_ids(dataset: Dataset, ids: Collection[str]) -> Marks:
    """In this dataset, also of dialogues that others have replaced."""
    columns = ("source_id", "content_hash", "never_leaves")
    stored = rows_having(Dialogue, columns, "source_id", ids, dataset_id=dataset.pk)
    marks = [(source_id, content_hash, bool(stays)) for source_id, content_hash, stays in stored]
    return marks + _replaced(dataset=dataset, source_id__in=ids)


def _replaced(**found: Any) -> Marks:
    if not ReplacedDialogue.objects.exists():
        return []
    rows = ReplacedDialogue.objects.filter(**found)
    return list(rows.values_list("source_id", "content_hash", "record__never_leaves"))
