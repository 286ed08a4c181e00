import base64
import json

import pytest

from ecc_site.core.keyset import keyset_page
from scoring.models import ScorerSet

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ORDERS = [("id",), ("-id",), ("theta", "id"), ("-theta", "-id"), ("similarity", "theta", "id")]
FIRST = ("theta", "id")


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


@pytest.fixture
def rows():
    """Twenty rows with many ties, in no order, and with numbers that have no short decimal form."""
    thetas = [0.1 + 0.2, 1 / 3, 0.0, 1.0]
    for i in range(20):
        ScorerSet.objects.create(similarity="ab"[i % 2], match="m", digest=str(i), theta=thetas[i * 7 % 4])
    return ScorerSet.objects.all()


def walk(rows, order: tuple[str, ...], size: int) -> list[list]:
    pages, after = [], ""
    while True:
        page = keyset_page(rows, order, after, size)
        pages.append(page.rows)
        after = page.next_cursor
        if not after:
            return pages


@pytest.mark.parametrize("size", [1, 3, 7, 20, 50])
@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_pages_join_to_the_whole_list_without_gap_or_repetition(rows, order, size):
    pages = walk(rows, order, size)
    assert [row for page in pages for row in page] == list(rows.order_by(*order))
    assert all(len(page) == size for page in pages[:-1])
    assert 1 <= len(pages[-1]) <= size


def test_a_row_that_comes_in_between_neither_moves_nor_repeats_the_others(rows):
    first = keyset_page(rows, FIRST, size=8)
    ScorerSet.objects.create(similarity="a", match="m", digest="new", theta=0.0)
    second = keyset_page(rows, FIRST, first.next_cursor, size=50)
    seen = [row.digest for row in first.rows + second.rows]
    assert len(seen) == len(set(seen))
    assert set(seen) >= {str(i) for i in range(20)}


def test_an_empty_list_is_one_empty_page():
    assert walk(ScorerSet.objects.all(), FIRST, 5) == [[]]


def test_every_page_costs_one_query(rows, django_assert_num_queries):
    after = keyset_page(rows, FIRST, size=5).next_cursor
    for cursor_of_page in ("", after):
        with django_assert_num_queries(1) as queries:
            keyset_page(rows, FIRST, cursor_of_page, size=5)
        assert "COUNT" not in queries[0]["sql"]
        assert "OFFSET" not in queries[0]["sql"]


BAD_CURSORS = {
    "no base64": "%%%",
    "no ASCII": "页",
    "no UTF-8": base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    "no JSON": cursor("0.5, 3"),
    "an object": cursor('{"theta": 0.5}'),
    "too few values": cursor("[0.5]"),
    "too many values": cursor("[0.5, 3, 3]"),
    "text where a number is": cursor('["worst", "last"]'),
    "text where an id is": cursor('[0.5, "last"]'),
    "null": cursor("[null, 3]"),
    "a list in the list": cursor("[[0.5], 3]"),
    "no number": cursor("[NaN, 3]"),
    "no number as id": cursor("[0.5, NaN]"),
    "infinity": cursor("[0.5, Infinity]"),
    "larger than any float": cursor(f"[{10**400}, 3]"),
    "so deep that reading it ends the stack": cursor("[" * 100_000),
    "more digits than Python reads": cursor("[0.5, " + "9" * 5000 + "]"),
}


@pytest.mark.parametrize("bad", BAD_CURSORS.values(), ids=BAD_CURSORS)
def test_a_cursor_that_cannot_be_read_gives_the_first_page(rows, bad):
    assert keyset_page(rows, FIRST, bad, size=4) == keyset_page(rows, FIRST, size=4)


@pytest.mark.parametrize("text", ["\x00", "\ud800"], ids=["NUL", "half a character"])
def test_a_text_that_no_database_takes_gives_the_first_page(rows, text):
    bad = cursor(json.dumps([text, 3]))
    assert keyset_page(rows, ("similarity", "id"), bad, size=4) == keyset_page(rows, ("similarity", "id"), size=4)


def test_an_id_that_no_row_can_have_is_no_failure(rows):
    assert keyset_page(rows, ("id",), cursor(f"[{2**70}]"), size=4).rows == []
    assert len(keyset_page(rows, ("-id",), cursor(f"[{2**70}]"), size=4).rows) == 4
