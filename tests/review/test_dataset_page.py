"""The manager's page of a dataset, where work is started and sent to review."""

import pytest
from django.urls import reverse

from dialogues.models import AnswerJob
from review.models import Round
from scoring.models import ScoreJob
from serving.models import Version

pytestmark = pytest.mark.django_db


def post_round(client, dataset, **changes):
    data = {
        "name": "week 47",
        "version": Version.objects.get(name="v1").pk,
        "kind": "human",
        "purpose": "teach",
        "order": "worst",
        "size": 4,
        "overlap": 1,
    }
    return client.post(reverse("dataset-review", args=[dataset.pk]), data | changes)


def test_one_button_sends_it_to_review(as_manager, reviewed):
    assert post_round(as_manager, reviewed).status_code == 302
    assert Round.objects.get().item_count == 4


@pytest.mark.parametrize("bad", [{"size": 0}, {"size": 10**9}, {"overlap": 21}, {"name": ""}, {"kind": "cloud"}])
def test_what_cannot_be_made_is_said(as_manager, reviewed, bad):
    response = post_round(as_manager, reviewed, **bad)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Round.objects.exists()


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
