"""How often and how much a program may send, and requests that it sends again."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from dialogues.models import Dialogue
from ecc_site.core.models import StoredResponse
from ecc_site.core.presence import connection as redis_connection
from ecc_site.core.tasks import forget_responses
from tests.api.caller import Caller, error

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def sent(text: str = "a") -> dict:
    return {"dataset": "shop", "dialogues": [{"turns": [{"role": "customer", "text": text}]}]}


# --- how often


def test_a_token_that_asks_too_often_waits_and_others_do_not(as_manager_program, manager, settings):
    settings.API_REQUESTS_PER_MINUTE = 3
    codes = [as_manager_program.ask("GET", "datasets").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    response = as_manager_program.ask("GET", "datasets")
    assert 1 <= int(response["Retry-After"]) <= 60
    assert error(response)["code"] == "too_many_requests"
    assert Caller(manager).ask("GET", "datasets").status_code == 200


def test_a_request_that_is_refused_counts_too(as_manager_program, settings):
    settings.API_REQUESTS_PER_MINUTE = 1
    as_manager_program.post("dialogues", {})
    assert as_manager_program.post("dialogues", {}).status_code == 429


def test_without_a_limit_or_without_redis_nobody_waits(as_manager_program, settings):
    settings.API_REQUESTS_PER_MINUTE = 0
    assert {as_manager_program.ask("GET", "datasets").status_code for _ in range(5)} == {200}
    settings.API_REQUESTS_PER_MINUTE, settings.REDIS_URL = 1, "redis://127.0.0.1:1/0"
    redis_connection.cache_clear()
    assert {as_manager_program.ask("GET", "datasets").status_code for _ in range(3)} == {200}


# --- how much


@pytest.mark.parametrize("with_session", [False, True])
def test_a_body_that_is_too_large_is_refused(as_manager_program, as_manager, settings, with_session):
    program = as_manager_program
    program.client = as_manager if with_session else program.client
    response = program.post("dialogues", sent("x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
    assert response.status_code == 413
    assert error(response)["code"] == "too_large"
    assert "2 MiB" in error(response)["message"]
    assert not Dialogue.objects.exists()


# --- once


def test_the_same_request_with_the_same_key_is_done_once(as_manager_program):
    key = str(uuid.uuid4())
    first, again = (as_manager_program.post("dialogues", sent(), Idempotency_Key=key) for _ in range(2))
    assert (first.status_code, first.json()) == (200, again.json())
    assert first.json()["outcomes"][0]["state"] == "added"
    assert as_manager_program.post("dialogues", sent()).json()["outcomes"][0]["state"] == "repeated"


@pytest.mark.parametrize("path", ["dialogues", "answers"])
def test_another_request_with_the_key_is_refused(as_manager_program, path):
    key = str(uuid.uuid4())
    turn = Caller(as_manager_program.user).post("dialogues", sent("first"), Idempotency_Key=key)
    assert turn.status_code == 200
    answer = {"turn": Dialogue.objects.get().turns.get().pk, "side": "end", "text": "b"}
    body = sent("b") if path == "dialogues" else {"answers": [answer]}
    response = as_manager_program.post(path, body, Idempotency_Key=key)
    assert (response.status_code, error(response)["code"]) == (422, "key_reused")
    assert Dialogue.objects.count() == 1


def test_a_key_belongs_to_its_person(as_manager_program, admin_user):
    key = str(uuid.uuid4())
    as_manager_program.post("dialogues", sent(), Idempotency_Key=key)
    other = Caller(admin_user).post("dialogues", sent("b"), Idempotency_Key=key)
    assert other.json()["outcomes"][0]["state"] == "added"


def test_a_request_that_was_refused_leaves_its_key_free(as_manager_program):
    key = str(uuid.uuid4())
    assert as_manager_program.post("dialogues", sent() | {"dataset": ""}, Idempotency_Key=key).status_code == 422
    assert as_manager_program.post("dialogues", sent(), Idempotency_Key=key).status_code == 200


def test_after_a_day_a_key_is_forgotten(as_manager_program):
    key = str(uuid.uuid4())
    as_manager_program.post("dialogues", sent(), Idempotency_Key=key)
    StoredResponse.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert (
        as_manager_program.post("dialogues", sent(), Idempotency_Key=key).json()["outcomes"][0]["state"] == "repeated"
    )
    StoredResponse.objects.update(created_at=timezone.now() - timedelta(hours=25))
    forget_responses()
    assert not StoredResponse.objects.exists()


@pytest.mark.parametrize("key", ["x", "0", "0f8fad5bd9cb469fa16570867728950e", "urn:uuid:" + str(uuid.UUID(int=1))])
def test_a_key_that_is_none_is_refused(as_manager_program, key):
    response = as_manager_program.post("dialogues", sent(), Idempotency_Key=key)
    assert (response.status_code, error(response)["field"]) == (422, "Idempotency-Key")


def test_what_is_stored_has_no_words(as_manager_program):
    as_manager_program.post("dialogues", sent("我叫欧阳翠花"), Idempotency_Key=str(uuid.uuid4()))
    assert "欧阳" not in str(StoredResponse.objects.get().body)


@pytest.mark.django_db(transaction=True)
def test_requests_with_one_key_at_the_same_time_are_one(manager):
    program, key = Caller(manager), str(uuid.uuid4())
    bodies: list[dict] = []

    def ask() -> None:
        bodies.append(program.post("dialogues", sent(), Idempotency_Key=key).json())
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bodies) == 6
    assert all(body == bodies[0] for body in bodies)
    assert bodies[0]["outcomes"][0]["state"] == "added"
    assert Dialogue.objects.count() == 1
