"""Finds near duplicates of new dialogues in a dataset: by numbers that lie in the database, then by the texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from dialogues.importing.cleaning.near_duplicates import alike, of_dataset, shingles
from dialogues.importing.records import ParsedDialogue
from dialogues.models import Sketch, Turn
from ecc_site.core.bulk import rows_having


class Sketches:
    """The sketches of the dialogues of one batch."""

    def __init__(self, batch: Sequence[ParsedDialogue], dataset: int) -> None:
        """The dialogues of `batch` are to be compared with those of the dataset alone."""
        self._batch = batch
        for parsed in batch:
            parsed.bands = of_dataset(parsed.bands, dataset)

    def near(self) -> list[ParsedDialogue]:
        """Those that are nearly the same as a stored dialogue or as an earlier one of the batch."""
        candidates = self._stored()
        texts = _texts_of({key for own in self._batch for key in _likeliest(own.bands, candidates)})
        known, found = _Shingles(texts), []
        for parsed in self._batch:
            likeliest = _likeliest(parsed.bands, candidates)
            if likeliest and any(alike(shingles(parsed.text), known[other]) for other in likeliest):
                found.append(parsed)
                continue
            key = known.add(parsed)
            for band in parsed.bands:
                candidates[band].append(key)
        return found

    def rows(self, stored: Iterable[tuple[int, ParsedDialogue]]) -> Iterator[tuple[int, ...]]:
        """Rows of Sketch for dialogues with their new ids; a dialogue that is too short has none."""
        for dialogue_id, parsed in stored:
            if parsed.bands:
                yield dialogue_id, *parsed.bands

    def _stored(self) -> dict[int, list[int]]:
        """For each number the ids of stored dialogues that have it."""
        found: dict[int, list[int]] = defaultdict(list)
        for i, column in enumerate(Sketch.BANDS):
            wanted = [parsed.bands[i] for parsed in self._batch if parsed.bands]
            for band, dialogue in rows_having(Sketch, (column, "dialogue_id"), column, wanted)[:MOST]:
                found[band].append(dialogue)
        return found


MOST, LIKELIEST = 20_000, 8  # rows that are looked at for a batch, and texts for a dialogue: formulas must not be slow


class _Shingles(dict[int, set[str]]):
    """By the ids of stored dialogues, and by numbers below 0 of those of the batch; made when they are asked for."""

    def __init__(self, texts: dict[int, str]) -> None:
        super().__init__()
        self._texts, self._batch = texts, []  # type: dict[int, str], list[ParsedDialogue]

    def add(self, parsed: ParsedDialogue) -> int:
        """The key of one more dialogue of the batch."""
        self._batch.append(parsed)
        return -len(self._batch)

    def __missing__(self, key: int) -> set[str]:
        self[key] = shingles(self._texts[key] if key > 0 else self._batch[-key - 1].text)
        return self[key]


def _likeliest(own: list[int], candidates: dict[int, list[int]]) -> list[int]:
    """The keys that share the most numbers with the dialogue."""
    if not any(band in candidates for band in own):
        return []
    shared = Counter(key for band in own for key in candidates.get(band, ()))
    return [key for key, _count in shared.most_common(LIKELIEST)]


def _texts_of(dialogues: set[int]) -> dict[int, str]:
    texts: dict[int, list[str]] = defaultdict(list)
    rows = Turn.objects.filter(dialogue__in=dialogues).order_by("dialogue_id", "position")
    for dialogue, text in rows.values_list("dialogue_id", "text"):
        texts[dialogue].append(text)
    return {dialogue: "\n".join(texts[dialogue]) for dialogue in dialogues}
