"""The command: its options, what it says, and how it ends."""

import json

import pytest
from django.core.management import CommandError, call_command

from dialogues.models import Dataset, Dialogue, ImportJob
from tests.build import record
from tests.dialogues.files import csv_of, json_lines, written, zipped
from tests.dialogues.imports import stored

pytestmark = [pytest.mark.django_db, pytest.mark.database]
ROWS = csv_of([["a1", "b1", "c1"], ["1", "Anna", "hi"], ["1", "Bot", "hello"]])


def run(path, *options):
    call_command("import_dialogues", path, "--dataset", "shop", *options)


@pytest.mark.parametrize("content", ["", "no dialogues\n", "{broken\n", '{"turns": []}\n', "0\ta\tb\n", "[]"])
def test_where_nothing_comes_in_it_fails_and_leaves_no_dataset(tmp_path, content):
    with pytest.raises(CommandError):
        run(written(tmp_path, "x.jsonl", content))
    assert not Dataset.objects.filter(name="shop").exists()
    assert ImportJob.objects.get().state == "failed"


def test_it_says_why_nothing_came_in(tmp_path):
    path = written(tmp_path, "x.jsonl", json_lines(*[{"turns": [{"role": "??", "text": "hi"}]}] * 3, {"turns": []}))
    with pytest.raises(CommandError, match=r"None of the 4 records.*who “\?\?” is"):
        run(path)


def test_an_import_that_adds_nothing_new_is_no_failure(tmp_path):
    path = written(tmp_path, "x.jsonl", json_lines(record("a", "b")))
    run(path)
    run(path)
    assert Dialogue.objects.count() == 1


def test_columns_that_are_not_known_are_said_once_with_the_option_that_names_them(tmp_path, capsys):
    path = written(tmp_path, "x.csv", ROWS)
    with pytest.raises(CommandError, match=r"dialogue, role, text.*a1, b1, c1.*--column dialogue=NAME"):
        run(path)
    named = ["--column", "dialogue=a1", "--column", "role=b1", "--column", "text=c1"]
    run(path, *named, "--role", "Anna=customer", "--role", "bot=agent")
    assert stored() == {"1": [["hi", "hello"]]}


def test_a_role_may_be_left_out(tmp_path):
    path = written(tmp_path, "x.csv", csv_of([["dialogue_id", "role", "text"], [1, "user", "hi"], [1, "Spy", "psst"]]))
    run(path, "--role", "Spy=")
    assert stored() == {"1": [["hi"]]}


@pytest.mark.parametrize(
    "option",
    [
        ["--role", "Anna=boss"],
        ["--column", "texts=c1"],
        ["--role", "Anna"],
        ["--encoding", "klingon"],
        ["--without", "nothing"],
        ["--format", "word"],
    ],
)
def test_an_option_that_means_nothing_is_refused(tmp_path, option):
    with pytest.raises(CommandError, match=r"boss|texts|Anna|klingon|nothing|word"):
        run(written(tmp_path, "x.csv", ROWS), *option)
    assert not Dialogue.objects.exists()


def test_the_result_as_json_says_what_failed(tmp_path, capsys):
    with pytest.raises(CommandError):
        run(written(tmp_path, "x.jsonl", "{broken\n"), "--json")
    result = json.loads(capsys.readouterr().out)
    assert (result["added"], result["refused"]) == (0, 0)
    assert "No dialogues were recognised" in result["error"]


def test_the_file_in_an_archive_is_named_with_the_line(tmp_path):
    run(written(tmp_path, "x.zip", zipped({"a/b.jsonl": json_lines(record("a")) + "broken\n", "c.txt": "no"})))
    problems = {
        (p.kind, line.place, line.line) for p in ImportJob.objects.get().problems.all() for line in p.lines.all()
    }
    assert problems == {("json", "a/b.jsonl", 2), ("file", "c.txt", 1)}


def test_an_import_into_an_empty_dataset_of_before_leaves_it_there(tmp_path):
    Dataset.objects.create(name="shop")
    with pytest.raises(CommandError):
        run(written(tmp_path, "x.jsonl", "{broken\n"))
    assert Dataset.objects.filter(name="shop").exists()


def test_a_dataset_of_the_site_itself_takes_none(tmp_path):
    Dataset.objects.update_or_create(builtin="corpus", defaults={"name": "shop"})
    with pytest.raises(CommandError, match="takes no imports"):
        run(written(tmp_path, "x.jsonl", json_lines(record("a"))))
