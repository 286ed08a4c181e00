"""What a customer said is erased everywhere, and the guard that no model with their words is forgotten."""

import json
import sqlite3

import pytest
from django.db import connection, models, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from dialogues.importing import preparing, run
from dialogues.importing.run import import_file
from dialogues.models import Answer, Dataset, Dialogue, EvalItem, EvalSet, ImportJob, KeptOut, Turn, UsedEntry
from ecc_site.core.models import Act, AuditEntry
from ecc_site.models import EraseJob
from ecc_site.privacy import erasing
from ecc_site.privacy.erasing import copies_of, erase_dialogues
from ecc_site.privacy.find import find
from ecc_site.privacy.footprint import Footprint
from knowledge.live import remembering, remembering_at, remembering_fixed
from knowledge.models import Clock, Entry, EntryRevision, FixedItem, FixedMemory, Pair, TrialJob
from review.desk.verdicts import record
from review.models import Assignment, Round, Verdict, VerdictRevision
from scoring.models import Embedding, Score
from serving.models import CloudCall, Quote, RedactionPattern
from serving.redaction import redact
from serving.subject import Subject
from tests import build
from tests.build import make_round
from tests.dialogues.imports import undone
from tests.project.ours import our_models
from training.erasing import learners_of
from training.models import Checkpoint, Label, LearnedTurn, Paraphrase, TeacherTableJob

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SAID = "我叫欧阳翠花想退货"

# Every column that holds words or may hold them: those that a customer may have said, or that repeat it …
OF_CUSTOMERS = {
    "serving.CloudCall": {"messages", "reply", "problem", "prompt_hash"},
    "serving.Quote": {"origin"},
    "knowledge.FixedItem": {"question", "context", "reply", "origin"},
    "knowledge.Entry": {"text", "context", "origin"},
    "knowledge.Wording": {"text"},
    "knowledge.EntryRevision": {"content", "reason"},
    "knowledge.TrialJob": {"question", "context", "answer", "error"},
    "dialogues.Dialogue": {"source_id", "content_hash"},
    "dialogues.Turn": {"raw", "text"},
    "dialogues.Answer": {"text", "settings_hash"},
    "dialogues.GivenVerdict": {"correction", "by"},
    "dialogues.ImportJob": {"report", "roles"},
    "dialogues.ImportProblem": {"values"},
    "dialogues.ReplacedDialogue": {"record", "said", "source_id", "content_hash"},
    "review.RoundItem": {"reason"},
    "review.VerdictRevision": {"correction", "note", "tags"},
    "review.Skip": {"note"},
    "review.TagExample": {"text"},
    "scoring.Embedding": {"key", "numbers"},
    "training.Label": {"text", "text_hash"},
    "training.Paraphrase": {"text", "text_hash"},
    "training.TeacherTableJob": {"question", "rows"},
    "training.Run": {"data_report"},
}
# … and those that cannot, each with the reason.
NAMES = "named or written by the shop's own people, about no customer"
IDS = "ids, numbers, settings and hashes of more than one dialogue"
SENTENCES = "our own sentences, and a provider's words about a redacted prompt, shortened"
OTHERS = {
    NAMES: {
        "core.AuditEntry": {"target", "detail", "by_name"},
        "core.ApiToken": {"name"},
        "serving.Version": {"name", "model", "adapter"},
        "serving.AliasMove": {"reason"},
        "serving.RedactionPattern": {"name", "expression"},
        "dialogues.Dataset": {"name", "note"},
        "dialogues.EvalSet": {"name"},
        "dialogues.ImportJob": {
            "dataset_name",
            "path",
            "file_name",
            "file_format",
            "encoding",
            "columns",
            "left_out_steps",
        },
        "dialogues.ProblemLine": {"place"},
        "scoring.Profile": {"name", "reason"},
        "review.Round": {"name", "guideline", "error_tags"},
        "review.Guideline": {"text"},
        "review.Phrase": {"text"},
        "review.Tag": {"name", "description"},
        "training.LabelJob": {"contains"},
        "training.Run": {"name"},
        "ecc_site.EraseJob": {"reason"},
        "ecc_site.Alert": {"note"},
        "ecc_site.Recipient": {"address", "secret"},
        "ecc_site.Delivery": {"address", "content"},
    },
    IDS: {
        "core.ApiToken": {"digest", "shown", "scopes"},
        "core.StoredResponse": {"digest", "body"},
        "serving.QuotedSet": {"digest"},
        "knowledge.FixedMemory": {"digest"},
        "knowledge.Pair": {"texts"},  # a digest
        "knowledge.TrialJob": {"finish_reason", "used"},
        "dialogues.Answer": {"finish_reason"},
        "dialogues.KeptOut": {"key"},
        "scoring.ScorerSet": {"similarity", "match", "digest", "quantiles"},
        "review.Round": {"signals", "selection"},
        "review.RoundItem": {"expected"},
        "review.VerdictRevision": {"left_side", "signals"},
        "review.RoundFigures": {"figures"},
        "review.CalibrationFigures": {"figures", "chosen", "digest", "subject"},
        "review.CalibrationJob": {"chosen", "digest"},
        "review.LearnedScorer": {"coefficients"},
        "review.ExportJob": {"format", "left_out", "part"},
        "review.SuggestTagsJob": {"thresholds"},
        "training.Label": {"prompt_version"},
        "training.LabelJob": {"unanswered"},
        "training.Experiment": {"preset"},
        "training.Run": {
            *("preset", "parameters", "mix", "left_out", "learned", "trials", "data_hash", "nearness"),
            *("drawn_up_to", "resume_from", "progress"),
        },
        "training.Table6Job": {"methods"},
        "ecc_site.EraseJob": {"dialogues", "removed", "audited", "learners"},
        "ecc_site.NearestJob": {"found"},
        "ecc_site.DatasetFigures": {"figures", "verdicts_by_day", "stamp"},
        "ecc_site.Measurement": {"subject"},
        "ecc_site.Bound": {"subject"},
        "ecc_site.Alert": {"subject"},
    },
    SENTENCES: {
        "dialogues.ImportProblem": {"kind", "field"},
        "ecc_site.DeliveryAttempt": {"words"},
        **{
            f"{app}.{name}": {"error"}
            for app, names in {
                "dialogues": ("ImportJob", "UndoJob", "AnswerJob"),
                "scoring": ("ScoreJob", "ProfileJob"),
                "review": (
                    "TakeOverJob",
                    "ExportJob",
                    "MakeRoundJob",
                    "SuggestTagsJob",
                    "FiguresJob",
                    "CalibrationJob",
                ),
                "training": (
                    *("AssessmentJob", "LabelJob", "TeacherTableJob", "Run", "PreparationJob", "Table6Job", "MergeJob"),
                ),
                "ecc_site": ("EraseJob", "NearestJob"),
            }.items()
            for name in names
        },
    },
}
WORDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)


def columns_with_words() -> set[tuple[str, str]]:
    return {
        (model._meta.label, field.name)
        for model in our_models()
        for field in model._meta.concrete_fields
        if isinstance(field, WORDS) and not field.choices
    }


def listed(by_model: dict[str, set[str]]) -> set[tuple[str, str]]:
    return {(label, name) for label, names in by_model.items() for name in names}


def places_of(words: str) -> set[tuple[str, str]]:
    """Every column of a customer's words in which these stand in some row."""
    by_label = {model._meta.label: model for model in our_models()}
    return {
        (label, name)
        for label, name in listed(OF_CUSTOMERS)
        for value in by_label[label].objects.values_list(name, flat=True)
        if words in (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr))
    }


def erase(*dialogues: Dialogue, by=None, reason: str = "asked for") -> EraseJob:
    job = EraseJob.objects.create(dialogues=[dialogue.pk for dialogue in dialogues], reason=reason, created_by=by)
    job.run(erase_dialogues)
    job.refresh_from_db()
    return job


# --- the guards


def test_of_every_column_that_can_hold_words_it_is_known_whether_they_can_be_a_customers():
    others = set().union(*(listed(by_model) for by_model in OTHERS.values()))
    assert listed(OF_CUSTOMERS) & others == set()
    assert columns_with_words() - listed(OF_CUSTOMERS) - others == set()
    assert (listed(OF_CUSTOMERS) | others) - columns_with_words() == set()


@pytest.fixture(autouse=True)
def own_uploads(settings, tmp_path):
    """What another test left waiting to be imported would be erased, and counted, here."""
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def everywhere(make_world, annotator):
    """One row of everything, all of it learned from one dialogue."""
    world = make_world(annotator, SAID)
    of_it = {"origin": world.dialogue.content_hash}
    Entry.objects.update(**of_it)
    FixedItem.objects.update(**of_it)
    Quote.objects.update(**of_it)
    CloudCall.objects.filter(pk=world.call.pk).update(turn_id=world.turn.pk, dialogue_id=world.dialogue.pk)
    TeacherTableJob.objects.update(rows=[{"question": SAID, "bare": world.call.pk}])
    return world


def test_nothing_that_was_said_stands_in_any_table_afterwards(everywhere):
    assert len(places_of(SAID)) >= 20
    job = erase(everywhere.dialogue)
    assert (job.state, job.error) == ("done", "")
    assert places_of(SAID) == set()
    assert places_of(everywhere.dialogue.content_hash) == set()
    assert not Embedding.objects.exists()


def test_a_report_counts_what_was_removed_and_repeats_no_words(everywhere, admin_user):
    planned = Footprint.of(everywhere.dialogue).counts
    job = erase(everywhere.dialogue, by=admin_user, reason="letter of 3 May")
    assert job.removed == dict(planned)
    expected = {"dialogues": 1, "turns": 2, "labels": 2, "paraphrases": 1, "verdicts": 1, "eval_items": 1, "scores": 2}
    expected |= {"turn_tags": 2, "tag_examples": 1}
    assert expected.items() <= job.removed.items()
    entry = AuditEntry.objects.get(act=Act.ERASED)
    assert (entry.by, "letter of 3 May" in entry.detail, "turns 2" in entry.detail) == (admin_user, True, True)
    assert SAID not in f"{entry.target}{entry.detail}{job.removed}{job.learners}"


def test_the_file_of_the_database_has_the_words_no_more(transactional_db):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no file of ours to read")
    dataset = build.dataset(build.record(SAID * 50, "好的"))
    with sqlite3.connect(connection.settings_dict["NAME"]) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    place = connection.settings_dict["NAME"]

    def in_the_files() -> list[bool]:
        return [SAID.encode() in open(place + ending, "rb").read() for ending in ("", "-wal")]

    assert any(in_the_files())
    assert erase(dataset.dialogues.get()).state == "done"
    assert in_the_files() == [False, False]


def test_uploads_that_wait_go_where_a_person_asked_but_not_those_of_an_active_import(reviewed, tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)
    waiting, active = (tmp_path / f"{name}.upload" for name in ("waiting", "active"))
    for file in (waiting, active):
        file.write_text(SAID, encoding="utf-8")
    ImportJob.objects.create(path=str(active), dataset_name="shop", file_name="x")
    by_age = EraseJob.objects.create(dataset=reviewed, older_than_days=1)
    Dialogue.objects.filter(pk=reviewed.dialogues.first().pk).update(created_at="2020-01-01T00:00Z")
    by_age.run(erase_dialogues)
    assert waiting.exists()
    assert erase(reviewed.dialogues.first()).removed["uploads"] == 1
    assert (waiting.exists(), active.exists()) == (False, True)


def imported_again(folder, *dialogues: dict) -> ImportJob:
    file = folder / "again.jsonl"
    file.write_text("\n".join(map(json.dumps, dialogues)), encoding="utf-8")
    job = ImportJob.objects.create(path=str(file), dataset_name="again", file_name="again.jsonl")
    job.run(import_file)
    job.refresh_from_db()
    return job


def test_what_was_erased_on_request_does_not_come_back_with_a_file(db, tmp_path):
    said = build.record("我要退货", "好的")
    gone = build.dataset(said, build.record("在吗", "在的")).dialogues.order_by("id").first()
    erase(gone)
    job = imported_again(tmp_path, said)
    assert (job.state, job.added, job.problem_count) == ("failed", 0, 1)
    assert "erased at somebody's request" in job.error
    assert imported_again(tmp_path, build.record("在吗", "在的")).added == 1
    assert KeptOut.objects.exclude(key=gone.content_hash).count() == 1


def test_nor_do_its_words_with_the_report_of_that_file(db, tmp_path):
    said = build.record("我叫欧阳翠花  想退货", "好的")  # two spaces, an example of what was cleaned
    erase(build.dataset(said).dialogues.get())
    job = imported_again(tmp_path, said, build.record("在吗", "在的"))
    assert (job.state, job.added) == ("done", 1)
    assert places_of("欧阳翠花") == set()
    assert job.report["read"]["steps"]["spaces"]["count"] == 1


NAMED = "我叫欧阳翠花，我要退货"


def replaced_by(folder, before: dict, after: dict, name: str) -> ImportJob:
    """An import in which a dialogue takes the place of an earlier one with the same id."""
    for number, said in enumerate((before, after)):
        file = folder / f"{name}-{number}.jsonl"
        file.write_text(json.dumps(said), encoding="utf-8")
        job = ImportJob.objects.create(path=str(file), dataset_name=name, file_name=file.name)
        job.run(import_file)
    job.refresh_from_db()
    assert job.replaced == 1
    return job


def test_what_a_file_had_replaced_is_found_and_goes_too(db, tmp_path):
    before, after = build.record(NAMED, "好的", id="a"), build.record("我要退货", "好的", id="a")
    replaced_by(tmp_path, before, after, "shop")
    (found,) = find(text="欧阳翠花").dialogues
    assert found.turns.first().text == "我要退货"
    job = erase(found)
    assert job.removed["replaced_dialogues"] == 1
    assert places_of("欧阳翠花") == set()
    assert imported_again(tmp_path, before).added == 0


def test_what_was_replaced_in_another_dataset_or_under_another_name_goes_too(db, tmp_path):
    before, after = build.record(NAMED, "好的", id="a"), build.record("我要退货", "好的", id="a")
    replaced_by(tmp_path, before, after, "other")
    Dataset.objects.update(name="renamed")
    erase(build.dataset(before).dialogues.get())
    assert places_of("欧阳翠花") == set()


def test_who_is_not_erased_comes_back_when_an_import_is_undone(db, tmp_path):
    before, after = build.record(NAMED, "好的", id="a"), build.record("我要退货", "好的", id="a")
    job = replaced_by(tmp_path, before, after, "shop")
    erase(build.dataset(build.record("在吗", "在的", id="b")).dialogues.get(source_id="b"))
    undone(job)
    assert Dialogue.objects.get().turns.first().raw == NAMED


def test_by_age_what_was_replaced_long_ago_goes_too(db, tmp_path):
    before, after = build.record(NAMED, "好的", id="a"), build.record("我要退货", "好的", id="a")
    replaced_by(tmp_path, before, after, "shop")
    ImportJob.objects.update(created_at="2020-01-01T00:00Z")
    EraseJob.objects.create(dataset=Dataset.objects.get(), older_than_days=9).run(erase_dialogues)
    assert (Dialogue.objects.count(), places_of("欧阳翠花")) == (1, set())


def test_an_import_that_runs_does_not_write_erased_words_back(db, tmp_path, monkeypatch):
    """Its report quotes a dialogue that is erased between two of its batches."""
    monkeypatch.setattr(preparing, "BATCH", 2)
    records = [build.record(f"{NAMED}\u200b" if i == 0 else f"第{i}个问题\u200b", "好的") for i in range(6)]
    file = tmp_path / "x.jsonl"
    file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    job = ImportJob.objects.create(path=str(file), dataset_name="x", file_name="x", roles={"欧阳翠花": "customer"})
    batches = run.batches

    def with_an_erasure(*of):
        for number, batch in enumerate(batches(*of)):
            if number == 1:
                assert "欧阳翠花" in str(ImportJob.objects.get().report)
                erase(Dialogue.objects.order_by("pk").first())
            yield batch

    monkeypatch.setattr(run, "batches", with_an_erasure)
    job.run(import_file)
    job.refresh_from_db()
    assert (job.state, job.added) == ("done", 6)
    assert places_of("欧阳翠花") == set()
    assert job.report["read"]["steps"]["control"]["count"] == 6


def test_an_import_that_waits_keeps_its_roles_until_its_end(db, tmp_path):
    file = tmp_path / "x.jsonl"
    file.write_text(json.dumps({"turns": [{"role": "欧阳翠花", "text": "在吗"}]}), encoding="utf-8")
    job = ImportJob.objects.create(path=str(file), dataset_name="shop", file_name="x", roles={"欧阳翠花": "customer"})
    erase(build.dataset(build.record(NAMED, "好的")).dialogues.get())
    job.refresh_from_db()
    job.run(import_file)
    job.refresh_from_db()
    assert (job.state, job.added, job.roles) == ("done", 1, {})


def test_what_was_erased_by_age_may_come_back(db, tmp_path):
    said = build.record("我要退货", "好的")
    dataset = build.dataset(said)
    Dialogue.objects.update(created_at="2020-01-01T00:00Z")
    EraseJob.objects.create(dataset=dataset, older_than_days=1).run(erase_dialogues)
    assert not Dialogue.objects.exists()
    assert imported_again(tmp_path, said).added == 1


# --- counters, sets and versions


@pytest.fixture
def judged(spec, annotator, reviewed):
    """A round of three dialogues, one of which has a correction that became an entry, a label and an answer."""
    Dataset.objects.filter(pk=reviewed.pk).update(remembers_at_once=True)
    round_ = make_round(spec(overlap=2), by=None)
    item = round_.items.first()
    Assignment.objects.filter(round=round_, dialogue=item.dialogue, n=1).update(annotator=annotator, state="taken")
    record(annotator, item, build.verdict_input("reference", correction="亲，请这样退"))
    return round_


def test_counters_of_dataset_coverage_and_round_stay_right(judged, reviewed):
    item = Verdict.objects.get().item
    assert erase(item.dialogue).state == "done"
    reviewed.refresh_from_db()
    judged.refresh_from_db()
    assert reviewed.dialogue_count == reviewed.dialogues.count() == 3
    assert reviewed.open_turn_count == Turn.objects.open_in(reviewed).count() == 6
    coverage = reviewed.coverages.get()
    assert coverage.answer_count == Answer.objects.filter(version=coverage.version).count() == 6
    assert (judged.item_count, judged.wanted_count, judged.verdict_count) == (4, 8, 0)
    assert judged.items.count() == 4
    assert not VerdictRevision.objects.exists()


def test_a_frozen_set_says_how_many_of_its_items_are_gone(reviewed):
    dialogue = reviewed.dialogues.first()
    of_it = reviewed.comparisons.filter(turn__dialogue=dialogue)
    eval_set = EvalSet.objects.freeze("frozen", reviewed.comparisons.all())
    count = of_it.count()
    erase(dialogue)
    eval_set.refresh_from_db()
    assert (eval_set.lost_count, eval_set.items.count()) == (count, EvalItem.objects.count())
    assert count == 2
    assert "frozen: 2 of its pairs were erased" in render_to_string("training/_lost.html", {"eval_set": eval_set})


def test_nobody_elses_rows_are_touched(judged, reviewed):
    dialogue = Verdict.objects.get().item.dialogue
    others = reviewed.dialogues.exclude(pk=dialogue.pk)
    before = {
        "turns": rows(Turn.objects.filter(dialogue__in=others)),
        "answers": rows(Answer.objects.filter(turn__dialogue__in=others)),
        "scores": rows(Score.objects.filter(comparison__turn__dialogue__in=others)),
    }
    erase(dialogue)
    assert before == {
        "turns": rows(Turn.objects.all()),
        "answers": rows(Answer.objects.all()),
        "scores": rows(Score.objects.all()),
    }


def rows(queryset):
    return list(queryset.order_by("pk").values())


def learned(dataset, *turns, **values):
    """A run that has learned these turns, with the version of its checkpoint."""
    base = build.version(f"base {values}", model="embedded-end")
    run = build.run(dataset, base, state="done", **values)
    Checkpoint.objects.create(run=run, step=1, version=build.version(f"trained {run.pk}"))
    LearnedTurn.objects.record(run, [turn.pk for turn in turns])
    return run


def test_the_report_names_the_runs_that_had_learned_from_it():
    shop = build.shop()
    mine, other = build.turn(shop, 0), build.turn(shop, 1)
    first, second = learned(shop, mine, other), learned(shop, other, name="other")
    assert learners_of(mine.dialogue) == {str(first.pk): True}
    job = erase(mine.dialogue)
    assert job.learners == {str(first.pk): True}
    assert erase(other.dialogue).learners == {str(first.pk): True, str(second.pk): True}


def test_of_an_older_run_the_replies_by_people_are_certain_and_others_possible():
    shop = build.shop()
    label = build.label(build.turn(shop, 0), "better")
    by_people = learned(shop, learned=[label.pk], started_at=timezone.now())
    mixed = learned(shop, mix={"person": 0, "replay": 5}, started_at=timezone.now())
    learned(shop, learned=[], started_at=timezone.now(), name="of others")
    assert learners_of(label.turn.dialogue) == {str(by_people.pk): True, str(mixed.pk): False}


# --- the memory


def test_the_memory_forgets_it_at_once_in_the_present_the_past_and_in_fixed_memories(judged, reviewed):
    entry = Entry.objects.get()
    before = Clock.now()
    assert entry.pk in remembering()[0].memory.items
    assert entry.pk in remembering_at(before).memory.items
    fixed = FixedMemory.objects.of([remembering()[0].memory.items[entry.pk]])
    assert len(remembering_fixed(fixed.pk).memory) == 1
    erase(Verdict.objects.get().item.dialogue)
    assert len(remembering()[0].memory) == 0
    assert len(remembering_at(before).memory) == 0
    assert len(remembering_fixed(fixed.pk).memory) == 0
    entry.refresh_from_db()
    assert (entry.text, entry.state, entry.origin, entry.wordings.count()) == ("[erased]", "removed", "", 0)
    assert [revision.reason for revision in entry.revisions.all()] == ["erased"]
    entry.restore(by=None)
    assert entry.state == "removed", "there is nothing to bring back"


def test_what_is_learned_from_it_while_it_is_erased_goes_too():
    shop = build.dataset(build.record(SAID, "好的", split="train"))
    dialogue = shop.dialogues.get()
    footprint = Footprint.of(dialogue)
    learned = {"origin": dialogue.content_hash, "kind": "reply", "source": "page", "by": None}
    Entry.objects.add(wordings=[SAID], text="可以退", **learned)
    footprint.erase(None)
    assert Entry.objects.get().text == "[erased]"


def test_a_question_that_was_merged_into_another_entry_goes_too():
    shop = build.dataset(build.record(SAID, "好的", split="train"))
    origin = shop.dialogues.get().content_hash
    reply = {"kind": "reply", "source": "page", "by": None}
    older = Entry.objects.add(wordings=["怎么退货"], text="7天内可退", **reply)
    mine = Entry.objects.add(wordings=[SAID], text="可以退", origin=origin, **reply)
    Pair.objects.create(first=older, second=mine, kind="duplicate", similarity=1, likeness=1).decide("merge", None)
    assert older.wordings.count() == 2
    erase(shop.dialogues.get())
    assert list(older.wordings.values_list("text", flat=True)) == ["怎么退货"]
    assert not [r for r in EntryRevision.objects.all() if SAID in json.dumps(r.content, ensure_ascii=False)]


def test_a_merged_question_goes_also_where_the_pair_is_gone():
    shop = build.dataset(build.record(SAID, "好的", split="train"))
    origin = shop.dialogues.get().content_hash
    reply = {"kind": "reply", "source": "page", "by": None, "text": "7天内可退"}
    older = Entry.objects.add(wordings=["怎么退货"], **reply)
    mine = Entry.objects.add(wordings=[SAID], origin=origin, **reply)
    pair = Pair.objects.create(first=older, second=mine, kind="duplicate", similarity=1, likeness=1)
    pair.decide("merge", None)
    Pair.objects.all().delete()  # as once they are about something else
    erase(shop.dialogues.get())
    assert list(older.wordings.values_list("text", flat=True)) == ["怎么退货"]
    assert not [r for r in EntryRevision.objects.all() if SAID in json.dumps(r.content, ensure_ascii=False)]


def test_it_goes_from_what_took_that_entry_and_what_another_customer_asked_too_stays():
    shop = build.dataset(build.record(SAID, "好的", split="train"))
    origin = shop.dialogues.get().content_hash
    reply = {"kind": "reply", "source": "page", "by": None, "text": "7天内可退"}
    oldest = Entry.objects.add(wordings=["怎么退货", "我要退货"], **reply)
    older = Entry.objects.add(wordings=["退货"], **reply)
    mine = Entry.objects.add(wordings=[SAID, "我要退货"], origin=origin, **reply)
    for first, second in ((older, mine), (oldest, older)):
        pair = Pair.objects.create(first=first, second=second, kind="duplicate", similarity=1, likeness=1)
        pair.decide("merge", None)
    assert SAID in oldest.wordings.values_list("text", flat=True)
    erase(shop.dialogues.get())
    assert list(oldest.wordings.values_list("text", flat=True)) == ["怎么退货", "我要退货", "退货"]
    assert not [r for r in EntryRevision.objects.all() if SAID in json.dumps(r.content, ensure_ascii=False)]


def test_what_a_verdict_about_a_copy_stands_by_goes_with_the_last_of_them(annotator):
    said, version = build.record("我要退货", "好的", split="train"), build.version()
    for name in ("pilot", "shop"):
        copy = build.dataset(said, name=name)
        Dataset.objects.update(remembers_at_once=True)
        build.scored(copy, version, [0.5])
        item = make_round(build.round_spec(copy, name=name), by=None).items.get()
        record(annotator, item, build.verdict_input("both_bad", correction="亲，7天内可退"))
    entry = Entry.objects.get()
    first, last = Dialogue.objects.order_by("pk")
    erase(first)
    entry.refresh_from_db()
    assert (entry.text, entry.state) == ("亲，7天内可退", "active")
    erase(last)
    entry.refresh_from_db()
    assert entry.is_erased


def test_what_was_said_elsewhere_goes_where_it_has_the_shops_own_kind_of_personal_data():
    RedactionPattern.objects.create(name="member_number", expression="VIP[0-9]{8}")
    shop, version = build.shop(), build.version()
    build.answered(shop, version, ["x", "VIP20261128 的积分已补", "x", "x", "x"])
    mine, other = build.turn(shop, 0).dialogue, build.turn(shop, 1)
    reply = {"kind": "reply", "source": "verdict", "by": None, "origin": mine.content_hash}
    entry = Entry.objects.add(wordings=["a"], text="VIP20261128 的积分已补", **reply)
    UsedEntry.objects.create(answer=Answer.objects.get(turn=other, version=version), entry=entry, use="direct")
    assert erase(mine).removed["answers_elsewhere"] == 1


def test_what_was_said_elsewhere_with_its_reply_goes_where_that_has_personal_data():
    shop = build.shop()
    mine, other = build.turn(shop, 0).dialogue, build.turn(shop, 1)
    version = build.version()
    build.answered(shop, version, ["x", "请打13800138000", "亲，可以退", "x", "x"])
    reply = {"kind": "reply", "source": "verdict", "by": None, "origin": mine.content_hash}
    named = Entry.objects.add(wordings=["a"], text="请打13800138000", **reply)
    plain = Entry.objects.add(wordings=["b"], text="亲，可以退", **reply)
    for turn, entry in ((other, named), (build.turn(shop, 2), plain)):
        UsedEntry.objects.create(answer=Answer.objects.get(turn=turn, version=version), entry=entry, use="direct")
    job = erase(mine)
    texts = list(Answer.objects.filter(version=version).order_by("id").values_list("text", flat=True))
    assert texts == ["[erased]", "亲，可以退", "x", "x"]
    assert job.removed["answers_elsewhere"] == 1


def test_trial_questions_that_repeat_it_go(db):
    shop = build.dataset(build.record(SAID, "好的"))
    TrialJob.objects.create(state="done", question=SAID, answer="x")
    TrialJob.objects.create(state="done", question="别的", answer="x")
    assert erase(shop.dialogues.get()).removed["trials"] == 1
    assert TrialJob.objects.get().question == "别的"


# --- the ledger


MEMBER = "我的会员号是VIP20261128"


@pytest.mark.parametrize("sent", ["我的会员号是[MEMBER_NUMBER_1]", redact(MEMBER).text], ids=["since", "before"])
def test_typed_questions_lose_their_words_whether_or_not_the_shops_own_kinds_were_redacted(db, sent):
    shop = build.dataset(build.record(MEMBER, "好的"))
    RedactionPattern.objects.create(name="member_number", expression="VIP[0-9]{8}")
    messages = [{"role": "customer", "text": sent}]
    CloudCall.objects.create(version=build.version("t", kind="cloud"), purpose="trial", messages=messages, reply="r")
    assert erase(shop.dialogues.get()).removed["cloud_calls"] == 1


def test_calls_about_it_and_calls_that_quote_it_lose_their_words_but_stay(db):
    shop = build.shop()
    mine, other = build.turn(shop, 0), build.turn(shop, 1)
    teacher = build.version("teacher", kind="cloud")
    said = {"version": teacher, "purpose": "label", "messages": [{"role": "customer", "text": "words"}], "reply": "r"}
    about = CloudCall.objects.create(dialogue_id=mine.dialogue_id, tokens_in=7, **said)
    quoting = CloudCall.objects.create(dialogue_id=other.dialogue_id, **said)
    untouched = CloudCall.objects.create(dialogue_id=other.dialogue_id, **said)
    for origins in Subject().quoting([mine.dialogue.content_hash]).quoted:
        CloudCall.objects.quote(quoting, origins)
    reused = CloudCall.objects.create(dialogue_id=other.dialogue_id, **said)
    build.label(mine, "r", "teacher", teacher=teacher, cloud_call=reused)
    typed = CloudCall.objects.create(
        **said | {"purpose": "trial", "messages": [{"role": "customer", "text": mine.text}]}
    )
    assert erase(mine.dialogue).removed["cloud_calls"] == 4
    for call in (about, quoting, reused, typed):
        call.refresh_from_db()
        assert (call.messages, call.reply, bool(call.erased_at)) == ([], "", True)
    untouched.refresh_from_db()
    about.refresh_from_db()
    assert (untouched.reply, about.tokens_in) == ("r", 7)


# --- twice, half-way, at once


def test_a_second_job_for_the_same_finds_nothing(reviewed):
    dialogue = reviewed.dialogues.first()
    assert erase(dialogue).done == 1
    again = erase(dialogue)
    assert (again.state, again.done, again.removed) == ("done", 0, {})
    assert AuditEntry.objects.filter(act=Act.ERASED).count() == 1


def test_a_job_that_died_goes_on_and_counts_nothing_twice(reviewed, monkeypatch):
    chosen = list(reviewed.dialogues.all()[:3])
    job = EraseJob.objects.create(dialogues=[dialogue.pk for dialogue in chosen])
    of, seen = Footprint.of, []

    def dies_at_the_second(dialogue):
        seen.append(dialogue)
        if len(seen) == 2:
            raise SystemExit
        return of(dialogue)

    monkeypatch.setattr(erasing.Footprint, "of", dies_at_the_second)
    with transaction.atomic(), pytest.raises(SystemExit):
        job.run(erase_dialogues)
    assert Dialogue.objects.filter(pk__in=[dialogue.pk for dialogue in chosen]).count() == 2
    EraseJob.objects.filter(pk=job.pk).update(state="queued", token=None)
    EraseJob.objects.get(pk=job.pk).run(erase_dialogues)
    job.refresh_from_db()
    assert (job.state, job.done, job.removed["dialogues"], job.removed["turns"]) == ("done", 3, 3, 12)
    assert AuditEntry.objects.get(act=Act.ERASED).detail.count("dialogues 3") == 1


def test_a_cancelled_job_keeps_the_rest_and_audits_what_is_gone(reviewed):
    chosen = list(reviewed.dialogues.all()[:3])
    Embedding.objects.create(key=bytes(32), numbers=b"00")
    job = EraseJob.objects.create(dialogues=[dialogue.pk for dialogue in chosen])
    job.on_progress = lambda: EraseJob.objects.filter(pk=job.pk).update(cancel_requested=True)
    job.run(erase_dialogues)
    job.refresh_from_db()
    assert (job.state, job.removed["dialogues"], reviewed.dialogues.count()) == ("cancelled", 1, 3)
    assert "dialogues 1" in AuditEntry.objects.get(act=Act.ERASED).detail
    assert not Embedding.objects.exists()
    assert job.resume()
    job.refresh_from_db()
    job.on_progress = None
    job.run(erase_dialogues)
    details = list(AuditEntry.objects.filter(act=Act.ERASED).order_by("id").values_list("detail", flat=True))
    assert ["dialogues 1" in details[0], "dialogues 2" in details[1]] == [True, True]


def test_the_same_conversation_in_another_dataset_is_a_copy_and_what_was_learned_stays_while_one_is_left():
    first = build.dataset(build.record(SAID, "好的"))
    second = build.dataset(build.record(SAID, "好的"), name="again")
    mine, copy = first.dialogues.get(), second.dialogues.get()
    entry = Entry.objects.add(
        by=None, kind="reply", source="label", text="好的", wordings=[SAID], origin=mine.content_hash
    )
    assert list(copies_of(Dialogue.objects.filter(pk=mine.pk))) == [mine, copy]
    erase(mine)
    entry.refresh_from_db()
    assert entry.text == "好的"
    erase(copy)
    entry.refresh_from_db()
    assert entry.text == "[erased]"


def test_nothing_is_left_of_labels_and_paraphrases(everywhere):
    erase(everywhere.dialogue)
    assert not Label.objects.exists()
    assert not Paraphrase.objects.exists()
    assert Round.objects.get().verdict_count == 0
