import pytest
from django.urls import reverse

from ecc_site.core.jobs import Job
from serving.models import CloudCall, Version
from tests import build
from tests.serving.provider import PATIENT_S, chat, failing
from training.labels.prompt import ROLE
from training.models import TeacherTableJob
from training.paper.table3.experiment import ROWS, ask_teachers, rows_of, spread_turns

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_loaded")]


@pytest.fixture
def recorded(db):
    Version.objects.register_configured()
    return Version.objects.configured_cloud()


@pytest.fixture
def openai(provider, settings):
    settings.CLOUD_TIMEOUT_S = PATIENT_S
    return Version.objects.create(kind="cloud", name="teacher", model=f"openai:teacher@{provider.url}/v1")


@pytest.fixture
def shop(db):
    splits = ["test"] * 3 + ["train"] * 20 + ["dev"] * 3
    records = [build.record(f"问题第{i}号", f"答{i}", "好的", "再见", split=s) for i, s in enumerate(splits)]
    return build.dataset(*records)


def run(**values):
    job = TeacherTableJob.objects.create(**values)
    job.run(ask_teachers)
    job.refresh_from_db()
    return job


def test_the_recorded_teacher_answers_with_and_without_its_prompt(recorded):
    job = run(teacher=recorded, question="退款多久到账")
    (row,) = rows_of(job)
    assert (job.state, job.done) == ("done", 2)
    assert (row["bare"].version.model, row["prompted"].version.model) == ("recorded:bare", "recorded")
    assert row["bare"].reply != row["prompted"].reply


def test_a_real_cloud_is_asked_with_and_without_the_prompt(openai, provider):
    provider.will(chat("通用的回复"), chat("亲，店里的回复"))
    (row,) = rows_of(run(teacher=openai, question="可以退货吗"))
    assert (row["bare"].reply, row["prompted"].reply) == ("通用的回复", "亲，店里的回复")
    bare, prompted = (request.body["messages"] for request in provider.seen)
    assert [m["role"] for m in bare] == ["user"]
    assert prompted[0]["content"] == ROLE


def test_asked_again_it_answers_from_the_ledger(openai, provider):
    provider.will(chat("一"), chat("二"))
    run(teacher=openai, question="可以退货吗")
    job = run(teacher=openai, question="可以退货吗")
    assert (job.state, len(provider.seen), CloudCall.objects.count()) == ("done", 2, 2)


def test_turns_are_spread_over_the_dataset_and_never_of_the_test_split(shop):
    turns = spread_turns(shop)
    assert len(turns) == ROWS
    assert {turn.dialogue.split for turn in turns} <= {"train", "dev"}
    assert {turn.position for turn in turns} == {0}
    assert spread_turns(shop) == turns


def test_what_got_no_reply_says_why(openai, provider, as_manager):
    provider.will(failing(400), chat("二"))
    job = run(teacher=openai, question="可以退货吗")
    assert job.state == "done"
    shown = as_manager.get(reverse("training:teacher")).content.decode()
    assert "the server refused with 400" in shown


# --- the page


@pytest.fixture
def quiet(monkeypatch):
    monkeypatch.setattr(Job, "send", lambda job: None)


def test_looking_asks_nothing(as_manager, recorded):
    assert as_manager.get(reverse("training:teacher")).status_code == 200
    assert not CloudCall.objects.exists()


def test_the_button_makes_one_job(as_manager, recorded, shop, quiet):
    for _ in range(2):
        response = as_manager.post(reverse("training:ask-teacher"), {"teacher": recorded.pk, "dataset": shop.pk})
        assert response["Location"] == reverse("training:teacher")
    assert TeacherTableJob.objects.get().dataset == shop


def test_nothing_to_ask_is_said(as_manager, recorded):
    response = as_manager.post(reverse("training:ask-teacher"), {"teacher": recorded.pk})
    assert "Choose a dataset or type a question." in response.content.decode()
    assert as_manager.get(reverse("training:ask-teacher")).url == reverse("training:teacher")


def test_what_is_typed_stays_when_a_job_ends(as_manager, recorded):
    page = as_manager.get(reverse("training:teacher")).content.decode()
    assert 'id="ask-teacher"' in page
    assert "hx-preserve" in page[page.index('id="ask-teacher"') :]


def test_the_page_shows_both_sides_and_escapes_them(as_manager, recorded):
    run(teacher=recorded, question="退款多久到账")
    CloudCall.objects.update(reply="<b>x</b>")
    shown = as_manager.get(reverse("training:teacher")).content.decode()
    assert shown.count("&lt;b&gt;x&lt;/b&gt;") == 2
    assert (
        as_manager.get(reverse("training:teacher"), HTTP_HX_REQUEST="true")
        .content.decode()
        .startswith('<div id="teacher"')
    )
