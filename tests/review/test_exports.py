"""Exports of a round: what stands in the files, for whom, and how often."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dialogues.models import Comparison, Dialogue
from ecc_site.core.jobs import Superseded
from ecc_site.core.models import Act, AuditEntry
from ecc_site.models import EraseJob
from ecc_site.privacy.erasing import erase_dialogues
from review.agreement.adjudication import adjudicate
from review.desk.verdicts import record, undo
from review.exports import writing
from review.exports.formats import FORMATS
from review.exports.judged import batches
from review.exports.part import Part
from review.models import Assignment, ExportJob, Round, Tag, TurnTag, Verdict, VerdictRevision
from review.tasks import export_round, remove_old_exports
from scoring.models import Score
from tests import build
from tests.build import make_round

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "exports"


def judge(round_, by, *said):
    """Verdicts of a person about the first items of the round; each is a preference, or with more in a dict."""
    for item, what in zip(round_.items.order_by("pk"), said, strict=False):
        places = Assignment.objects.filter(round=round_, dialogue=item.dialogue)
        if not places.filter(annotator=by).exists():
            free = places.filter(state="free").first()
            Assignment.objects.filter(pk=free.pk).update(annotator=by, state="taken")
        values = {"preference": what} if isinstance(what, str) else what
        record(by, item, build.verdict_input(**values))


def exported(round_, format_, **values) -> ExportJob:
    job = ExportJob.objects.create(round=round_, format=format_, **values)
    export_round(job.pk)
    job.refresh_from_db()
    return job


def content(job) -> str:
    return job.file.read_text(encoding="utf-8-sig")


def lines(job) -> list[dict]:
    return [json.loads(line) for line in content(job).splitlines()]


# --- what stands in the files


@pytest.mark.database
def test_json_lines_have_all_columns_and_the_conversation_before(round_, annotator):
    second = round_.items.order_by("pk").get(comparison__turn__text="customer 0.1")
    Assignment.objects.filter(dialogue=second.dialogue).update(annotator=annotator, state="taken")
    record(annotator, second, build.verdict_input("reference", correction="亲，可以", note="n", seconds=3.5))
    job = exported(round_, "verdicts.jsonl")
    assert (job.state, job.error, job.record_count, job.done, job.total) == ("done", "", 1, 1, 1)
    (row,) = lines(job)
    expected = {
        "round": "week 47",
        "round_id": round_.pk,
        "annotator": "annotator",
        "dataset": "shop",
        "dialogue": second.dialogue_id,
        "position": 2,
        "split": "train",
        "language": "en",
        "customer": "customer 0.1",
        "end_model": "v1",
        "end_answer": "v1 customer 0.1",
        "reference_kind": "human",
        "reference_answer": "agent 0.1",
        "preference": "reference",
        "end_acceptable": False,
        "reference_acceptable": True,
        "acceptable_is_default": True,
        "correction": "亲，可以",
        "note": "n",
        "seconds": 3.5,
        "stratum": "worst",
        "reason": "0.20",
        "final": 0.2,
        "alpha": 0.8,
        "theta": 0.2,
    }
    assert expected.items() <= row.items()
    assert row["conversation"] == [{"role": "customer", "text": "customer 0.0"}, {"role": "agent", "text": "agent 0.0"}]


@pytest.mark.database
def test_times_are_in_the_zone_of_the_shop(round_, annotator, settings):
    judge(round_, annotator, "tie")
    (row,) = lines(exported(round_, "verdicts.jsonl"))
    at = datetime.fromisoformat(row["at"])
    stored = Verdict.objects.get().current.created_at
    assert (settings.TIME_ZONE, at) == ("Asia/Shanghai", stored.replace(microsecond=0))
    assert row["at"].endswith("+08:00")


def test_scores_are_those_of_the_current_scorers_and_unknown_without_one(round_, annotator):
    judge(round_, annotator, "tie")
    Score.objects.all().delete()
    (row,) = lines(exported(round_, "verdicts.jsonl"))
    assert [row[name] for name in ("similarity", "match_end", "match_cloud", "final", "alpha")] == [None] * 5


def test_a_table_has_the_same_columns_and_no_formula(round_, annotator):
    judge(round_, annotator, {"note": "=HYPERLINK(1)"}, "both_bad")
    rows = list(csv.DictReader(io.StringIO(content(exported(round_, "verdicts.csv")))))
    assert [row["note"] for row in rows] == ["'=HYPERLINK(1)", ""]
    flat = lines(exported(round_, "verdicts.jsonl"))[0]
    assert [*rows[0], "conversation"] == [*flat]
    assert exported(round_, "verdicts.csv").file.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("said", "learned"),
    [
        ("end", "v1 customer 0.0"),
        ("reference", "agent 0.0"),
        ("tie", "agent 0.0"),
        ("both_bad", None),
        ({"preference": "both_bad", "correction": "亲，可以"}, "亲，可以"),
        ({"preference": "end", "correction": "亲，可以"}, "亲，可以"),
    ],
    ids=str,
)
def test_what_is_learned_of_a_verdict(said, learned, round_, annotator):
    judge(round_, annotator, said)
    job = exported(round_, "sft")
    question = {"role": "user", "content": "customer 0.0"}
    expected = [{"messages": [question, {"role": "assistant", "content": learned}]}] if learned else []
    assert lines(job) == expected
    assert job.left_out == ({} if learned else {"no_reply": 1})


def test_the_conversation_goes_before_the_reply_without_events(round_, annotator):
    turns = round_.items.first().dialogue.turns
    turns.filter(position=1).update(role="event")
    judge(round_, annotator, "end", "end")
    assert lines(exported(round_, "sft"))[1]["messages"] == [
        {"role": "user", "content": "customer 0.0\ncustomer 0.1"},
        {"role": "assistant", "content": "v1 customer 0.1"},
    ]


END, REFERENCE, OWN = "v1 customer 0.0", "agent 0.0", "亲，可以"


@pytest.mark.parametrize(
    ("said", "pairs"),
    [
        ("end", [(END, REFERENCE)]),
        ("reference", [(REFERENCE, END)]),
        ("tie", []),
        ("both_bad", []),
        ({"preference": "tie", "correction": OWN}, [(OWN, END), (OWN, REFERENCE)]),
        ({"preference": "both_bad", "correction": OWN}, [(OWN, END), (OWN, REFERENCE)]),
    ],
    ids=str,
)
def test_what_is_preferred_to_what(said, pairs, round_, annotator):
    judge(round_, annotator, said)
    job = exported(round_, "preferences")
    assert [(row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in lines(job)] == pairs
    assert all(row["prompt"] == [{"role": "user", "content": "customer 0.0"}] for row in lines(job))
    assert (job.record_count, job.left_out) == (len(pairs), {} if pairs else {"no_reply": 1})


def test_the_verdicts_about_a_comparison_are_annotations_of_one_task(spec, annotator, person):
    round_ = make_round(spec(overlap=2), by=None)
    judge(round_, annotator, "end", "tie")
    judge(round_, person("second", "annotator"), {"preference": "reference", "correction": OWN, "seconds": 2})
    job = exported(round_, "label_studio")
    first, second = json.loads(content(job))
    assert (job.record_count, job.done) == (2, 3)
    assert first["data"]["annotators"] == ["annotator", "second"]
    assert [first["data"][name] for name in ("text1", "text2")] == [END, REFERENCE]
    assert first["data"]["dialogue"] == [{"author": "customer", "text": "customer 0.0"}]
    said = [{r["from_name"]: next(iter(r["value"].values())) for r in a["result"]} for a in first["annotations"]]
    assert said == [
        {"preference": ["end"], "pairwise": "left"},
        {"preference": ["reference"], "pairwise": "right", "correction": [OWN]},
    ]
    assert ["lead_time" in annotation for annotation in first["annotations"]] == [False, True]
    assert [r["from_name"] for r in second["annotations"][0]["result"]] == ["preference"]
    assert first["predictions"] == [{"model_version": "v1", "score": 0.1, "result": []}]


@pytest.mark.parametrize("name", FORMATS)
def test_a_round_without_verdicts_gives_a_file_that_can_be_read(name, round_):
    job = exported(round_, name)
    assert (job.state, job.record_count) == ("done", 0)
    text = content(job)
    assert text.count("\n") == (1 if name in ("verdicts.csv", "label_studio") else 0)
    assert name != "label_studio" or json.loads(text) == []


# --- which verdicts


def test_withdrawn_verdicts_are_not_exported(round_, annotator):
    judge(round_, annotator, "end", "tie")
    undo(annotator, round_, build.verdict_input().key)
    assert [row["preference"] for row in lines(exported(round_, "verdicts.jsonl"))] == ["end"]


@pytest.mark.database
def test_a_selection_by_person_and_by_correction(spec, annotator, person):
    round_, second = make_round(spec(overlap=2), by=None), person("second", "annotator")
    judge(round_, annotator, "end", {"correction": OWN})
    judge(round_, second, "tie")
    by_second = lines(exported(round_, "verdicts.jsonl", annotator=second))
    corrected = lines(exported(round_, "verdicts.jsonl", only_corrected=True))
    assert [row["preference"] for row in by_second] == ["tie"]
    assert [row["correction"] for row in corrected] == [OWN]


@pytest.fixture
def decided(spec, annotator, person, manager):
    """Two people about two items: they agree on the first, and a manager decided about the second."""
    made = make_round(spec(overlap=2), by=None)
    judge(made, annotator, "end", "end")
    judge(made, person("second", "annotator"), "end", "tie")
    adjudicate(made.items.order_by("pk")[1], manager, "reference", "", build.verdict_input().key)
    return made


def preferences_of(round_, **part) -> list[str]:
    return [row["preference"] for row in lines(exported(round_, "verdicts.jsonl", part=Part(**part).as_json()))]


@pytest.mark.parametrize(
    ("part", "preferences"),
    [
        ({}, ["end", "end", "end", "tie", "reference"]),
        ({"preference": "tie"}, ["tie"]),
        ({"decisions": "only"}, ["reference"]),
        ({"decisions": "without"}, ["end", "end", "end", "tie"]),
        ({"decisions": "instead"}, ["end", "end", "reference"]),
        ({"decisions": "without", "preference": "end"}, ["end"] * 3),
        ({"stratum": "random"}, []),
        ({"stratum": "worst", "preference": "reference"}, ["reference"]),
    ],
    ids=str,
)
def test_a_part_by_what_was_said_and_why_it_was_asked(part, preferences, decided):
    assert preferences_of(decided, **part) == preferences


@pytest.mark.parametrize(
    ("part", "count"),
    [
        ({"error_tag": "尺码错"}, 1),
        ({"error_tag": "尺码"}, 0),
        ({"signal": "wrong_fact"}, 2),
        ({"signal": "wrong_fact", "error_tag": "尺码错"}, 1),
        ({"signal": "wrong"}, 0),
    ],
    ids=str,
)
@pytest.mark.database
def test_a_part_by_error_tag_and_signal(part, count, round_, annotator):
    said = ({"tags": ["语气", "尺码错"], "signals": ["wrong_fact"]}, {"signals": ["wrong_tone", "wrong_fact"]}, {})
    judge(round_, annotator, *({"preference": "tie", **values} for values in said))
    assert len(preferences_of(round_, **part)) == count


def test_only_tags_and_signals_of_the_round_are_offered(decided, as_manager):
    Round.objects.update(error_tags=["尺码错"], signals=["wrong_tone"])
    form = as_manager.get(reverse("review:exports", args=[decided.pk])).context["form"]
    assert [value for value, _label in form.fields["error_tag"].choices] == ["", "尺码错"]
    assert [value for value, _label in form.fields["signal"].choices] == ["", "wrong_tone"]


@pytest.mark.database
def test_a_part_by_the_tag_of_the_question_confirmed_or_suggested(decided, annotator):
    tag = Tag.objects.create(name="退货", kind="intent")
    first, second = (item.comparison.turn for item in decided.items.order_by("pk")[:2])
    TurnTag.objects.create(turn=first, tag=tag, kind="intent", similarity=0.9)
    refused = {"state": "refused", "at": timezone.now()}
    TurnTag.objects.create(turn=second, tag=tag, kind="intent", similarity=0.9, **refused)
    assert preferences_of(decided, tag=tag.pk) == ["end", "end"]


@pytest.mark.database
def test_a_part_by_days_is_by_those_of_the_shop(decided, settings):
    assert settings.TIME_ZONE == "Asia/Shanghai"
    at = datetime(2020, 11, 28, 17, 30, tzinfo=UTC)  # the 29th in the shop
    VerdictRevision.objects.filter(preference="end").update(created_at=at)
    day, later = date(2020, 11, 29), date(2200, 1, 1)
    assert preferences_of(decided, first=day, last=day) == ["end"] * 3
    assert preferences_of(decided, last=date(2020, 11, 28)) == []
    VerdictRevision.objects.filter(preference="tie").update(created_at=datetime(2200, 1, 1, tzinfo=UTC))
    assert preferences_of(decided, first=later, last=later) == ["tie"]
    assert len(preferences_of(decided, first=date.min, last=date.max)) == 5


@pytest.mark.parametrize("tagged", [False, True])
def test_a_part_takes_no_more_queries_than_all(tagged, decided):
    tag = Tag.objects.create(name="returns", kind="intent")
    part = Part(decisions="instead", stratum="worst", tag=tag.pk if tagged else None, first=date(2020, 1, 1))
    with CaptureQueriesContext(connection) as queries:
        list(FORMATS["sft"]().text(batches(part.narrow(Verdict.objects.active().filter(round=decided)))))
    assert len(queries) <= 6


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the plan is that of SQLite")
@pytest.mark.parametrize("decisions", ["", "only", "instead"])
def test_a_part_is_read_in_the_order_of_an_index_and_nothing_is_sorted(decisions, decided):
    tag = Tag.objects.create(name="returns", kind="intent")
    part = Part(preference="tie", decisions=decisions, stratum="random", tag=tag.pk, first=date(2020, 1, 1))
    verdicts = part.narrow(Verdict.objects.active().filter(round=decided, item__gt=1))
    plan = verdicts.order_by("item_id", "pk")[:100].explain()
    assert "verdict_by_item" in plan
    assert "TEMP B-TREE" not in plan


def test_a_manager_exports_the_part_that_the_form_says_and_reads_in_the_list_which_it_was(decided, as_manager):
    tag = Tag.objects.create(name="退货", kind="intent")
    address = reverse("review:exports", args=[decided.pk])
    asked = {"format": "verdicts.csv", "preference": "end", "tag": tag.pk, "stratum": "worst", "decisions": "instead"}
    days = {"first": "2026-11-01", "last": "2200-01-01"}
    assert as_manager.post(address, {**asked, **days}).status_code == 302
    job = ExportJob.objects.get()
    assert Part.of_json(job.part) == Part("end", tag.pk, "worst", "instead", date(2026, 11, 1), date(2200, 1, 1))
    page = as_manager.get(address, headers={"Accept-Language": "en"}).content.decode()
    for words in ("end better", "退货", "worst first", "a decision instead of", "from 2026-11-01", "until 2200-01-01"):
        assert f"· {words}" in page


def test_two_parts_are_two_exports_and_one_part_twice_is_one(decided, as_manager):
    address = reverse("review:exports", args=[decided.pk])
    for part in ({}, {"preference": "tie"}, {"preference": "tie", "last": "2026-11-29"}, {}, {"preference": "tie"}):
        as_manager.post(address, {"format": "sft", **part})
    assert ExportJob.objects.count() == 3


@pytest.mark.parametrize("wrong", [{"preference": "best"}, {"first": "soon"}, {"tag": "0"}, {"stratum": "x"}])
def test_a_part_that_there_cannot_be_starts_nothing(wrong, decided, as_manager):
    address = reverse("review:exports", args=[decided.pk])
    response = as_manager.post(address, {"format": "sft", **wrong})
    assert set(response.context["form"].errors) == set(wrong)
    assert not ExportJob.objects.exists()


def test_a_page_of_the_round_leads_to_a_part_that_is_chosen_already(decided, as_manager):
    page = as_manager.get(reverse("round", args=[decided.pk])).content.decode()
    address = f"{reverse('review:exports', args=[decided.pk])}?preference=tie"
    assert f'href="{address}"' in page
    form = as_manager.get(address).content.decode()
    assert '<option value="tie" selected>' in form


def test_the_command_exports_the_same_part(decided, tmp_path):
    tag = Tag.objects.create(name="退货", kind="intent")
    item = decided.items.order_by("pk")[1]
    TurnTag.objects.create(turn=item.comparison.turn, tag=tag, kind="intent", similarity=0.9)
    out = tmp_path / "out"
    options = {"preference": "reference", "tag": "退货", "stratum": "worst", "decisions": "only"}
    call_command("export", str(out), "--first", "2020-01-01", round=decided.pk, **options)
    assert [json.loads(line)["preference"] for line in out.read_text().splitlines()] == ["reference"]
    with pytest.raises(CommandError, match="There is no tag 'x'"):
        call_command("export", str(out), round=decided.pk, tag="x")
    with pytest.raises(CommandError, match="--last"):
        call_command("export", str(out), f"--round={decided.pk}", "--last=soon")


@pytest.mark.database
def test_batches_have_whole_items_and_miss_nothing(spec, annotator, person):
    Score.objects.update(final=1 - F("final"))  # the items stand in another order than their dialogues
    round_, second = make_round(spec(overlap=2), by=None), person("second", "annotator")
    for who in (annotator, second):
        judge(round_, who, *["end"] * 6)
    found = list(batches(Verdict.objects.active().filter(round=round_), size=5))
    assert [len(batch) for batch in found] == [4, 4, 4]
    exported_ids = [judged["verdict"] for batch in found for judged in batch]
    assert sorted(exported_ids) == sorted(Verdict.objects.values_list("pk", flat=True))


def test_more_verdicts_take_no_more_queries(round_, annotator):
    counts = []
    for said in (["end"], ["end"] * 6):
        judge(round_, annotator, *said)
        with CaptureQueriesContext(connection) as queries:
            list(FORMATS["sft"]().text(batches(Verdict.objects.active().filter(round=round_))))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


# --- test dialogues


@pytest.fixture
def measuring(spec, annotator):
    made = make_round(spec(purpose="measure"), by=None)
    judge(made, annotator, {"preference": "end", "correction": OWN})
    return made


@pytest.mark.parametrize("name", ["sft", "preferences"])
def test_a_measuring_round_gives_no_training_data(name, measuring, as_manager):
    job = exported(measuring, name)
    assert (job.state, job.file.exists()) == ("failed", False)
    assert "test dialogues" in job.error
    address = reverse("review:exports", args=[measuring.pk])
    response = as_manager.post(address, {"format": name}, headers={"Accept-Language": "en"})
    assert "This round reviews test dialogues" in response.context["form"].errors["format"][0]
    assert ExportJob.objects.count() == 1
    assert lines(exported(measuring, "verdicts.jsonl"))[0]["split"] == "test"


@pytest.mark.parametrize("name", ["sft", "preferences"])
def test_what_a_test_dialogue_has_as_well_is_left_out(name, round_, annotator):
    judge(round_, annotator, "reference", "reference")
    build.dataset(build.record("customer 0.0", "Agent 0.0!", split="test"), name="other")
    job = exported(round_, name)
    assert (job.record_count, job.left_out) == (1, {"in_test": 1})
    assert "agent 0.0" not in json.dumps([row.get("messages", row.get("chosen"))[-1] for row in lines(job)])


@pytest.mark.parametrize("name", ["sft", "preferences"])
def test_a_dialogue_that_became_one_for_tests_is_left_out(name, round_, annotator):
    judge(round_, annotator, "end")
    Comparison.objects.update(split="test")
    assert exported(round_, name).left_out == {"in_test": 1}


# --- the job


def test_twice_is_one_file(round_, annotator, folder):
    judge(round_, annotator, "end")
    job = exported(round_, "sft")
    before = content(job)
    export_round(job.pk)
    assert (content(job), len(list(folder.iterdir()))) == (before, 1)


@pytest.mark.database
def test_an_export_that_was_killed_half_way_begins_anew(round_, annotator, folder, monkeypatch):
    judge(round_, annotator, *["end"] * 6)
    job = ExportJob.objects.create(round=round_, format="sft")
    dies = iter([False, True])
    sizes = writing.batches

    def small_batches(verdicts):
        for batch in sizes(verdicts, size=3):
            if next(dies, False):
                raise SystemExit
            yield batch

    monkeypatch.setattr(writing, "batches", small_batches)
    with pytest.raises(SystemExit):
        export_round(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.is_ready) == ("running", 2, False)
    leftover = folder / f"{job.pk}-of-another-attempt.tmp"
    leftover.write_text("x")
    ExportJob.objects.filter(pk=job.pk).update(state="queued", token=None)
    export_round(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.record_count, len(lines(job))) == ("done", 6, 6, 6, 6)
    assert list(folder.iterdir()) == [job.file]


def test_a_cancelled_export_leaves_no_file_and_resumes(round_, annotator, folder):
    judge(round_, annotator, *["end"] * 6)
    job = ExportJob.objects.create(round=round_, format="sft")
    job.on_progress = lambda: ExportJob.objects.filter(pk=job.pk).update(cancel_requested=True)
    job.run(writing.export_round)
    job.refresh_from_db()
    assert (job.state, list(folder.iterdir())) == ("cancelled", [])
    assert job.resume()
    export_round(job.pk)
    job.refresh_from_db()
    assert (job.state, len(lines(job))) == ("done", 6)


@pytest.mark.database
def test_a_worker_that_was_taken_for_dead_replaces_no_file(round_, annotator, folder):
    judge(round_, annotator, "end")
    job = ExportJob.objects.create(round=round_, format="sft")
    job.on_progress = lambda: ExportJob.objects.filter(pk=job.pk).update(token="0" * 32)
    assert job.claim()
    with pytest.raises(Superseded):
        writing.export_round(job)
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named_as_the_reason(round_, folder):
    folder.write_text("a file")
    job = exported(round_, "sft")
    assert job.state == "failed"
    assert job.error.startswith("The file cannot be written: File exists")


def test_files_go_after_some_days(round_, folder, monkeypatch):
    job = exported(round_, "sft")
    remove_old_exports()
    assert job.is_ready
    monkeypatch.setattr(ExportJob, "KEPT_S", -10)
    remove_old_exports()
    assert (job.is_ready, list(folder.iterdir())) == (False, [])


# --- erasing


def erase(dialogue) -> EraseJob:
    job = EraseJob.objects.create(dialogues=[dialogue.pk], reason="asked for")
    job.run(erase_dialogues)
    job.refresh_from_db()
    return job


@pytest.mark.database
def test_erasing_a_dialogue_removes_the_exports_of_its_rounds_alone(spec, round_, annotator):
    other = make_round(spec(name="other", purpose="measure"), by=None)
    judge(round_, annotator, "end")
    job, stays = exported(round_, "verdicts.jsonl"), exported(other, "verdicts.jsonl")
    assert "customer 0.0" in content(job)
    done = erase(round_.items.order_by("pk").first().dialogue)
    assert (done.state, done.removed["exports"]) == ("done", 1)
    assert (job.is_ready, stays.is_ready) == (False, True)
    again = exported(round_, "verdicts.jsonl")
    assert (again.state, again.record_count) == ("done", 0)


@pytest.mark.database
def test_an_export_that_is_at_work_while_a_dialogue_is_erased_begins_again_without_it(round_, annotator, folder):
    judge(round_, annotator, *["end"] * 6)
    gone = round_.items.order_by("pk").first().dialogue
    job = ExportJob.objects.create(round=round_, format="verdicts.jsonl")
    job.on_progress = lambda: erase(gone) if Dialogue.objects.filter(pk=gone.pk).exists() else None
    job.run(writing.export_round)
    job.refresh_from_db()
    assert (job.state, list(folder.iterdir())) == ("queued", [])
    export_round(job.pk)
    job.refresh_from_db()
    assert (job.state, job.record_count) == ("done", 4)
    assert "customer 0.0" not in content(job)


# --- the pages


def test_a_manager_starts_an_export_and_takes_the_file(round_, annotator, as_manager, manager):
    judge(round_, annotator, "reference")
    address = reverse("review:exports", args=[round_.pk])
    assert as_manager.post(address, {"format": "sft"}).url == address
    job = ExportJob.objects.get()
    assert (job.state, job.created_by) == ("queued", manager)
    assert "Download" not in as_manager.get(address, headers={"Accept-Language": "en"}).content.decode()
    file_address = reverse("review:export-file", args=[job.pk])
    assert as_manager.get(file_address).status_code == 404
    export_round(job.pk)
    page = as_manager.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert file_address in page
    assert "1 record" in page
    response = as_manager.get(file_address)
    assert response["Content-Disposition"] == f'attachment; filename="sft-round-{round_.pk}.jsonl"'
    assert b"".join(response.streaming_content) == job.file.read_bytes()
    entry = AuditEntry.objects.get(act=Act.EXPORTED)
    assert (entry.by, entry.target, entry.detail) == (manager, f"sft-round-{round_.pk}.jsonl", "week 47")


def test_the_same_twice_is_one_job_and_another_selection_another(round_, annotator, as_manager):
    judge(round_, annotator, "end")
    address = reverse("review:exports", args=[round_.pk])
    for form in ({"format": "sft"}, {"format": "sft"}, {"format": "sft", "annotator": annotator.pk}) * 2:
        as_manager.post(address, form)
    assert ExportJob.objects.count() == 2


@pytest.mark.parametrize(
    ("form", "field"),
    [({"format": "pickle"}, "format"), ({}, "format"), ({"format": "sft", "annotator": 987_654}, "annotator")],
    ids=str,
)
def test_bad_input_starts_nothing(form, field, round_, as_manager):
    response = as_manager.post(reverse("review:exports", args=[round_.pk]), form)
    assert list(response.context["form"].errors) == [field]
    assert not ExportJob.objects.exists()


def test_only_people_who_gave_verdicts_can_be_chosen(round_, annotator, manager, as_manager):
    judge(round_, annotator, "end")
    form = as_manager.get(reverse("review:exports", args=[round_.pk])).context["form"]
    assert list(form.fields["annotator"].queryset) == [annotator]


def test_the_fragment_comes_alone_and_the_page_says_how_many_never_leave(round_, as_manager):
    address = reverse("review:exports", args=[round_.pk])
    fragment = as_manager.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert 'id="exports"' in fragment
    marked = Dialogue.objects.filter(pk=round_.items.first().dialogue_id).update(never_leaves=True)
    page = as_manager.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert f"{marked} dialogue marked “never leaves”" in page


def test_an_export_whose_file_is_gone_says_so(round_, as_manager):
    job = exported(round_, "sft")
    job.remove_files()
    page = as_manager.get(reverse("review:exports", args=[round_.pk]), headers={"Accept-Language": "en"})
    assert "The file has been removed" in page.content.decode()
    assert as_manager.get(reverse("review:export-file", args=[job.pk])).status_code == 404


# --- the command


def test_the_command_writes_the_same_file(round_, annotator, tmp_path, capsys):
    judge(round_, annotator, "end", "tie", "both_bad")
    out = tmp_path / "out.jsonl"
    call_command("export", str(out), round=round_.pk, format="sft", json=True)
    result = json.loads(capsys.readouterr().out)
    assert (result["records"], result["left_out"]) == (2, {"no_reply": 1})
    assert out.read_bytes() == exported(round_, "sft").file.read_bytes()
    assert AuditEntry.objects.get(act=Act.EXPORTED).target == "out.jsonl"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.jsonl"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"round": 987_654}, "There is no round 987654"),
        ({"annotator": "nobody"}, "There is nobody named 'nobody'"),
        ({"purpose": "measure", "format": "sft"}, "This round reviews test dialogues"),
        ({"out": "missing/out"}, "missing/out cannot be written: No such file"),
    ],
    ids=str,
)
def test_what_the_command_refuses(options, sentence, spec, tmp_path):
    made = make_round(spec(purpose=options.pop("purpose", "teach")), by=None)
    out = tmp_path / options.pop("out", "out")
    with pytest.raises(CommandError, match=sentence):
        call_command("export", str(out), **({"round": made.pk} | options))
    assert not out.exists()
