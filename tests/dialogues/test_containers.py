"""Containers of records. A further one, registered here alone, is recognised and read like the others."""

import pytest
from django.conf import settings

from dialogues.importing.containers import CONTAINERS, Container
from dialogues.importing.containers.base import LIKELY, NEVER
from dialogues.importing.problems import BadFile
from dialogues.importing.refused import Refused
from tests.dialogues.files import (
    csv_of,
    format_of,
    json_lines,
    parquet_of,
    preview_of,
    refused,
    rules,
    talks,
    upload_of,
    written,
    xlsx_of,
)

PAIR = {"question": "在吗", "answer": "在的"}
TALK = [("c", "在吗"), ("a", "在的")]
TABLE = [list(PAIR), list(PAIR.values())]
FILES = {
    "json_lines": (json_lines(PAIR), json_lines(PAIR, PAIR)),
    "json_array": ('[\n{"question":\n"在吗", "answer": "在的"}\n]',),
    "table": (csv_of(TABLE), csv_of(TABLE, "\t"), xlsx_of(TABLE), parquet_of([PAIR])),
    "lines": ("买家 2026-11-11 10:00:02\n在吗\n小店:客服 2026-11-11 10:01:30\n在的\n",),
}
GUIDE = (settings.BASE_DIR / "docs" / "formats.md").read_text()


def read_stanzas(source, encoding):
    with source.open() as file:
        stanzas = file.read().decode(encoding).split("%%")[1:]
    for number, stanza in enumerate(stanzas, start=1):
        parts = [line.split(": ", 1) for line in stanza.strip().splitlines()]
        yield number, dict(parts) if all(len(part) == 2 for part in parts) else Refused("json")


STANZAS = Container(
    name="stanzas",
    of="records",
    read=read_stanzas,
    likelihood=lambda beginning: LIKELY if beginning.text.startswith("%%") else NEVER,
    asked_as="pairs",
    names_fields=True,
)


@pytest.fixture
def stanzas(monkeypatch):
    monkeypatch.setitem(CONTAINERS, STANZAS.name, STANZAS)


def container_of(path, **chosen) -> str:
    return next(upload_of(path, **chosen).readings()).container.name


@pytest.mark.parametrize("name", CONTAINERS)
def test_each_is_recognised_and_stands_in_the_guide(tmp_path, name):
    for content in FILES[name]:
        path = written(tmp_path, "x", content)
        assert container_of(path) == name
        assert talks(path, roles={"小店:客服": "agent"})[0] == TALK
    assert f"`{name}`" in GUIDE
    assert CONTAINERS[name].name == name


def test_a_further_one_is_recognised_read_and_chosen_from(tmp_path, stanzas):
    path = written(tmp_path, "x", "%%\nquestion: 在吗\nanswer: 在的\n%%\nbroken\n")
    assert (container_of(path), format_of(path)) == ("stanzas", "pairs")
    assert talks(path) == [TALK]
    assert refused(path) == [(2, "json", "")]
    assert container_of(path, format="pairs") == "stanzas"


def test_it_takes_no_file_of_another(tmp_path, stanzas):
    test_each_is_recognised_and_stands_in_the_guide(tmp_path, "table")
    path = written(tmp_path, "x", "%% sales,2026\n" + FILES["lines"][0])
    assert container_of(path) == "lines"


def test_a_person_is_asked_for_its_columns(tmp_path, stanzas):
    path = written(tmp_path, "x", "%%\nfirst: 在吗\nsecond: 在的\n")
    assert container_of(path) == "stanzas"
    assert preview_of(upload_of(path), rules()).columns == ("first", "second")
    assert talks(path, columns={"question": "first", "answer": "second"}) == [TALK]


def test_the_wanted_format_is_looked_for_where_it_can_be(tmp_path):
    text = written(tmp_path, "x", json_lines(PAIR))
    assert container_of(text, format="chat_log") == "lines"
    assert container_of(text, format="pairs") == "json_lines"
    with pytest.raises(BadFile, match="archive is broken"):
        container_of(written(tmp_path, "y", xlsx_of(TABLE)[:-900]), format="chat_log")
