"""The memory of this process, which follows the database: what was changed is found at the next question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from threading import Lock

from django.utils import timezone

from knowledge import scorers
from knowledge.models import Clock, Entry, EntryRevision, FixedItem
from knowledge.retrieval.answering import Remembering
from knowledge.retrieval.items import Item, Note, Question
from knowledge.retrieval.memory import Memory
from knowledge.retrieval.notes import Notes

PAGE = 2000  # entries


class LiveMemory:
    """Remembers as of `revision`, and on `day`: entries can begin and cease to be valid."""

    def __init__(self) -> None:
        self.remembering = empty(kept=True)
        self.revision, self.day = 0, date.min
        self.erasures = Clock.state()[1]

    def follow(self) -> None:
        """Catch up with the database; one small query where nothing has changed."""
        (newest, erasures), today = Clock.state(), timezone.localdate()
        if erasures != self.erasures or newest < self.revision:  # the latter after a backup was brought back
            self.remembering, self.revision, self.erasures = empty(kept=True), 0, erasures
        if newest != self.revision:
            for entries in _pages(self.revision, newest):
                self._take([entry for entry in entries if not entry.holds_on(today)], entries, today)
            self.revision = newest
        if today != self.day:
            self._turn_to(today)

    def _turn_to(self, day: date) -> None:
        dated = Entry.objects.exclude(valid_from=None, valid_until=None).prefetch_related("wordings")
        entries = list(dated)
        self._take([entry for entry in entries if not entry.holds_on(day)], entries, day)
        self.day = day

    def _take(self, gone: Iterable[Entry], entries: Iterable[Entry], day: date) -> None:
        memory, notes = self.remembering.memory, self.remembering.notes
        ids = [entry.pk for entry in gone]
        memory.drop(ids)
        notes.drop(ids)
        holding = [entry for entry in entries if entry.holds_on(day)]
        memory.put(_item(entry) for entry in holding if entry.kind == Entry.Kind.REPLY)
        notes.put(_note(entry) for entry in holding if entry.kind != Entry.Kind.REPLY)


_LOCK = Lock()


def remembering() -> tuple[Remembering, int]:
    """The memory as it is now, and the number of its revision. Raises MemoryUnavailable."""
    with _LOCK:
        live = _live()
        live.follow()
        return live.remembering, live.revision


def remembering_at(revision: int) -> Remembering:
    """The memory as it was at a revision, without what is not valid today. Raises MemoryUnavailable."""
    with _LOCK:
        _forget_past(Clock.state()[1])
        return _at(revision, timezone.localdate())


def remembering_fixed(number: int) -> Remembering:
    """A memory that was made for a comparison. Raises MemoryUnavailable."""
    with _LOCK:
        _forget_past(Clock.state()[1])
        return _fixed(number)


def forget() -> None:
    """The next question reads the whole memory anew."""
    _live.cache_clear()
    _at.cache_clear()
    _fixed.cache_clear()


@lru_cache(maxsize=1)
def _forget_past(erasures: int) -> None:
    """Called with a new number, once: what was read of the past may have something that was erased since."""
    _at.cache_clear()
    _fixed.cache_clear()


@lru_cache(maxsize=1)
def _live() -> LiveMemory:
    return LiveMemory()


@lru_cache(maxsize=2)
def _at(revision: int, day: date) -> Remembering:
    found = empty(kept=True)
    kept = [row for row in EntryRevision.objects.of_memory(revision) if row.as_entry().holds_on(day)]
    replies = [row for row in kept if row.content["kind"] == Entry.Kind.REPLY]
    found.memory.put(_item(row.as_entry(), row.content["wordings"]) for row in replies)
    found.notes.put(_note(row.as_entry()) for row in kept if row.content["kind"] != Entry.Kind.REPLY)
    return found


@lru_cache(maxsize=1)
def _fixed(number: int) -> Remembering:
    found = empty(kept=True)
    found.memory.put(_fixed_item(row) for row in FixedItem.objects.filter(memory=number))
    return found


def empty(*, kept: bool = False) -> Remembering:
    """A memory of nothing, with the configured scorers; `kept` as there. Raises MemoryUnavailable."""
    loaded = scorers.configured(kept=kept)
    return Remembering(Memory(loaded.similarity.encoder, loaded.match), Notes(loaded.match), loaded.thresholds)


def _pages(after: int, until: int) -> Iterator[list[Entry]]:
    """Entries changed after one revision and until another, in the order of their last change."""
    last = 0
    while entries := list(Entry.objects.changed_since(after, last).filter(revision__lte=until)[:PAGE]):
        yield entries
        after, last = entries[-1].revision, entries[-1].pk


def _item(entry: Entry, wordings: Iterable[str] | None = None) -> Item:
    texts = wordings if wordings is not None else [wording.text for wording in entry.wordings.all()]
    questions = tuple(Question(text, entry.context) for text in texts)
    return Item(entry.pk, questions, entry.text, entry.language, entry.origin, entry.never_leaves)


def _note(entry: Entry) -> Note:
    return Note(entry.pk, entry.text, entry.kind == Entry.Kind.RULE, entry.language, entry.never_leaves)


def _fixed_item(row: FixedItem) -> Item:
    """It stays here: no mark that its dialogue gets later would reach it."""
    return Item(row.pk, (Question(row.question, row.context),), row.reply, row.language, row.origin, stays=True)
