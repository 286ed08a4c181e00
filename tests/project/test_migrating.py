"""A database of an earlier release, with people's work in it, migrates and goes on working."""

import gzip
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

# As release 0.1 left it before its tables were renamed: a small demo, two annotators' verdicts with an undo, labels of
# people and of the teacher, a finished Teach run, its promotion, and the experiment of Table VI.
DUMP = Path(__file__).with_name("database-0.1.sql.gz")
LOOK_AT_IT = """
import gc
import json
import django
gc.set_threshold(200_000, 20, 1000)  # the models of a hundred states of the migrations are many objects in cycles
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from dialogues.models import Dataset, EvalSet
from ecc_site.core.models import AuditEntry
from ecc_site.models import DemoAccount
from review.desk.assignment import next_item
from review.models import Assignment, Round, Verdict
from review.desk.verdicts import VerdictInput, record, undo
from tests.project.pages import SITE
from training.models import Checkpoint, Experiment, Label, LabelJob, Run
from training.labels.from_verdicts import sync_labels
from training.runs.dataset import build_examples
from training.versions.gate import default_measure, gate_of
from serving.models import CloudCall, CloudDay, Version
from django.conf import settings
import uuid

call_command("migrate", verbosity=0)
settings.ALLOWED_HOSTS = ["testserver"]
client = Client()
client.force_login(User.objects.get(username="admin"))
dataset = Dataset.objects.get(builtin="demo")
taught = Run.objects.order_by("id").first()
rows = {
    "dataset": dataset,
    "dialogue": dataset.dialogues.first(),
    "round": Round.objects.last(),
    "run": taught,
    "label": Label.objects.last(),
    "call": CloudCall.objects.last(),
    "trained": Checkpoint.objects.last().version,
}
status = {}
for name, page in SITE.items():
    if "GET" in page.methods and set(page.of) <= set(rows) and not page.fixed:
        world = type("World", (), rows)
        status[name] = client.get(page.address(name, world)).status_code
teach, annotator = Round.objects.get(purpose="teach"), User.objects.get(username="annotator")
before = Verdict.objects.active().count()
item = next_item(teach, annotator)
record(annotator, item, VerdictInput(uuid.uuid4(), "both_bad", correction="after migrating"))
added = sync_labels(dataset)
undo(annotator, teach, uuid.uuid4())
champion = Version.objects.champion()
print(json.dumps({
    "status": status,
    "assignments": list(Assignment.objects.order_by("id").values_list("state", flat=True)),
    "verdicts": [before, Verdict.objects.active().count()],
    "resumed": str(item.dialogue_id),
    "new_labels": added,
    "calls_of_answers": CloudCall.objects.filter(answers__isnull=False).distinct().count(),
    "calls_of_labels": CloudCall.objects.filter(labels__isnull=False, answers=None).distinct().count(),
    "about_nobody": CloudCall.objects.filter(dialogue_id=None, outcome="answered").count(),
    "places": sorted(set(CloudCall.objects.values_list("place", flat=True))),
    "counted": CloudDay.objects.calls_by_place()["file"] == CloudCall.objects.filter(place="file").count(),
    "builtin": dict(Dataset.objects.values_list("name", "builtin")),
    "purposes": sorted(EvalSet.objects.values_list("purpose", "kind")),
    "experiment": list(Experiment.objects.values_list("preset", "scale", "runs__method").order_by("runs__id")),
    "champion": champion.name,
    "remembers": champion.reads_memory,
    "gate": gate_of(champion, **default_measure(champion)).outcome,
    "learned": build_examples(taught).taken,
    "demo_accounts": sorted(DemoAccount.objects.values_list("user__username", flat=True)),
    "audit": list(AuditEntry.objects.order_by("id").values_list("act", "target")[:10]),
    "second_migration": call_command("makemigrations", "--check", "--dry-run", verbosity=0),
}, ensure_ascii=False))
"""


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """What a process of today's code finds in the old database."""
    folder = tmp_path_factory.mktemp("old")
    with sqlite3.connect(folder / "ecc.sqlite3") as database:
        database.executescript(gzip.decompress(DUMP.read_bytes()).decode())
    environment = {**os.environ, "ECC_DATA_DIR": str(folder), "DATABASE_URL": "", "PYTHONPATH": str(settings.BASE_DIR)}
    command = [sys.executable, "-c", LOOK_AT_IT]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_every_page_opens(migrated):
    assert len(migrated["status"]) > 20
    files = {"training:adapter", "training:merged"}  # the dump has no folders of adapters
    assert {name for name, status in migrated["status"].items() if status not in (200, 302)} == files


def test_reviews_are_kept_and_go_on(migrated):
    assert migrated["assignments"].count("taken") == 1  # the annotator's; the admin has only looked
    assert "done" in migrated["assignments"]
    assert migrated["verdicts"] == [20, 20]
    assert migrated["new_labels"] == 1


def test_what_the_site_made_is_known_by_its_columns(migrated):
    assert migrated["demo_accounts"] == ["admin", "annotator", "annotator2", "manager"]
    assert migrated["builtin"] == {"demo": "demo", "regression": "regression", "table6": "table6"}
    assert migrated["purposes"] == [
        *(["dev", "cloud"], ["dev", "human"], ["gate", "cloud"], ["held_out", ""], ["inputs", "cloud"]),
        *(["regression", "human"], ["selection", ""], ["taught", "correction"]),
    ]
    methods = ["prefix", "ptuning_v2", "lora", "lora", "lora"]
    assert migrated["experiment"] == [["paper", 0.001, method] for method in methods]


def test_the_ledger_says_whom_earlier_calls_were_about_and_where_they_went(migrated):
    assert migrated["calls_of_answers"] > 0
    assert migrated["calls_of_labels"] > 0
    assert (migrated["about_nobody"], migrated["places"], migrated["counted"]) == (0, ["file"], True)


def test_what_was_trained_and_promoted_is_kept(migrated):
    assert migrated["champion"].startswith("lora-")
    assert migrated["remembers"], "what people correct from now on acts"
    assert ["promoted", migrated["champion"]] in migrated["audit"]
    assert [act for act, _ in migrated["audit"]].count("opened_round") == 2
    assert migrated["gate"] in ("better", "worse", "undecided", "few", "partial", "unassessed", "unmeasured")
    assert migrated["learned"]["person"] >= 1
