"""The search index in both databases: it follows the dialogues, and finds them newest first at a bounded cost."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dialogues.models import Answer, Dataset, Dialogue, Turn
from dialogues.search import finding, postgres
from dialogues.search.engine import TABLE
from dialogues.search.finding import Search
from dialogues.search.forms import DialogueFilter
from dialogues.search.index import ENGINES, engine_of, rebuild, restore_triggers
from dialogues.search.query import Query
from dialogues.search.tokens import facets
from tests.build import dataset, record

pytestmark = [pytest.mark.django_db, pytest.mark.database]
COUNT = 40


def search(typed: str = "", **where) -> Search:
    return Search(Dialogue.objects.all(), Query.typed(typed) if typed else None, facets(**where))


def found(typed: str = "", **where) -> list[str]:
    """Ids in the imported file of what the first page shows."""
    return [hit.dialogue.source_id for hit in search(typed, **where).page().rows]


def indexed() -> set[int]:
    column = "rowid" if connection.vendor == "sqlite" else "dialogue_id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {TABLE}")
        return {pk for (pk,) in cursor.fetchall()}


def walk(of: Search, size: int) -> list[list[str]]:
    pages, cursor = [], ""
    while True:
        page = of.page(cursor, size)
        pages.append([hit.dialogue.source_id for hit in page.rows])
        cursor = page.next_cursor
        if not cursor:
            return pages


@pytest.fixture
def shop(db):
    return dataset(
        record("什么时候发货", "亲，48小时内哦", id="a", split="train"),
        record("Can I return my order?", "Sure, within 7 days", id="b", split="test"),
        record("候发时什么，货", "货到付款", "什么时候，发货", id="c", split="train"),
    )


@pytest.fixture
def many(db):
    """`0` to `39`; every second asks for a refund, every tenth is of the test split."""
    return dataset(
        *(
            record(
                f"第{i}个问题" + "退款" * (i % 2), f"answer number{i}", id=str(i), split="train" if i % 10 else "test"
            )
            for i in range(COUNT)
        )
    )


# --- what is found


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("发货", ["c", "a"]),
        ("时候发货", ["a"]),
        ("货", ["c", "a"]),
        ("亲", ["a"]),
        ("哦", ["a"]),
        ("return", ["b"]),
        ("RETURN my ord", ["b"]),
        ("ret", ["b"]),
        ("re", []),
        ("with days", []),
        ("within day", ["b"]),
        ("48 发货", ["a"]),
        ("没有这个", []),
    ],
)
def test_words_and_characters_are_found(shop, typed, ids):
    assert found(typed) == ids


def test_each_hit_shows_the_turn_with_the_words_marked(shop):
    hit = search("付款").page().rows[0]
    assert Turn.objects.get(pk=hit.turn).text == "货到付款"
    assert (hit.role, [part.text for part in hit.parts if part.marked]) == ("agent", ["付款"])


def test_without_words_all_are_listed_the_newest_first_by_their_first_message(shop):
    rows = search().page().rows
    assert [hit.dialogue.source_id for hit in rows] == ["c", "b", "a"]
    assert "".join(part.text for part in rows[1].parts) == "Can I return my order?"


def test_where_a_dialogue_is_from_narrows_with_and_without_words(shop):
    other = dataset(record("发货了吗", id="other", split="test"), name="other")
    assert found(dataset=shop.pk) == ["c", "b", "a"]
    assert found(split="test") == ["other", "b"]
    assert found(language="en", dataset=other.pk) == []
    assert found("发货", split="test") == ["other"]
    assert found("发货", dataset=shop.pk, language="zh", split="train") == ["c", "a"]


HOSTILE = [
    *('"', '""', "'", "''", "\\", "*", "^", "a*", "-a", "a AND", "OR OR", "NEAR(", "tokens:", "(", "{a b}", "a & | !b"),
    *("<->", "a:*", "%", "%%s", "_", "\x00", "发\x00货", "\ud800", "😀", "§§d1", "§", "'); DROP TABLE x; --", "́"),
    "字" * 10_000,
    "a " * 5_000,
    "x" * 10_000,
]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_is_text(shop, typed):
    assert {hit.dialogue.source_id for hit in search(typed).page().rows} <= {"a", "b", "c"}


def test_operators_are_words(shop):
    dataset(record("Is it this or that, and NOT the other?", id="d"))
    assert found("NOT the") == ["d"]
    assert found("return OR that") == []


# --- the index follows the dialogues


def test_an_import_indexes_what_it_adds_and_counts_turns(shop):
    assert indexed() == set(Dialogue.objects.values_list("pk", flat=True))
    assert list(Dialogue.objects.values_list("turn_count", flat=True)) == [2, 2, 3]


def test_deleting_some_takes_their_rows_along(shop):
    Dialogue.objects.filter(split="test").delete()
    assert indexed() == set(Dialogue.objects.values_list("pk", flat=True))
    assert len(indexed()) == 2
    assert found("return") == []


def test_deleting_a_dataset_takes_all_along(shop):
    Dataset.objects.get(pk=shop.pk).delete()
    assert indexed() == set()


def test_deleting_by_hand_does_too(shop):
    Answer.objects.all().delete()
    Turn.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dialogues_dialogue WHERE source_id <> 'a'")
    assert indexed() == {Dialogue.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_emptying_all_tables_does_too(shop):
    call_command("flush", interactive=False, verbosity=0)
    assert indexed() == set()


def test_a_migration_that_makes_the_table_anew_does_not_lose_that(shop):
    with connection.cursor() as cursor:
        on = " ON dialogues_dialogue" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {TABLE}_forgets{on}")
    restore_triggers()
    Dialogue.objects.all().delete()
    assert indexed() == set()


@pytest.mark.django_db(transaction=True)
def test_the_index_can_be_dropped_made_and_filled(shop):
    from django.apps import apps

    engine = engine_of(connection)
    engine.drop(connection)
    engine.create(connection)
    assert found("发货") == []
    heard = []
    rebuild(apps, connection, heard.append)
    assert sum(heard) == 3
    assert found("发货") == ["c", "a"]


def test_the_command_builds_it_anew_twice_with_one_result(shop):
    Turn.objects.filter(text="什么时候发货").update(text="什么时候到")
    for _ in range(2):
        output = StringIO()
        call_command("index_dialogues", "--json", stdout=output)
        assert json.loads(output.getvalue()) == {"indexed": 3}
        assert found("发货") == ["c"]
        assert found("候到") == ["a"]
    assert len(indexed()) == 3


def test_every_engine_of_the_site_has_an_index():
    assert connection.vendor in ENGINES


# --- pages


@pytest.mark.parametrize("size", [1, 3, 7, 20, 50])
@pytest.mark.parametrize("typed", ["", "退款", "number"])
@pytest.mark.parametrize("block", [1, 3, 4096])
def test_pages_join_to_all_hits_without_gap_or_repetition(db, monkeypatch, request, size, typed, block):
    monkeypatch.setattr(postgres, "BLOCK", block)
    request.getfixturevalue("many")
    expected = [str(i) for i in reversed(range(COUNT)) if typed != "退款" or i % 2]
    pages = walk(search(typed), size)
    assert [one for page in pages for one in page] == expected
    assert all(len(page) == size for page in pages[:-1])


def test_a_dialogue_that_comes_in_between_moves_nothing(many):
    first = search("退款").page(size=5)
    dataset(record("退款", id="new"))
    second = search("退款").page(first.next_cursor, size=5)
    assert [hit.dialogue.source_id for hit in second.rows] == ["29", "27", "25", "23", "21"]


@pytest.mark.parametrize("cursor", ["%%%", "W10", "WyJ4Il0", "Wy0xXQ", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTldXQ", "WzEuNV0"])
def test_a_cursor_that_cannot_be_read_gives_the_first_page(many, cursor):
    assert search("退款").page(cursor, 3).rows[0].dialogue.source_id == "39"


def test_neighbours_are_the_nearest_hits_on_both_sides(many):
    of = search("退款", split="train")
    middle = Dialogue.objects.get(source_id="21").pk
    assert of.next_to(middle, newer=True).source_id == "23"
    assert of.next_to(middle, newer=False).source_id == "19"
    assert of.next_to(Dialogue.objects.get(source_id="39").pk, newer=True) is None
    assert search("第2个问题").next_to(Dialogue.objects.get(source_id="2").pk, newer=False) is None


def test_a_search_that_finds_little_stops_and_goes_on_where_it_stopped(many, monkeypatch):
    monkeypatch.setattr(finding, "EXAMINED_AT_ONCE", 5)
    monkeypatch.setattr(finding, "EXAMINED_MOST", 10)
    narrowed = Search(Dialogue.objects.filter(source_id="2"), Query.typed("问题"))
    first = narrowed.page(size=5)
    assert (first.rows, first.stopped) == ([], True)
    assert first.next_cursor
    assert walk(narrowed, 5)[-1] == ["2"]


def test_a_full_page_has_not_stopped(many):
    page = search("退款").page(size=20)
    assert (len(page.rows), page.next_cursor, page.stopped) == (20, "", False)
    assert search("退款").page(size=19).stopped is False


def test_words_that_do_not_stand_together_cost_no_more_than_the_limit(many, monkeypatch):
    monkeypatch.setattr(finding, "EXAMINED_AT_ONCE", 5)
    monkeypatch.setattr(finding, "EXAMINED_MOST", 10)
    page = search("题退款退款退款个").page(size=5)
    assert page.rows == []


# --- the plan


@pytest.fixture
def statements(many):
    """What a page of hits asks the database, with and without words."""
    with CaptureQueriesContext(connection) as captured:
        for typed, where in (("退款", {}), ("number", {"split": "test"}), ("", {"dataset": many.pk}), ("", {})):
            search(typed, **where).page(size=5)
    return [query["sql"] for query in captured if query["sql"].startswith(("SELECT", "WITH"))]


def plan(statement: str) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            return "\n".join(row[3] for row in cursor.fetchall())
        cursor.execute("SET LOCAL enable_seqscan = off")  # of so few rows all are read sooner
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(row for (row,) in cursor.fetchall())


def test_the_index_is_used_and_nothing_is_counted(statements):
    of_index = [statement for statement in statements if "MATCH" in statement or "@@" in statement]
    assert len(of_index) >= 3
    for statement in of_index:
        text = plan(statement)
        assert f"{TABLE}_tokens" in text if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX" in text
        assert "TEMP B-TREE" not in text, "SQLite yields the hits in their order"
    assert not [statement for statement in statements if "COUNT(" in statement.upper()]


def test_a_page_asks_a_fixed_number_of_questions(many, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        assert len(search("number").page(size=30).rows) == 30


def test_a_page_of_a_dataset_is_read_by_its_ids_and_not_through_the_dataset():
    """With a condition for the dataset beside the ids SQLite walks through all of its dialogues."""
    made = dataset(*(record(f"question {i}", "reply") for i in range(5)))
    asked = DialogueFilter({"dataset": made.pk, "language": "en"})
    with CaptureQueriesContext(connection) as queries:
        assert len(asked.search().page().rows) == 5
    (of_ids,) = [query["sql"] for query in queries if '"dialogues_dialogue"."id" IN' in query["sql"]]
    assert '"dataset_id" =' not in of_ids.rpartition(" WHERE ")[2]
