import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dialogues.models import Dataset, ImportJob

pytestmark = pytest.mark.django_db
LINE = '{"turns": [{"role": "customer", "text": "什么时候发货"}]}\n'


def upload(client, text=LINE, **fields):
    file = SimpleUploadedFile("week47.jsonl", text.encode())
    return client.post(reverse("dialogues:upload"), {"file": file, **fields})


def test_an_upload_is_previewed_and_nothing_is_stored_yet(as_manager):
    response = upload(as_manager, LINE + "broken\n")
    job = ImportJob.objects.get()
    assert response.url == reverse("dialogues:import", args=[job.pk])
    page = as_manager.get(response.url).content.decode()
    assert "什么时候发货" in page
    assert "expected a JSON object" in page
    assert (job.state, job.dataset_name, Dataset.objects.exists()) == ("draft", "week47", False)


def test_starting_twice_queues_it_once(as_manager, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(ImportJob, "send", lambda job: sent.append(job.pk))
    upload(as_manager)
    job = ImportJob.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            as_manager.post(reverse("dialogues:start-import", args=[job.pk]))
    assert sent == [job.pk]


def test_the_address_of_a_form_with_errors_leads_back_to_the_import(as_manager):
    upload(as_manager)
    job = ImportJob.objects.get()
    address = reverse("dialogues:start-import", args=[job.pk])
    assert "error" in as_manager.post(address, {"dataset_name": ""}).content.decode()
    assert as_manager.get(address).url == reverse("dialogues:import", args=[job.pk])
    job.refresh_from_db()
    assert job.state == "draft"


def test_the_report_says_in_words_what_was_left_out(as_manager):
    left_out = {"image": 12, "hologram": 3}
    job = ImportJob.objects.create(state="done", dataset_name="x", report={"read": {"left_out": left_out}})
    for language, words in (("en", "images"), ("zh-hans", "图片")):
        as_manager.cookies["django_language"] = language
        page = as_manager.get(reverse("dialogues:import", args=[job.pk])).content.decode()
        assert f'<td>{words}</td><td class="number">12</td>' in page
        assert '<td>hologram</td><td class="number">3</td>' in page


def test_a_file_over_the_limit_is_refused_with_the_limit(as_manager, settings):
    settings.IMPORT_MAX_BYTES = 2
    assert "limit" in upload(as_manager).content.decode()
    assert not ImportJob.objects.exists()


def test_no_file_is_refused(as_manager):
    response = as_manager.post(reverse("dialogues:upload"), {"file_format": "jsonl"})
    assert response.status_code == 200
    assert response.context["form"].errors["file"]


def test_the_name_of_the_file_is_never_a_path(as_manager, settings):
    upload(as_manager, dataset_name="../../etc/passwd")
    job = ImportJob.objects.get()
    assert job.path.startswith(str(settings.MEDIA_ROOT))
    assert ".." not in job.path


def test_the_list_of_dialogues_filters_and_answers_htmx_with_the_fragment(as_manager, dataset):
    url = reverse("dialogues:list", args=[dataset.pk])
    page = as_manager.get(url).content.decode()
    assert "什么时候发货" in page
    assert "Can I return it?" in page
    fragment = as_manager.get(url, {"split": "test"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "Can I return it?" in fragment
    assert "什么时候发货" not in fragment


def test_a_filter_value_that_does_not_exist_is_dropped(as_manager, dataset):
    response = as_manager.get(reverse("dialogues:list", args=[dataset.pk]), {"split": "nope", "after": "%%%"})
    assert len(response.context["page"].rows) == 2


def test_the_list_asks_a_fixed_number_of_questions(as_manager, dataset, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        as_manager.get(reverse("dialogues:list", args=[dataset.pk]))


def test_what_cannot_be_used_yet_is_shown_as_it_is_so_that_one_sees_who_speaks(as_manager):
    line = '{"turns": [{"role": "爱吃鱼的猫", "text": "<b>在吗</b>"}, {"role": "云朵", "text": "在的"}]}\n'
    page = as_manager.get(upload(as_manager, line).url).content.decode()
    assert "&lt;b&gt;在吗&lt;/b&gt;" in page
    assert page.count("爱吃鱼的猫") >= 3  # the problem, the table of roles, the dialogue
