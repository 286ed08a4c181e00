"""Who may do what over the API: every operation for every role, scope and state of a token; a session is nothing."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone

from ecc_site.api.v1 import api
from ecc_site.core.api_tokens import SCOPES, revoke_token
from ecc_site.core.models import ApiToken, AuditEntry
from ecc_site.core.roles import RANKS
from tests.api.caller import Caller, error
from tests.project.pages import API

pytestmark = pytest.mark.django_db
NO_ROW = 987_654_321


def ask(program: Caller, name: str, world):
    endpoint = API[name]
    return program.ask(endpoint.method, endpoint.address(name, world), endpoint.body(world), **endpoint.headers)


@pytest.fixture
def people(world, manager, admin_user) -> dict[str, User]:
    return {"annotator": world.annotator, "manager": manager, "admin": admin_user}


def test_the_document_describes_exactly_what_the_table_has():
    described = {
        operation["operationId"]: (method.upper(), operation["x-scope"])
        for path in api.get_openapi_schema()["paths"].values()
        for method, operation in path.items()
    }
    assert described == {name: (endpoint.method, endpoint.scope) for name, endpoint in API.items()}
    assert {endpoint.scope for endpoint in API.values()} == set(SCOPES)


@pytest.mark.database
@pytest.mark.parametrize("name", API)
def test_each_role_may_do_what_it_may_on_the_pages(name, world, people):
    for role, person in people.items():
        with transaction.atomic():
            response = ask(Caller(person), name, world)
            transaction.set_rollback(True)
        if RANKS[role] < RANKS[API[name].needs]:
            assert (response.status_code, error(response)["code"]) == (403, "missing_role"), role
            assert API[name].needs in error(response)["message"]
        else:
            assert response.status_code == 200, (role, response.content)


@pytest.mark.parametrize("name", API)
def test_a_token_needs_the_scope_whatever_its_person_may(name, world, admin_user):
    others = [scope for scope in SCOPES if scope != API[name].scope]
    response = ask(Caller(admin_user, *others), name, world)
    assert (response.status_code, error(response)["code"]) == (403, "missing_scope")
    assert API[name].scope in error(response)["message"]


@pytest.mark.parametrize("name", API)
def test_without_a_token_nobody_is_let_in(name, world, as_admin, admin_user):
    endpoint = API[name]
    program = Caller(admin_user)
    for sent in ("", "Bearer", "Bearer ", "Bearer ecc_x", f"Basic {program.secret}", program.secret, "Bearer \x00"):
        response = program.ask(endpoint.method, endpoint.address(name, world), endpoint.body(world), Authorization=sent)
        assert response.status_code == 401, sent
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert error(response)["code"] == "unauthorized"
    assert as_admin.generic(endpoint.method, endpoint.address(name, world)).status_code == 401


@pytest.mark.database
def test_a_token_ends_with_its_time_its_person_or_by_hand(world):
    person = world.annotator
    revoked, expired, fine = Caller(person), Caller(person), Caller(person)
    revoke_token(revoked.token, by=person)
    ApiToken.objects.filter(pk=expired.token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert [program.ask("GET", "rounds").status_code for program in (revoked, expired, fine)] == [401, 401, 200]
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert fine.ask("GET", "rounds").status_code == 401


@pytest.mark.database
def test_a_token_follows_the_role_of_its_person(people, world):
    program = Caller(people["manager"])
    assert program.ask("GET", "datasets").status_code == 200
    people["manager"].groups.clear()
    assert error(program.ask("GET", "datasets"))["code"] == "missing_role"


def test_a_dead_token_says_no_more_than_one_that_never_was(world):
    program = Caller(world.annotator)
    revoke_token(program.token, by=world.annotator)
    unknown = program.ask("GET", "rounds", Authorization="Bearer ecc_unknown")
    assert program.ask("GET", "rounds").content == unknown.content


@pytest.mark.database
def test_the_use_of_a_token_is_noted_roughly(world):
    program = Caller(world.annotator)
    assert program.token.last_used_at is None
    program.get("rounds")
    first = ApiToken.objects.get(pk=program.token.pk).last_used_at
    program.get("rounds")
    assert ApiToken.objects.get(pk=program.token.pk).last_used_at == first is not None


@pytest.mark.parametrize("name", [name for name, endpoint in API.items() if endpoint.of or endpoint.query])
def test_a_row_that_does_not_exist_is_not_found(name, world, admin_user):
    endpoint = API[name]
    for row in (*endpoint.of.values(), *endpoint.query.values()):
        elsewhere = type("World", (), {**vars(world), row: type("Row", (), {"pk": NO_ROW})})
        response = ask(Caller(admin_user), name, elsewhere)
        assert (response.status_code, error(response)["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["nothing", "dialogues/1/2", "", "dialogues/", "openapi.yaml"])
def test_an_address_that_is_none_is_answered_in_json(path, as_manager_program):
    response = as_manager_program.ask("GET", path)
    assert (response.status_code, response["Content-Type"].partition(";")[0]) == (404, "application/json")
    assert error(response)["code"] == "not_found"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_a_method_that_is_not_taken_is_refused_and_the_others_are_named(method, as_manager_program):
    response = as_manager_program.ask(method, "dialogues")
    assert (response.status_code, set(response["Allow"].split(", "))) == (405, {"GET", "POST"})
    assert method == "HEAD" or error(response)["code"] == "method_not_allowed"


@pytest.mark.parametrize("name", API)
def test_nobody_keeps_a_copy_and_what_is_hostile_is_data(name, make_world, admin_user):
    hostile = make_world(admin_user, '<script>alert(1)</script>"\u2028\u202e')
    response = ask(Caller(admin_user), name, hostile)
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_no_token_reaches_a_log(as_manager_program, caplog, settings):
    settings.DEBUG = True
    secret = as_manager_program.secret
    for sent in (f"Bearer {secret}", f"Token {secret}", secret):
        as_manager_program.ask("GET", "datasets", Authorization=sent)
        as_manager_program.ask("GET", "nothing", Authorization=sent)
        as_manager_program.ask("POST", "dialogues", {"dataset": 1}, Authorization=sent)
    assert caplog.records
    assert secret not in caplog.text
    assert not any(secret in str(vars(entry)) for entry in AuditEntry.objects.all())


def test_what_is_wrong_is_said_in_the_language_of_the_program(as_manager_program):
    refused = as_manager_program.ask("GET", "dialogues/987654321", Accept_Language="zh-hans")
    assert error(refused)["message"] == "没有这条记录。"


def test_the_document_is_open_and_a_session_does_not_matter():
    response = Client().get("/api/v1/openapi.json")
    assert response.status_code == 200
    assert response.json()["components"]["securitySchemes"]["Token"] == {"type": "http", "scheme": "bearer"}
