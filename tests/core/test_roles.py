import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from ecc_site.core.roles import RANKS, has_role, rank, rank_of_visitor, role_required

pytestmark = pytest.mark.django_db


def test_the_groups_of_the_roles_come_with_the_migrations():
    assert set(Group.objects.values_list("name", flat=True)) >= set(RANKS)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((), 0),
        (("annotator",), 1),
        (("manager",), 2),
        (("admin",), 3),
        (("annotator", "manager"), 2),
        (("Manager", "managers"), 0),
    ],
)
def test_a_role_is_membership_of_the_group_of_that_name(person, groups, expected):
    assert rank(person("somebody", *groups)) == expected


def test_a_superuser_is_an_admin_without_any_group(person):
    assert rank(person("root", is_superuser=True)) == 3


def test_a_stranger_has_no_role():
    assert rank(AnonymousUser()) == 0
    assert not has_role(AnonymousUser(), "annotator")


@pytest.mark.parametrize(
    ("own", "may"), [("annotator", 1), ("manager", 2), ("admin", 3)], ids=["annotator", "manager", "admin"]
)
def test_each_role_includes_the_lesser_ones(person, own, may):
    user = person("somebody", own)
    assert [has_role(user, role) for role in ("annotator", "manager", "admin")] == [may >= 1, may >= 2, may >= 3]


def test_the_rank_is_looked_up_once_a_request(manager, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert rank(manager) == rank(manager) == 2


@pytest.fixture
def guarded():
    return role_required("manager")(lambda request, pk: HttpResponse(f"shown {pk}"))


def test_a_stranger_comes_back_to_the_whole_address_after_signing_in(guarded, rf):
    request = rf.get("/datasets/3/", {"after": "a b"})
    request.user = AnonymousUser()
    response = guarded(request, pk=3)
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/datasets/3/%3Fafter%3Da%2Bb"


SHOWN = "http://testserver/review/3/?item=7#note"


@pytest.mark.parametrize(
    ("headers", "location"),
    [
        ({"HX-Request": "true", "HX-Current-URL": SHOWN}, "HX-Redirect"),
        ({"Referer": SHOWN}, "Location"),
    ],
    ids=["by htmx", "by a form"],
)
def test_a_stranger_comes_back_to_the_page_whose_form_was_sent(guarded, rf, headers, location):
    request = rf.post("/review/3/items/7/verdict/", headers=headers)
    request.user = AnonymousUser()
    assert guarded(request, pk=3)[location] == "/accounts/login/?next=/review/3/%3Fitem%3D7"


@pytest.mark.parametrize("elsewhere", ["", "https://evil.example/review/3/", "javascript:alert(1)", "//evil.example/"])
def test_a_stranger_never_comes_back_to_another_site(guarded, rf, elsewhere):
    for headers in ({"HX-Request": "true", "HX-Current-URL": elsewhere}, {"Referer": elsewhere}):
        request = rf.post("/review/3/items/7/verdict/", headers=headers)
        request.user = AnonymousUser()
        response = guarded(request, pk=3)
        assert (response.get("Location") or response["HX-Redirect"]) == "/accounts/login/?next=/"


def test_a_lesser_role_is_refused_and_the_right_one_let_in(guarded, rf, annotator, manager):
    request = rf.get("/datasets/3/")
    request.user = annotator
    with pytest.raises(PermissionDenied):
        guarded(request, pk=3)
    request.user = manager
    assert guarded(request, pk=3).content == b"shown 3"


def test_the_navigation_shows_what_the_role_may_open(rf, manager):
    request = rf.get("/")
    assert rank_of_visitor(request) == {"is_annotator": False, "is_manager": False, "is_admin": False}
    request.user = manager
    assert rank_of_visitor(request) == {"is_annotator": True, "is_manager": True, "is_admin": False}
