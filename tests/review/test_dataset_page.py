"""The manager's page of a dataset, where work is started and sent to review."""

import pytest
from django.urls import reverse

from dialogues.models import AnswerJob
from review.desk.assignment import next_item
from review.desk.verdicts import record
from scoring.models import ScoreJob

pytestmark = pytest.mark.django_db


def test_the_page_says_what_will_be_taught(as_manager, reviewed, round_, annotator, verdict_input):
    said = [verdict_input("both_bad", correction="三天内到"), verdict_input("tie"), verdict_input("tie")]
    address = reverse("dataset", args=[reviewed.pk])
    assert "Nothing to teach yet" in as_manager.get(address).content.decode()
    for opinion in said:
        record(annotator, next_item(round_, annotator), opinion)
    page = as_manager.get(address).content.decode()
    assert "corrections 1<" in page
    assert "replies in ties 2<" not in page


def test_one_button_starts_answers_of_both_models_and_scores(as_manager, reviewed):
    as_manager.post(reverse("dataset-work", args=[reviewed.pk]), {"work": "all"})
    assert sorted(job.version.kind for job in AnswerJob.objects.all()) == ["cloud", "end"]
    assert ScoreJob.objects.count() == 1


def test_a_double_click_starts_it_once(as_manager, reviewed):
    for _ in range(2):
        as_manager.post(reverse("dataset-work", args=[reviewed.pk]), {"work": "scores"})
    assert ScoreJob.objects.count() == 1


def test_a_dataset_that_never_leaves_has_no_cloud_job(as_manager, reviewed):
    type(reviewed).objects.update(never_leaves=True)
    as_manager.post(reverse("dataset-work", args=[reviewed.pk]), {"work": "all"})
    assert [job.version.kind for job in AnswerJob.objects.all()] == ["end"]


def test_a_running_job_is_watched_and_an_ended_one_is_not(as_manager, reviewed):
    job = ScoreJob.objects.create(dataset=reviewed, total=10, done=4)
    url = reverse("job", args=["score", job.pk])
    running = as_manager.get(url, headers={"HX-Request": "true"})
    assert 'hx-trigger="every 1s"' in running.content.decode()
    assert "HX-Trigger" not in running
    as_manager.post(reverse("cancel-job", args=["score", job.pk]))
    ended = as_manager.get(url, headers={"HX-Request": "true"})
    assert "every 1s" not in ended.content.decode()
    assert ended["HX-Trigger"] == "job-ended"


def test_scores_that_are_asked_for_while_some_are_made_are_made_afterwards(reviewed, as_manager):
    running = ScoreJob.objects.create(dataset=reviewed, state="running")
    as_manager.post(reverse("dataset-work", args=[reviewed.pk]), {"work": "scores"})
    running.refresh_from_db()
    assert running.asked_again
