"""The accounts of the demo are made once, and no production site runs with them."""

import json
import subprocess
import sys

import pytest
from django.conf import settings as site
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from ecc_site import demo_accounts
from ecc_site.core.models import AuditEntry
from ecc_site.core.roles import ADMIN, ANNOTATOR, has_role
from ecc_site.models import DemoAccount
from ecc_site.startup import StartupError

pytestmark = pytest.mark.django_db
NAMES = ["admin", "annotator", "annotator2", "manager"]


@pytest.fixture
def made(monkeypatch):
    monkeypatch.setenv("ECC_DEMO_PASSWORD", "a-password-of-the-tests")
    demo_accounts.make_accounts()


def test_each_account_has_its_role_and_the_demo_password(made):
    for name, role in demo_accounts.ACCOUNTS.items():
        user = User.objects.get(username=name)
        assert has_role(user, role)
        assert user.check_password("a-password-of-the-tests")
    assert not has_role(User.objects.get(username="manager"), ADMIN)


def test_a_changed_password_and_a_removed_role_stay_so_at_the_next_start(made):
    user = User.objects.get(username="manager")
    user.set_password("her own words")
    user.save()
    user.groups.clear()
    demo_accounts.make_accounts()
    user = User.objects.get(username="manager")
    assert user.check_password("her own words")
    assert not has_role(user, ANNOTATOR)


def test_a_disabled_account_stays_disabled_at_the_next_start(made):
    demo_accounts.disable_accounts()
    demo_accounts.make_accounts()
    assert not demo_accounts.active_accounts().exists()


def test_an_account_that_was_there_before_the_demo_is_not_taken_for_one(person):
    person("admin", "annotator", password="her own words")
    demo_accounts.make_accounts()
    admin = User.objects.get(username="admin")
    assert not has_role(admin, ADMIN)
    assert not DemoAccount.objects.filter(user=admin).exists()


def test_production_is_refused_until_the_named_command_has_run(made, settings, capsys):
    settings.PRODUCTION = True
    with pytest.raises(StartupError, match=r"manage\.py disable_demo_accounts$") as refused:
        demo_accounts.refuse_in_production()
    assert ", ".join(NAMES) in str(refused.value)
    signed_in = Client()
    signed_in.force_login(User.objects.get(username="admin"))

    call_command("disable_demo_accounts", "--json")
    assert json.loads(capsys.readouterr().out) == {"disabled": NAMES}
    assert list(AuditEntry.objects.order_by("id").values_list("act", "target")) == [("disabled", n) for n in NAMES]
    demo_accounts.refuse_in_production()
    assert signed_in.get("/").status_code == 302
    sent = {"username": "admin", "password": "a-password-of-the-tests"}
    assert Client().post("/accounts/login/", sent).status_code == 200
    call_command("disable_demo_accounts")
    assert "No demo account was active." in capsys.readouterr().out


def test_neither_development_nor_a_production_of_its_own_people_is_refused(person, settings):
    person("admin", "admin")
    settings.PRODUCTION = True
    demo_accounts.refuse_in_production()
    demo_accounts.make_accounts()
    settings.PRODUCTION = False
    demo_accounts.refuse_in_production()


def test_the_web_application_asks_too_since_it_can_be_started_alone():
    code = (
        "from ecc_site import demo_accounts as d; d.refuse_in_production = lambda: print('asked')\nimport ecc_site.wsgi"
    )
    loaded = f"import django, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'ecc_site.settings'; django.setup()\n{code}"
    asked = subprocess.run(
        [sys.executable, "-c", loaded], cwd=site.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert asked.stdout == "asked\n"
