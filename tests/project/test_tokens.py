"""People make tokens for their programs, see them once, and revoke them."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from ecc_site.core.api_tokens import SCOPES, make_token
from ecc_site.core.models import ApiToken, AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PAGE = "/account/tokens/"


def make(client, **changes):
    return client.post(PAGE, {"name": "nightly", "scopes": ["verdicts:read"], "days": "90"} | changes)


def audited() -> list[tuple]:
    return list(AuditEntry.objects.order_by("id").values_list("act", "by_name", "detail"))


def test_a_token_is_shown_once_and_works(as_annotator, annotator):
    page = make(as_annotator).content.decode()
    secret = re.search(r"ecc_[\w-]{40,}", page)[0]
    token = ApiToken.objects.get()
    assert (token.user, token.name, token.scopes) == (annotator, "nightly", ["verdicts:read"])
    assert abs(token.expires_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)
    assert secret not in as_annotator.get(PAGE).content.decode()
    assert secret.startswith(token.shown)
    asked = Client().get("/api/v1/rounds", headers={"Authorization": f"Bearer {secret}"})
    assert asked.status_code == 200
    assert audited() == [("made_token", "annotator", "verdicts:read")]


def test_the_secret_is_stored_nowhere(as_annotator):
    secret = re.search(r"ecc_[\w-]{40,}", make(as_annotator).content.decode())[0]
    stored = [str(vars(row)) for model in (ApiToken, AuditEntry) for row in model.objects.all()]
    stored += [str(session.get_decoded()) for session in Session.objects.all()]
    assert stored
    assert not any(secret in row for row in stored)


def test_a_person_gives_no_more_than_they_may_do(as_annotator, as_manager):
    form = as_annotator.get(PAGE).context["form"]
    assert [scope for scope, _label in form.fields["scopes"].choices] == ["verdicts:read", "verdicts:write"]
    assert make(as_annotator, scopes=["dialogues:read"]).context["form"].errors["scopes"]
    assert not ApiToken.objects.exists()
    assert len(as_manager.get(PAGE).context["form"].fields["scopes"].choices) == len(SCOPES)


@pytest.mark.parametrize("bad", [{"name": ""}, {"scopes": []}, {"days": "1"}, {"name": "x" * 101}])
def test_a_form_that_does_not_fit_makes_none(as_annotator, bad):
    assert make(as_annotator, **bad).context["form"].errors.keys() == bad.keys()
    assert not ApiToken.objects.exists()


def test_a_token_may_last_until_it_is_revoked(as_annotator):
    make(as_annotator, days="0")
    assert ApiToken.objects.get().expires_at is None


def test_a_revoked_token_is_refused_at_once_and_stays_in_the_list(as_annotator, annotator):
    token, secret = make_token(annotator, "nightly", ["verdicts:read"], None)
    for _ in range(2):
        page = as_annotator.post("/account/tokens/revoke/", {"token": token.pk}, follow=True).content.decode()
    assert "is revoked." in page
    assert ">revoked<" in page
    asked = Client().get("/api/v1/rounds", headers={"Authorization": f"Bearer {secret}"})
    assert asked.status_code == 401
    assert [entry[0] for entry in audited()] == ["made_token", "revoked_token"]


@pytest.mark.parametrize("sent", ["", "x", "987654321", "1' or 1"])
def test_nobody_revokes_what_is_not_theirs(as_annotator, manager, sent):
    token, _secret = make_token(manager, "nightly", ["verdicts:read"], None)
    for value in (sent, str(token.pk)):
        as_annotator.post("/account/tokens/revoke/", {"token": value})
    assert ApiToken.objects.usable().get() == token


def test_the_list_is_ones_own(as_annotator, manager):
    make_token(manager, "of the manager", ["verdicts:read"], None)
    assert "of the manager" not in as_annotator.get(PAGE).content.decode()


def test_an_admin_revokes_all_that_a_person_has(as_admin, annotator):
    for name in ("a", "b"):
        make_token(annotator, name, ["verdicts:read"], None)
    page = as_admin.get(f"/people/{annotator.pk}/").content.decode()
    assert "2 tokens in force" in page
    page = as_admin.post(f"/people/{annotator.pk}/tokens/revoke/", follow=True).content.decode()
    assert "in force" not in page
    assert [entry[:2] for entry in audited()][2:] == [("revoked_token", "admin")] * 2
