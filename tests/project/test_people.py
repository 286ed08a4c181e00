"""Admins add people, give them roles, and keep them from signing in."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from ecc_site.core.models import AuditEntry
from ecc_site.core.roles import role_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PASSWORD = "correct horse battery"


@pytest.fixture
def bob(person):
    return person("bob", "annotator", password=PASSWORD)


def act(client, name: str, user: User, **data):
    return client.post(reverse(name, args=[user.pk]), data, follow=True).content.decode()


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def audited() -> list[tuple]:
    return list(AuditEntry.objects.order_by("id").values_list("act", "by_name", "target", "detail"))


def sign_in(name: str, password: str = PASSWORD) -> int:
    return Client().post("/accounts/login/", {"username": name, "password": password}).status_code


# --- the list


def test_the_list_says_who_may_do_what(as_admin, manager, bob, person):
    person("eve", is_active=False)
    page = as_admin.get("/people/").content.decode()
    for words in ("bob", "annotator", "manager", "eve", "no role", "disabled", "never"):
        assert words in page


def test_the_list_can_be_filtered_and_is_read_page_by_page(as_admin, bob, person, monkeypatch):
    person("eve", is_active=False)
    monkeypatch.setattr("ecc_site.core.keyset.keyset_page.__defaults__", ("", 1))
    assert names(as_admin, username__icontains="BO") == ["bob"]
    assert names(as_admin, is_active="False") == ["eve"]
    assert names(as_admin) == ["admin"]
    following = as_admin.get("/people/").context["page"].next_cursor
    assert names(as_admin, after=following) == ["bob"]
    assert as_admin.get("/people/", headers={"HX-Request": "true"}).content.decode().startswith('<div id="people"')


def names(client, **asked) -> list[str]:
    return [user.username for user in client.get("/people/", asked).context["page"].rows]


def test_the_roles_of_a_page_cost_no_query_each(as_admin, person, django_assert_max_num_queries):
    for i in range(20):
        person(f"p{i}", "annotator")
    with django_assert_max_num_queries(8):
        as_admin.get("/people/")


# --- adding


def test_an_added_person_has_the_role_and_can_sign_in(as_admin):
    sent = {"username": "carol", "password1": PASSWORD, "password2": PASSWORD, "role": "manager"}
    page = as_admin.post("/people/add/", sent, follow=True).content.decode()
    assert "carol can sign in now." in page
    carol = User.objects.get(username="carol")
    assert role_of(carol) == "manager"
    assert sign_in("carol") == 302
    assert audited() == [("added_person", "admin", "carol", "manager")]


@pytest.mark.parametrize("password", ["short", "password123", "19283746501", "carol-carol"])
def test_a_weak_password_is_refused_with_the_reason(as_admin, password):
    sent = {"username": "carol-carol", "password1": password, "password2": password, "role": "annotator"}
    refused = as_admin.post("/people/add/", sent)
    assert refused.context["form"].errors["password2"]
    assert not User.objects.filter(username="carol-carol").exists()


def test_a_name_that_is_taken_or_a_role_that_does_not_exist_is_refused(as_admin, bob):
    sent = {"username": "bob", "password1": PASSWORD, "password2": PASSWORD, "role": "owner"}
    assert set(as_admin.post("/people/add/", sent).context["form"].errors) == {"username", "role"}
    assert audited() == []


# --- one person


@pytest.mark.parametrize(("role", "word"), [("manager", "manager"), ("admin", "admin"), ("", "no role")])
def test_a_role_replaces_the_one_before(as_admin, bob, role, word):
    act(as_admin, "change-role", bob, role=role)
    assert role_of(again(bob)) == role
    assert again(bob).groups.count() == bool(role)
    assert audited() == [("changed_role", "admin", "bob", f"annotator → {word}")]


def test_a_superuser_whose_role_is_taken_is_no_admin_any_more(as_admin, person):
    root = person("root", is_superuser=True, is_staff=True)
    act(as_admin, "change-role", root, role="annotator")
    assert role_of(again(root)) == "annotator"


def test_groups_that_are_no_roles_stay(as_admin, person):
    user = person("u", "annotator", "night shift")
    act(as_admin, "change-role", user, role="manager")
    assert set(again(user).groups.values_list("name", flat=True)) == {"manager", "night shift"}


def test_a_disabled_person_is_signed_out_and_comes_back_when_enabled(as_admin, bob):
    session = Client()
    session.force_login(bob)
    act(as_admin, "set-active", bob)
    assert session.get("/review/").status_code == 302
    assert sign_in("bob") == 200
    act(as_admin, "set-active", bob, active="yes")
    act(as_admin, "set-active", bob, active="yes")
    assert sign_in("bob") == 302
    assert [entry[0] for entry in audited()] == ["disabled", "enabled"]


@pytest.mark.parametrize(("name", "data"), [("set-active", {}), ("change-role", {"role": "annotator"})])
def test_nobody_takes_away_their_own_account_or_role(as_admin, admin_user, name, data):
    page = act(as_admin, name, admin_user, **data)
    assert "ask another admin" in page
    assert again(admin_user).is_active
    assert role_of(again(admin_user)) == "admin"
    assert audited() == []


def test_a_locked_person_is_shown_and_unlocked(as_admin, bob):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in("bob", "wrong")
    assert sign_in("bob") == 429
    assert "locked" in as_admin.get("/people/").content.decode()
    assert "Unlock" in as_admin.get(reverse("person", args=[bob.pk])).content.decode()
    page = act(as_admin, "unlock-person", bob)
    assert "Unlock" not in page
    assert sign_in("bob") == 302
    act(as_admin, "unlock-person", bob)
    assert audited() == [("unlocked", "admin", "bob", "")]
