"""What is found by its name: by whom, in which language, in which order, and at what cost."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from dialogues.models import Dataset
from ecc_site import finding
from ecc_site.acts import ACTS, OF_A_DATASET
from ecc_site.finding import MOST, find
from review.models import Round

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def shop(db):
    return Dataset.objects.create(name="shop of returns")


@pytest.fixture
def make_round(shop):
    def make(name: str, *annotators, **values) -> Round:
        made = Round.objects.create(name=name, dataset=shop, kind="cloud", purpose="teach", **values)
        made.annotators.set(annotators)
        return made

    return make


def names(user, query: str = "") -> list[str]:
    return [found.name for _group, group in find(user, query) for found in group]


def addresses(user, query: str = "") -> list[str]:
    return [found.address for _group, group in find(user, query) for found in group]


# --- what is found


@pytest.mark.parametrize("query", ["week", "47", "WEEK 47", "47 eek", " 47  week "])
def test_every_word_may_be_anywhere_in_the_name(query, manager, make_round):
    made = make_round("returns, week 47")
    make_round("returns, day 46")
    assert addresses(manager, query) == [reverse("round", args=[made.pk])]


def test_a_chinese_name_is_found_by_some_of_its_characters(manager, make_round):
    made = make_round("双十一退货评审")
    assert names(manager, "退货") == [made.name]
    assert names(manager, "退货 十一") == [made.name]
    assert names(manager, "发货") == []


@pytest.mark.parametrize("name", ["Магазин", "Straße", "Über"])
def test_a_name_is_found_as_it_is_written(manager, name):
    Dataset.objects.create(name=name)
    assert names(manager, name) == [name]


def test_a_round_is_found_with_the_name_of_its_dataset(manager, make_round, shop):
    made = make_round("week 47")
    assert names(manager, "returns 47") == [made.name]


@pytest.mark.parametrize("wild", ["%", "_", "\\", "'", '"'])
def test_no_character_stands_for_others(wild, manager, make_round):
    make_round("week 47")
    assert names(manager, wild) == []
    made = make_round(f"week{wild}47")
    assert names(manager, wild) == [made.name]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("query", ["training run", "微调任务"])
def test_an_act_is_found_in_both_languages_and_named_in_that_of_the_reader(query, language, manager):
    with translation.override(language):
        expected = ["Training runs", "New training run"] if language == "en" else ["微调任务", "新建微调任务"]
        assert names(manager, query) == expected


def test_an_act_with_a_dataset_is_found_by_both_names(manager, shop):
    other = Dataset.objects.create(name="JDDC")
    groups = dict(find(manager, "new round jd"))
    assert [(found.name, found.about) for found in groups["Pages and actions"]] == [("New review round", "JDDC")]
    assert addresses(manager, "new review round") == [
        reverse("review:new-round", args=[dataset.pk]) for dataset in (other, shop)
    ]


def test_a_dataset_whose_name_has_all_words_comes_although_many_newer_ones_have_the_act(manager, shop):
    old = Dataset.objects.create(name="teach us")
    Dataset.objects.bulk_create(Dataset(name=f"d{i}") for i in range(MOST))
    assert reverse("dataset", args=[old.pk]) in addresses(manager, "teach")


def test_without_words_there_is_what_is_newest_and_a_round_can_be_made_at_once(manager, make_round, shop):
    rounds = [make_round(f"week {i}") for i in range(8)]
    found = dict(find(manager, ""))
    assert found["Pages and actions"][0].address == reverse("review:new-round", args=[shop.pk])
    assert [found.name for found in found["Rounds"]] == [made.name for made in rounds[:1:-1]]
    assert [found.name for found in found["Datasets"]] == [shop.name]


def test_what_one_group_leaves_the_others_take(manager, make_round):
    for i in range(MOST + 3):
        make_round(f"x-{i}")
    assert len(addresses(manager, "x-")) == MOST
    Dataset.objects.bulk_create(Dataset(name=f"x-{i}") for i in range(MOST))
    assert [len(group) for _name, group in find(manager, "x-")] == [16, 4]


# --- for whom


def test_annotators_find_the_desks_of_their_rounds_and_their_own_acts(annotator, person, make_round):
    own, others = make_round("own", annotator), make_round("others", person("second", "annotator"))
    make_round("own but closed", annotator, is_open=False)
    found = addresses(annotator)
    assert reverse("review:desk", args=[own.pk]) in found
    assert reverse("review:reviewer", args=[annotator.pk]) in found
    assert names(annotator, "own") == ["own"]
    assert names(annotator, "shop of returns") == ["own"]
    assert names(annotator, others.name) == names(annotator, "import dialogues") == []


def test_managers_find_closed_rounds_too_and_are_told_so(manager, make_round):
    make_round("past", is_open=False)
    (found,) = dict(find(manager, "past"))["Rounds"]
    assert found.about == "shop of returns · closed"


def test_somebody_without_a_role_finds_their_account_alone(person, make_round):
    make_round("week 47")
    assert addresses(person("nobody")) == [reverse("password_change")]


@pytest.mark.parametrize("role", ["annotator", "manager", "admin"])
def test_whoever_finds_something_may_open_it(role, client, person, make_round):
    user = person("somebody", role)
    client.force_login(user)
    make_round("week 47")
    words = {str(act.name) for acts in (*ACTS.values(), OF_A_DATASET) for act in acts}
    found = {address for word in ["", *words] for address in addresses(user, word)}
    assert len(found) > {"annotator": 5, "manager": 25, "admin": 28}[role]
    assert {address: client.get(address).status_code for address in found} == dict.fromkeys(found, 200)


def test_an_admin_finds_what_managers_do_not(manager, admin_user):
    assert Group.objects.filter(user=admin_user, name="admin").exists()
    assert (names(manager, "privacy"), names(admin_user, "privacy")) == ([], ["Privacy"])


# --- the page and its fragment


def test_the_page_is_a_search_without_a_script(as_manager, make_round):
    made = make_round("week <47>")
    page = as_manager.get(reverse("find"), {"q": "week"}).content.decode()
    assert 'method="get"' in page and 'value="week"' in page
    assert f'href="{reverse("round", args=[made.pk])}"' in page
    assert "week &lt;47&gt;" in page


def test_the_palette_gets_the_list_alone(as_manager, make_round):
    make_round("week 47")
    response = as_manager.get(reverse("find"), {"q": "week"}, headers={"HX-Request": "true"})
    text = response.content.decode().strip()
    assert text.startswith('<div id="found"') and "<html" not in text and "week 47" in text


def test_that_nothing_is_found_is_said(as_manager):
    assert "Nothing has such a name." in as_manager.get(reverse("find"), {"q": "zz"}).content.decode()


def test_who_is_signed_out_meanwhile_is_led_back_to_the_page_with_the_palette(client):
    at = {"HX-Request": "true", "HX-Current-URL": "http://testserver/jobs/?state=failed"}
    response = client.get(reverse("find"), {"q": "a"}, headers=at)
    assert response["HX-Redirect"] == "/accounts/login/?next=/jobs/%3Fstate%3Dfailed"


# --- the cost


def test_two_queries_at_most(manager, annotator, make_round, django_assert_max_num_queries):
    for i in range(MOST + 1):
        make_round(f"week {i}")
    for user in (manager, annotator):
        find(user, "")  # a request has read the role before
        for query in ("", "week", "new review round", "no such name"):
            with django_assert_max_num_queries(2):
                find(user, query)


def test_a_name_that_nothing_has_is_looked_for_among_the_newest(manager, make_round, monkeypatch):
    monkeypatch.setattr(finding, "NEWEST", 3)
    for i in range(5):
        make_round(f"week {i}")
    assert names(manager, "week") == ["week 4", "week 3", "week 2"]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite alone says so in words")
def test_the_newest_are_found_by_the_index_of_their_ids(manager, make_round):
    find(manager, "")  # a request has read the role before
    with CaptureQueriesContext(connection) as queries:
        find(manager, "no such name")
    assert len(queries) == 2
    for query in list(queries):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = "\n".join(row[-1] for row in cursor.fetchall())
        assert "USING INTEGER PRIMARY KEY (rowid>?)" in plan, plan
