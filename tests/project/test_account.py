"""What everybody finds in the account menu."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from ecc_site.core.models import AuditEntry

pytestmark = pytest.mark.django_db
OLD, NEW = "the old words", "quite other words"


@pytest.fixture
def session(person):
    client = Client()
    client.force_login(person("alice", "annotator", password=OLD))
    return client


def change(client, old: str = OLD, new: str = NEW):
    sent = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post("/accounts/password_change/", sent, follow=True)


def test_an_annotator_changes_the_password_and_stays_signed_in_here_alone(session):
    elsewhere = Client()
    elsewhere.force_login(User.objects.get(username="alice"))
    assert "Your password is changed." in change(session).content.decode()
    assert User.objects.get(username="alice").check_password(NEW)
    assert session.get("/review/").status_code == 200
    assert elsewhere.get("/review/").status_code == 302
    assert AuditEntry.objects.values_list("act", "by_name", "target").get() == ("changed_password", "alice", "alice")


@pytest.mark.parametrize(
    ("old", "new"), [("wrong", NEW), (OLD, "short"), (OLD, "987654321012"), (OLD, "alice-alice"), (OLD, "password1")]
)
def test_a_wrong_or_a_weak_password_changes_nothing(session, old, new):
    User.objects.update(username="alice-alice")
    assert change(session, old, new).context["form"].errors
    assert User.objects.get().check_password(OLD)


def test_the_menu_has_what_the_role_may_open(as_annotator, as_manager, as_admin):
    items = {"/accounts/password_change/": 1, "/accounts/logout/": 1, "/audit/": 2, "/people/": 3}
    for rank, client in enumerate((as_annotator, as_manager, as_admin), start=1):
        page = client.get("/accounts/password_change/").content.decode()
        menu = page.partition('id="account-menu"')[2].partition("</header>")[0].partition("<main>")[0]
        assert [address for address in items if f'"{address}"' in menu] == [a for a, r in items.items() if r <= rank]


def test_a_stranger_has_no_menu_but_language_and_theme(as_stranger):
    page = as_stranger.get("/accounts/login/").content.decode()
    assert "account-menu" not in page
    assert "中文" in page
    assert "data-theme-button" in page
