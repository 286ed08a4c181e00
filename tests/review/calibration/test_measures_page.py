"""The page of measures beside Eq. 1: worked out by the job of calibration, kept, and downloaded."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from dialogues.models import Answer, Dataset, Dialogue, Turn
from review.calibration.kept import work_out
from review.calibration.subjects import SUBJECTS
from review.desk.verdicts import record
from review.models import CalibrationJob, Tag, TurnTag
from scoring.fusion import COMPONENTS
from scoring.measures.beside import MEASURES
from tests import build

NAMES = (*COMPONENTS, "final", *MEASURES)
pytestmark = pytest.mark.django_db
ADDRESS = "/calibration/measures/"


def page(client, **asked) -> str:
    return client.get(ADDRESS, asked).content.decode()


def work() -> CalibrationJob:
    job = CalibrationJob.objects.filter(state="queued").get()
    job.run(work_out)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    return job


def rows(client, **asked) -> list[dict[str, str]]:
    answer = client.get(reverse("review:calibration-measures-csv"), asked)
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_a_job_works_it_out_and_the_page_shows_what_is_kept(as_manager, reviewed):
    waiting = page(as_manager)
    assert "calculated by a job" in waiting
    assert "Which measure goes with people?" not in waiting
    job = work()
    assert (job.done, job.total) == (SUBJECTS["measures"].parts,) * 2, "the other subjects need verdicts"
    shown = page(as_manager)
    assert not CalibrationJob.objects.active().exists()
    assert "Too few of these replies have been reviewed" in shown
    for words in ("BLEU", "ROUGE-1", "ROUGE-2", "ROUGE-L", "chrF", "repetition", "v1: 8 of 8 replies", "sacrebleu zh"):
        assert words in shown
    assert '"heatmap"' in shown
    with translation.override("zh-hans"):
        as_manager.cookies["django_language"] = "zh-hans"
    assert "指标" in page(as_manager)


def test_people_are_beside_it_where_they_have_judged(as_manager, annotator, round_, verdict_input):
    for item in round_.items.order_by("position"):
        record(annotator, item, verdict_input("end"))
    page(as_manager)
    work()
    assert "over 6 reviewed replies" in page(as_manager)


def test_satisfaction_stands_beside_them_where_a_file_had_it(as_manager, reviewed):
    page(as_manager)
    work()
    assert "satisf" not in page(as_manager)
    for n, dialogue in enumerate(reviewed.dialogues.order_by("pk")):
        Dialogue.objects.filter(pk=dialogue.pk).update(satisfaction=n % 5)
    as_manager.post(f"{ADDRESS}work/?dataset={reviewed.pk}&kind=human")
    work()
    shown = page(as_manager)
    assert "a file says how satisfied the customer was" in shown or "goes with the satisfaction of customers" in shown
    assert "as the file has it" in shown
    assert "as it was held with the human agent" in shown


def test_the_button_works_it_out_again_and_twice_is_once(as_manager, reviewed):
    page(as_manager)
    work()
    for _ in range(2):
        answer = as_manager.post(f"{ADDRESS}work/?dataset={reviewed.pk}&kind=human")
    assert answer.url.startswith(f"{ADDRESS}?dataset={reviewed.pk}")
    assert CalibrationJob.objects.active().count() == 1


def test_a_narrower_filter_is_another_piece_of_work(as_manager, reviewed):
    page(as_manager)
    work()
    page(as_manager, split="test")
    work()
    assert "v1: 2 of 2 replies" in page(as_manager, split="test")
    assert "v1: 8 of 8 replies" in page(as_manager)
    page(as_manager, split="dev")
    work()
    assert "No reply fits this filter" in page(as_manager, split="dev")


def test_the_file_has_every_measure_of_every_reply(as_manager, reviewed):
    Answer.objects.filter(text="v1 customer 0.0").update(text='=HYPERLINK("http://x","y")')
    page(as_manager)
    assert rows(as_manager) == [], "nothing is known yet"
    work()
    found = rows(as_manager)
    assert len(found) == 8
    assert set(found[0]) == {"comparison", "version", "question", "reply", "reference", *NAMES}
    hostile = next(row for row in found if "HYPERLINK" in row["reply"])
    assert hostile["reply"].startswith("'="), "no formula for a spreadsheet"
    assert hostile["version"] == "v1"
    assert 0 <= float(hostile["chrf"]) <= 1
    assert hostile["match_cloud"] == "0.1"


def test_accuracy_and_f1_of_tags_need_twenty_decisions(as_manager, annotator, reviewed):
    turns, tag = Turn.objects.open_in(reviewed), Tag.objects.create(name="refund", kind="intent")
    said = {
        "tag": tag,
        "kind": "intent",
        "state": "confirmed",
        "by": annotator,
        "at": timezone.now(),
        "similarity": 0.5,
    }
    for turn in turns:
        TurnTag.objects.create(turn=turn, **said)
    assert "intent: people have decided 8 suggestions; accuracy and F1 need 20." in page(as_manager)


def test_without_scores_it_says_what_is_needed(as_manager):
    assert "Nothing to measure yet" in page(as_manager)
    Dataset.objects.create(name="empty")
    assert "Nothing to measure yet" in page(as_manager)


def test_what_people_wrote_is_no_markup(as_manager, reviewed):
    type(build.version("x")).objects.filter(name="v1").update(name="<script>alert(1)</script>")
    page(as_manager)
    work()
    shown = page(as_manager)
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_the_questions_do_not_grow_with_what_is_kept(as_manager, reviewed, django_assert_max_num_queries):
    page(as_manager)
    work()
    page(as_manager)
    with django_assert_max_num_queries(26):
        page(as_manager)
