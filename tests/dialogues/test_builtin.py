"""What the site makes itself is known by a column: no name of a person's dataset can be mistaken for it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.urls import reverse

from dialogues.builtin import builtin_dataset
from dialogues.importing.turns import parse_turns
from dialogues.models import Comparison, Dataset, EvalSet
from tests.build import record
from training.evaluation.sets import regression_set
from training.paper.table6.experiment import corpus_dataset

pytestmark = pytest.mark.django_db
LINE = '{"turns": [{"role": "customer", "text": "hello"}]}\n'


def made(which=Dataset.Builtin.CORPUS):
    return builtin_dataset(which, [parse_turns(record("question", "reply"))], note="made here")


def test_it_is_filled_once():
    first = made()
    assert (first.builtin, first.name, first.dialogue_count) == ("corpus", "corpus", 1)
    assert made() == first
    assert made().dialogue_count == 1


def test_a_persons_dataset_of_the_same_name_stays_a_persons(tmp_path):
    file = tmp_path / "corpus.jsonl"
    file.write_text(LINE)
    call_command("import_dialogues", str(file))
    theirs = Dataset.objects.get(name="corpus")
    ours = corpus_dataset()
    assert ours != theirs
    assert (theirs.builtin, theirs.dialogue_count) == ("", 1)
    assert ours.dialogue_count > 1000


def test_a_persons_regression_does_not_become_the_forgetting_check(tmp_path):
    theirs = Dataset.objects.create(name="regression")
    EvalSet.objects.freeze("regression", Comparison.objects.none())
    checked = regression_set()
    assert checked.dataset != theirs
    assert checked.items.count() > 100
    assert regression_set() == checked


@pytest.mark.parametrize("which", ["corpus", "regression", "table6"])
def test_a_file_cannot_be_added_to_it(which, tmp_path):
    dataset = made(which)
    file = tmp_path / "more.jsonl"
    file.write_text(LINE)
    with pytest.raises(CommandError, match="choose another name"):
        call_command("import_dialogues", str(file), dataset=dataset.name)
    dataset.refresh_from_db()
    assert dataset.dialogue_count == 1


def test_the_form_says_so_before_anything_is_uploaded(as_manager):
    made()
    upload = {"file": SimpleUploadedFile("corpus.jsonl", LINE.encode()), "file_format": "jsonl"}
    page = as_manager.post(reverse("dialogues:upload"), upload)
    assert "takes no imports" in page.content.decode()


def test_the_demo_may_grow(tmp_path):
    dataset = made(Dataset.Builtin.DEMO)
    file = tmp_path / "more.jsonl"
    file.write_text(LINE)
    call_command("import_dialogues", str(file), dataset=dataset.name)
    dataset.refresh_from_db()
    assert dataset.dialogue_count == 2


def test_there_is_one_set_for_a_purpose():
    dataset = made()
    EvalSet.objects.create(name="a", purpose="gate", dataset=dataset, kind="cloud")
    with pytest.raises(IntegrityError):
        EvalSet.objects.create(name="b", purpose="gate", dataset=dataset, kind="cloud")
