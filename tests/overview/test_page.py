"""The managers' first page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dialogues.models import Dataset, ImportJob
from ecc_site.overview import kept
from ecc_site.overview.datasets import SHOWN
from review.desk.verdicts import record
from serving.models import Alias, AliasMove, CloudDay, Version
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def champion(reviewed):
    version = Version.objects.get(name="v1")
    Alias.move("champion", version)
    return version


def page(client, **values):
    return client.get(reverse("home"), values)


def test_a_fresh_site_has_one_sentence_and_one_button(as_manager):
    text = page(as_manager).content.decode()
    assert "No datasets yet" in text
    assert text.count("button primary") == 1
    assert "data-to-do" not in text


@pytest.mark.database
def test_it_shows_how_the_end_model_does_what_waits_and_the_datasets(as_manager, champion, round_, annotator):
    record(annotator, round_.items.first(), build.verdict_input())
    CloudDay.objects.create(day=timezone.localdate(), tokens=1500, calls=3)
    shown = page(as_manager)
    text = shown.content.decode()
    assert "v1 answers customers." in text
    assert "to unseen questions are acceptable by the automatic score (reference: human agent, n = 2)" in text
    assert "People accept 100%" in text
    assert "5 verdicts left in week 47" in text
    assert "1,500 tokens in 30 days" in text
    assert [line["name"] for line in shown.context["score_chart"]["data"]] == ["v1", "began to answer customers"]
    assert shown.context["people_chart"]["data"][0]["name"] == "v1"
    [row] = shown.context["page"].rows
    assert (row.dataset.name, row.mean["value"], row.reviewed_share) == ("shop", pytest.approx(0.75), 1 / 8)
    assert shown.context["lately"]["pace"].total == 1


@pytest.mark.database
def test_running_imports_failures_and_open_rounds_are_still_there(as_manager, round_):
    of_file = {"dataset_name": "shop", "path": "x", "file_name": "x"}
    running = ImportJob.objects.create(state="running", **of_file)
    ImportJob.objects.create(state="failed", ended_at=timezone.now(), **of_file)
    shown = page(as_manager)
    assert list(shown.context["imports"]) == [running]
    assert "1 job failed in the last 7 days" in shown.content.decode()
    assert [found.pk for found in shown.context["rounds"]] == [round_.pk]


def test_it_opens_on_the_dataset_that_was_used_last(as_manager, reviewed):
    other = build.shop("other")
    assert page(as_manager).context["dataset"] == reviewed
    as_manager.get(reverse("dataset", args=[other.pk]))
    assert page(as_manager).context["dataset"] == other
    assert page(as_manager, dataset=reviewed.pk).context["dataset"] == reviewed
    assert page(as_manager, dataset="x").context["dataset"] == reviewed
    reviewed.rounds.all().delete()
    Dataset.objects.filter(pk=other.pk).delete()
    assert page(as_manager).context["dataset"] == reviewed


def test_htmx_gets_the_figures_alone(as_manager, reviewed):
    text = as_manager.get(reverse("home"), {"dataset": reviewed.pk}, headers={"HX-Request": "true"}).content.decode()
    assert text.lstrip().startswith('<section id="figures"')
    assert "data-to-do" not in text


def test_figures_that_are_being_worked_out_are_asked_for_again(as_manager, reviewed, monkeypatch):
    monkeypatch.setattr(kept, "QUICK_SCORES", 1)
    assert "hx-trigger" in page(as_manager).content.decode().split('id="figures"')[1].split(">")[0]
    kept.refresh()
    assert "hx-trigger" not in page(as_manager).content.decode().split('id="figures"')[1].split(">")[0]


def test_a_mark_far_from_all_scores_does_not_stretch_the_chart(as_manager, champion):
    AliasMove.objects.update(at=timezone.now() - timedelta(days=400))
    names = [line["name"] for line in page(as_manager).context["score_chart"]["data"]]
    assert names == ["v1"]


def queries(client) -> int:
    page(client)  # whatever is worked out once
    with CaptureQueriesContext(connection) as asked:
        assert page(client).status_code == 200
    return len(asked)


@pytest.mark.database
def test_more_of_everything_asks_no_more_questions(as_manager, champion, round_, spec, annotator):
    record(annotator, round_.items.first(), build.verdict_input())
    build.answered(build.shop("second"), champion)
    before = queries(as_manager)
    for i in range(3):
        build.answered(build.shop(f"other {i}"), champion)
        build.make_round(spec(name=f"round {i}"))
    for item in round_.items.all()[1:4]:
        record(annotator, item, build.verdict_input())
    build.scored(Dataset.objects.get(name="shop"), build.version("v2"), [0.5] * 8)
    assert queries(as_manager) == before
    assert before < 67  # of them one for each kind of job


def test_more_datasets_than_a_page_has_are_behind_a_link(as_manager):
    Dataset.objects.bulk_create(Dataset(name=f"d{i}") for i in range(SHOWN + 1))
    first = page(as_manager)
    assert len(first.context["page"].rows) == SHOWN
    second = page(as_manager, after=first.context["page"].next_cursor)
    assert [row.dataset.name for row in second.context["page"].rows] == ["d0"]


def test_a_name_is_text(as_manager, reviewed):
    Version.objects.filter(name="v1").update(name="<b>v1")
    Alias.move("champion", Version.objects.get(name="<b>v1"))
    text = page(as_manager).content.decode()
    assert "<b>v1" not in text


def test_annotators_go_to_their_queue(as_annotator):
    assert page(as_annotator).url == reverse("review:queue")
