"""Pages of the dialogues of a dataset, which those of what hangs on them follow."""

from __future__ import annotations

from dialogues.search import index
from dialogues.search.engine import END, SearchTerms
from dialogues.search.tokens import facets
from ecc_site.api.datasets import require_dataset
from ecc_site.api.parts import id_after
from ecc_site.core.keyset import encode_cursor


def page_of_dialogues(
    dataset: int, cursor: str, limit: int, language: str = "", split: str = ""
) -> tuple[list[int], str | None]:
    """Ids of at most `limit` dialogues behind the cursor, and the next cursor, by the index of the search.

    That yields them in order at the same cost however many there are, and none that the filters leave out.
    """
    start = id_after(cursor)
    given = {"language": language, "split": split}
    wanted = SearchTerms(
        facets(dataset=require_dataset(dataset), **{name: value for name, value in given.items() if value})
    )
    batch = index.find(wanted, start, limit + 1, newer=True)
    if len(batch.ids) > limit:
        return batch.ids[:limit], encode_cursor([batch.ids[limit - 1]])
    return batch.ids, encode_cursor([batch.reached]) if batch.reached != END else None
