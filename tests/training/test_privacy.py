"""What was planted leaves by no path, and of a dialogue that never leaves nothing does: a server records the bytes."""

import json
import re
from io import StringIO

import pytest
from django.core.management import call_command

from dialogues.answering import answer_dataset
from dialogues.importing.run import import_file
from dialogues.models import AnswerJob, Dataset, ImportJob
from serving import gateway
from serving.models import CloudCall, Version
from tests import build
from tests.serving.provider import chat
from training.labels.teacher import label_dataset
from training.models import LabelJob, TeacherTableJob
from training.paper.table3.experiment import ask_teachers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_loaded")]

FULL_WIDTH = str.maketrans("0123456789-@.X", "０１２３４５６７８９－＠．Ｘ")
NUMBERS = [  # each kind plain, spaced and hyphenated
    *("13800138000", "139 0013 9000", "137-0013-7000"),
    *("11010519491231002X", "110105 19491231 002X", "110105-19491231-002X"),
    *("6222021234567890128", "6222 0212 3456 7890 128", "6222-0212-3456-7890-128"),
    *("订单号2026112800012345", "订单号 2026 1128 0001 2346", "订单号2026-1128-0001-2347"),
    *("快递单号SF1234567890123", "快递单号 SF 1234 5678 90124", "快递单号SF-1234-5678-90125"),
    "li.lei@example.com",
]
PLANTED = [*NUMBERS, *(number.translate(FULL_WIDTH) for number in NUMBERS)]
SECRET = "绝密口令"  # in every turn of what never leaves


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch, settings):
    monkeypatch.setattr(gateway.time, "sleep", lambda seconds: None)
    settings.CLOUD_TIMEOUT_S, settings.CLOUD_REQUESTS_PER_MINUTE = 5, 0


@pytest.fixture
def shop(db):
    """What was planted in questions, in the agents' replies and in earlier turns; and dialogues that never leave."""
    open_ones = [
        build.record(f"我的是{text}，查一下", f"好的，{text}已记下", f"还是{text}吗？", f"是的 {text}", split="train")
        for text in PLANTED
    ]
    dataset = build.dataset(*open_ones)
    _import(dataset, [build.record(f"{SECRET} {i}", f"回复 {SECRET}", split="train") for i in range(6)])
    return dataset


def _import(dataset, records):
    """A file that never leaves, into a dataset that others share."""
    from django.conf import settings

    path = settings.DATA_DIR / f"private-{dataset.pk}.jsonl"
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records) + "\n", encoding="utf-8")
    values = {"dataset_name": dataset.name, "path": str(path), "file_name": path.name, "never_leaves": True}
    ImportJob.objects.create(**values).run(import_file)


def done(job, work):
    job.run(work)
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job


@pytest.fixture
def teacher(provider):
    provider.will(*[chat("好的")] * 1000)
    return Version.objects.register("cloud", f"openai:teacher@{provider.url}/v1")


def references(shop, provider, teacher):
    done(AnswerJob.objects.create(dataset=shop, version=teacher), answer_dataset)


def labels_with_examples(shop, provider, teacher):
    job = LabelJob.objects.create(
        dataset=shop, teacher=teacher, selection="all", split="train", example_count=100, nearest_count=3
    )
    done(job, label_dataset)


def table_three(shop, provider, teacher):
    done(TeacherTableJob.objects.create(teacher=teacher, question=" ".join(PLANTED)), ask_teachers)
    done(TeacherTableJob.objects.create(teacher=teacher, dataset=shop), ask_teachers)


def an_end_model_elsewhere(shop, provider, teacher):
    version = Version.objects.register("end", f"openai:small@{provider.url.replace('127.0.0.1', '127.1')}/v1")
    done(AnswerJob.objects.create(dataset=shop, version=version), answer_dataset)


def a_file_of_conversations(shop, provider, teacher):
    from django.conf import settings

    infile, outfile = settings.DATA_DIR / "in.jsonl", settings.DATA_DIR / "out.jsonl"
    lines = [{"turns": [{"role": "customer", "text": f"我的是{text}"}]} for text in PLANTED]
    infile.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n", encoding="utf-8")
    settings.END_MODEL = f"openai:small@{provider.url.replace('127.0.0.1', '127.1')}/v1"
    call_command("answer_file", infile, outfile, stdout=StringIO(), stderr=StringIO())


PATHS = [references, labels_with_examples, table_three, an_end_model_elsewhere, a_file_of_conversations]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_nothing_that_was_planted_leaves(shop, provider, teacher, path, settings):
    path(shop, provider, teacher)
    assert provider.seen
    bytes_seen = "\n".join(
        json.dumps([r.path, dict(r.headers), json.loads(r.raw)], ensure_ascii=False) for r in provider.seen
    )
    assert [text for text in PLANTED if _number(text) in bytes_seen] == []
    assert SECRET not in bytes_seen
    rows = json.dumps(list(CloudCall.objects.values("messages", "reply", "problem")), ensure_ascii=False)
    assert [text for text in PLANTED if _number(text) in rows] == []


def _number(text: str) -> str:
    """What must not be seen of it: the number without the words before it."""
    return re.sub(r"^[\u4e00-\u9fff]+ ?", "", text)


def test_marking_a_dataset_stops_everything_that_would_leave(shop, provider, teacher):
    shop.never_leaves = True
    shop.save()
    assert Dataset.objects.get(pk=shop.pk).dialogues.filter(never_leaves=False).count() == 0
    done(AnswerJob.objects.create(dataset=shop, version=teacher), answer_dataset)
    job = LabelJob.objects.create(dataset=shop, teacher=teacher, selection="all", split="train", example_count=50)
    done(job, label_dataset)
    assert provider.seen == []
