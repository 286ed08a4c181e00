import pytest
from django.urls import reverse

from dialogues.models import Dataset, Turn, text_hash
from ecc_site.core.jobs import Job
from serving.models import CloudCall, Version
from tests import build
from training.models import Label, LabelJob

pytestmark = pytest.mark.django_db
FRAGMENT = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def sent(monkeypatch, django_capture_on_commit_callbacks):
    """Jobs that were handed to the queue, which no worker of these tests empties."""
    jobs = []
    monkeypatch.setattr(Job, "send", jobs.append)
    return jobs


@pytest.fixture
def shop(db):
    return build.shop(splits=["train"] * 3)


@pytest.fixture
def teacher(db):
    Version.objects.register_configured()
    return Version.objects.configured_cloud()


@pytest.fixture
def labelled(shop, teacher):
    """The first turn has a teacher's label that wins over one of the corpus; the second one of the corpus alone."""
    first, second, _ = Turn.objects.open_in(shop)
    call = CloudCall.objects.create(
        version=teacher,
        purpose="label",
        prompt_hash="cafe",
        messages=[],
        reply="教师",
        tokens_in=1234,
        outcome="answered",
    )
    made = [
        make(first, "teacher", "教师说", cloud_call=call, teacher=teacher, prompt_version="table2.1/0"),
        make(first, "corpus", "语料说"),
        make(second, "corpus", "语料又说"),
    ]
    Label.objects.choose([first.pk, second.pk])
    return made


def make(turn, source, text, **values):
    kept = {"dataset": turn.dialogue.dataset, "split": "train", "text_hash": text_hash(text)}
    kept |= {"origin": "by_hand" if source == "person" else "", **values}
    return Label.objects.create(turn=turn, source=source, text=text, **kept)


def page(client, name="labels", *ids, **query):
    response = client.get(reverse(f"training:{name}", args=ids), query)
    assert response.status_code == 200
    return response.content.decode()


# --- the list


def test_it_lists_labels_with_source_and_origin(as_manager, labelled):
    shown = page(as_manager)
    assert all(text in shown for text in ("教师说", "语料说", "语料又说", "table2.1/0", "imported dialogue"))
    assert shown.count("other replies") == 2


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ({"source": "teacher"}, ["教师说"]),
        ({"source": "corpus"}, ["语料又说", "语料说"]),
        ({"chosen": "True"}, ["语料又说", "教师说"]),
        ({"chosen": "False"}, ["语料说"]),
        ({"rejected": "True"}, []),
        ({"dataset": "0"}, ["语料又说", "语料说", "教师说"]),
    ],
)
@pytest.mark.database
def test_it_can_be_narrowed(as_manager, labelled, query, texts):
    response = as_manager.get(reverse("training:labels"), query)
    assert [label.text for label in response.context["page"].rows] == texts


def test_it_can_be_narrowed_to_a_teacher(as_manager, labelled, teacher):
    response = as_manager.get(reverse("training:labels"), {"teacher": teacher.pk})
    assert [label.text for label in response.context["page"].rows] == ["教师说"]


def test_htmx_gets_the_fragment_alone(as_manager, labelled):
    response = as_manager.get(reverse("training:labels"), **FRAGMENT)
    assert response.content.decode().lstrip().startswith('<div id="labels"')


def test_without_labels_it_says_what_to_do(as_manager):
    assert "No replies to learn" in page(as_manager)


@pytest.mark.database
def test_a_page_costs_the_same_however_many_labels_there_are(as_manager, shop, labelled, django_assert_max_num_queries):
    turn = Turn.objects.open_in(shop).last()
    for i in range(60):
        make(turn, "person", f"第{i}")
    with django_assert_max_num_queries(25):
        shown = page(as_manager)
    assert "Next page" in shown


def test_what_a_customer_wrote_is_escaped(as_manager, labelled):
    Turn.objects.update(text="<script>alert(1)</script>")
    assert "<script>alert" not in page(as_manager)
    assert "<script>alert" not in page(as_manager, "label", labelled[0].pk)


# --- one label


def test_two_labels_of_a_turn_are_both_shown_and_which_one_wins(as_manager, labelled):
    response = as_manager.get(reverse("training:label", args=[labelled[1].pk]))
    assert [(r.text, r.chosen) for r in response.context["of_turn"]] == [("教师说", True), ("语料说", False)]


def test_the_cloud_call_behind_a_label_is_shown(as_manager, labelled):
    shown = page(as_manager, "label", labelled[0].pk)
    assert "cafe" in shown
    assert "1,234" in shown


def test_an_edit_is_a_label_of_the_person_that_wins_and_the_old_one_stays(as_manager, manager, labelled):
    response = as_manager.post(reverse("training:edit-label", args=[labelled[0].pk]), {"text": "我说"})
    mine = Label.objects.get(source="person")
    assert response["Location"] == reverse("training:label", args=[mine.pk])
    assert (mine.text, mine.author, mine.chosen) == ("我说", manager, True)
    labelled[0].refresh_from_db()
    assert (labelled[0].text, labelled[0].chosen, labelled[0].rejected) == ("教师说", False, False)


@pytest.mark.database
def test_the_same_edit_twice_is_one_label(as_manager, labelled):
    for _ in range(2):
        as_manager.post(reverse("training:edit-label", args=[labelled[0].pk]), {"text": "我说"})
    assert Label.objects.filter(source="person").count() == 1


def test_an_edit_without_a_text_says_so_and_keeps_nothing(as_manager, labelled):
    response = as_manager.post(reverse("training:edit-label", args=[labelled[0].pk]), {"text": " "})
    assert "This field is required" in response.content.decode()
    assert not Label.objects.filter(source="person").exists()


def test_a_rejected_label_makes_way_and_comes_back_when_restored(as_manager, labelled):
    address = reverse("training:judge-label", args=[labelled[0].pk])
    as_manager.post(address, {"judgement": "reject"})
    assert [label.text for label in Label.objects.chosen().order_by("id")] == ["语料说", "语料又说"]
    as_manager.post(address, {"judgement": "restore"})
    assert [label.text for label in Label.objects.chosen().order_by("id")] == ["教师说", "语料又说"]


# --- the job


def start(client, **values):
    return client.post(reverse("training:start-labelling"), {"selection": "all"} | values)


def test_a_job_is_started_with_what_the_form_says(as_manager, shop, teacher, manager):
    response = start(as_manager, dataset=shop.pk, teacher=teacher.pk, example_count=7, limit=2)
    assert response["Location"] == reverse("training:labels")
    job = LabelJob.objects.get()
    assert (job.dataset, job.teacher, job.example_count, job.limit) == (shop, teacher, 7, 2)
    assert (job.state, job.created_by) == ("queued", manager)


def test_no_number_of_examples_means_what_fits(as_manager, shop):
    gemini = Version.objects.create(kind="cloud", name="g", model="gemini:g")
    start(as_manager, dataset=shop.pk, teacher=gemini.pk)
    assert LabelJob.objects.get().example_count == 500


@pytest.mark.database
def test_a_double_click_starts_one_job(as_manager, shop, teacher):
    for _ in range(2):
        assert start(as_manager, dataset=shop.pk, teacher=teacher.pk).status_code == 302
    assert LabelJob.objects.count() == 1


def test_the_address_of_a_form_with_errors_leads_to_the_list(as_manager, shop, teacher):
    page = start(as_manager, dataset=shop.pk, teacher=teacher.pk, limit=0)
    address = reverse("training:start-labelling")
    assert f'hx-get="{address}"' in page.content.decode()
    assert as_manager.get(f"{address}?source=teacher").url == f"{reverse('training:labels')}?source=teacher"


def test_a_dataset_that_never_leaves_cannot_be_labelled(as_manager, shop, teacher):
    Dataset.objects.update(never_leaves=True)
    assert "never leave this machine" in start(as_manager, dataset=shop.pk, teacher=teacher.pk).content.decode()
    assert not LabelJob.objects.exists()


@pytest.mark.parametrize(
    ("values", "sentence"), [({"example_count": 501}, "500"), ({"selection": "x"}, "valid choice"), ({"limit": 0}, "1")]
)
def test_what_cannot_be_used_is_said_at_its_field(as_manager, shop, teacher, values, sentence):
    response = start(as_manager, dataset=shop.pk, teacher=teacher.pk, **values)
    assert sentence in str(response.context["job_form"].errors)
    assert not LabelJob.objects.exists()


@pytest.mark.database
def test_an_ended_job_shows_its_reasons_and_can_go_on(as_manager, shop, teacher):
    old = LabelJob.objects.create(
        dataset=shop, teacher=teacher, selection="low", limit=9, state="failed", unanswered={"budget": 3}
    )
    assert "budget is used up" in page(as_manager)
    as_manager.post(reverse("training:go-on-labelling", args=[old.pk]))
    new = LabelJob.objects.exclude(pk=old.pk).get()
    assert (new.selection, new.limit, new.state) == ("low", 9, "queued")
