"""Who may open what: every address of the site, for every role, by every method that it does not take."""

from copy import deepcopy
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from tests.project.pages import API, SITE, Page, named_addresses

RANKS = {"anybody": 0, "signed in": 1, "annotator": 1, "manager": 2, "admin": 3}
CLIENTS = {"as_stranger": 0, "as_annotator": 1, "as_manager": 2, "as_admin": 3}
OF_DJANGO = {"login", "set_language"}  # views that take a PUT like a POST, and go elsewhere after a DELETE
NO_ROW = 987_654_321
GUARDED = [name for name, page in SITE.items() if page.needs != "anybody"]


def ask(client, page: Page, address: str, method: str = ""):
    """The answer; what was asked is undone: the next question finds the world, and the client signed in, as before."""
    method = method or page.methods.split()[0]
    cookies = deepcopy(client.cookies)
    client.raise_request_exception = False  # a page that breaks answers with 500; the log says why
    with transaction.atomic():
        response = client.get(address) if method == "GET" else client.generic(method, address, **form(page.data))
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def form(data: dict) -> dict:
    content = "&".join(f"{name}={quote(str(value))}" for name, value in data.items())
    return {"data": content, "content_type": "application/x-www-form-urlencoded"}


def test_every_address_of_the_site_is_in_the_table():
    of_the_api = {"api:api-root", *(f"api:{name}" for name in API)}  # by token: tests/api/test_access.py
    assert named_addresses(get_resolver()) == {*SITE, *of_the_api, "admin"}


def test_a_stranger_is_sent_to_sign_in_and_back(world, as_stranger):
    expected, found = {}, {}
    for name in GUARDED:
        address = SITE[name].address(name, world)
        back = address if "GET" in SITE[name].methods else "/"  # an address that only takes forms cannot be opened
        expected[name] = (302, f"/accounts/login/?next={back}")
        response = ask(as_stranger, SITE[name], address)
        found[name] = (response.status_code, response.get("Location"))
    assert found == expected


def test_no_browser_keeps_a_copy_of_a_page_with_personal_data(world, as_admin):
    answers = {name: ask(as_admin, SITE[name], SITE[name].address(name, world)) for name in GUARDED}
    assert [name for name, response in answers.items() if "no-store" not in response.get("Cache-Control", "")] == []


@pytest.mark.parametrize("client", CLIENTS)
def test_the_right_roles_are_let_in_and_lesser_ones_refused(client, world, request):
    visitor, rank = request.getfixturevalue(client), CLIENTS[client]
    wrong = {}
    for name, page in SITE.items():
        if rank == 0 and page.needs != "anybody":
            continue  # the test of strangers
        response = ask(visitor, page, page.address(name, world))
        to_sign_in = name != "logout" and "/accounts/login/" in response.get("Location", "")
        if response.status_code not in expected_of(name, rank) or to_sign_in:
            wrong[name] = (response.status_code, response.get("Location"))
    assert wrong == {}


def expected_of(name: str, rank: int) -> tuple[int, ...]:
    """The status codes, one of which this address answers to a visitor of this rank."""
    if rank < RANKS[SITE[name].needs]:
        return (403,)
    return (400,) if name == "review:outbox" else (200, 302)  # the outbox takes no form


def test_somebody_without_a_role_gets_nowhere(world, person, client):
    client.force_login(person("nobody"))
    answers = {name: ask(client, SITE[name], SITE[name].address(name, world)) for name in GUARDED}
    assert answers.pop("home")["Location"] == "/review/"  # it only passes on to the queue
    expected = {name: 200 if SITE[name].needs == "signed in" else 403 for name in answers}
    assert {name: response.status_code for name, response in answers.items()} == expected


def test_a_row_that_does_not_exist_is_not_found(world, as_admin):
    found = {}
    for name, page in SITE.items():
        for missing in page.of:
            elsewhere = SimpleNamespace(**{**vars(world), missing: SimpleNamespace(pk=NO_ROW)})
            found[name, missing] = ask(as_admin, page, page.address(name, elsewhere)).status_code
    assert found == dict.fromkeys(found, 404)


def test_a_kind_of_job_that_does_not_exist_is_not_found(world, as_manager):
    assert as_manager.get(f"/jobs/dream/{world.answer_job.pk}/").status_code == 404


def test_an_item_of_another_round_cannot_be_judged(world, as_annotator):
    from review.models import Round

    other = Round.objects.create(name="other", dataset=world.dataset, kind="cloud", purpose="teach")
    address = reverse("review:verdict", args=[other.pk, world.item.pk])
    assert ask(as_annotator, SITE["review:verdict"], address).status_code == 404


def test_a_method_that_the_page_does_not_take_is_refused(world, as_admin):
    found = {}
    for name, page in SITE.items():
        for method in ("GET", "POST", "PUT", "DELETE"):
            if method not in page.methods and name not in OF_DJANGO:
                found[name, method] = ask(as_admin, page, page.address(name, world), method).status_code
    assert found == dict.fromkeys(found, 405)


def test_a_form_without_its_token_is_refused(world, admin_user):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    for name, page in SITE.items():
        if "POST" in page.methods:
            assert ask(client, page, page.address(name, world), "POST").status_code == 403, name


# --- Django's admin


@pytest.mark.parametrize("address", ["/admin/", "/admin/auth/user/", "/admin/nothing/"])
def test_the_admin_site_is_for_admins(address, as_stranger, as_annotator, as_manager, as_admin):
    to_sign_in = as_stranger.get(address)
    assert to_sign_in.status_code == 302
    assert to_sign_in["Location"].endswith(f"/login/?next={address}")
    assert as_annotator.get(address).status_code == 403
    assert as_manager.get(address).status_code == 403
    assert as_admin.get(address).status_code == (404 if "nothing" in address else 200)


def test_the_page_that_is_refused_names_who_may_open_it(as_annotator, as_manager):
    for client, address, who in (
        (as_annotator, "/jobs/", "A manager or an admin can."),
        (as_manager, "/privacy/", " An admin can."),
        (as_manager, "/admin/", " An admin can."),
    ):
        assert who in client.get(address).content.decode()


def test_a_manager_who_is_called_staff_is_still_no_admin(person, client):
    client.force_login(person("boss", "manager", is_staff=True))
    assert client.get("/admin/").status_code == 403


# --- what anybody may type into the address bar

HOSTILE = ["%00", "%ED%A0%80", "9" * 30, "WyJ4IiwieSJd", "x", "-1", "''", "NaN", "", "W10"]
ALONE, CURSORS = HOSTILE[:3], HOSTILE[3:4]  # each parameter gets these by itself as well
OF_DIALOGUES = (
    *("after", "q", "split", "language", "answers"),
    *("turns_from", "turns_to", "score_from", "score_to"),
)
OF_SCORES = (
    *("after", "tab", "dataset", "kind", "version", "split", "language", "tag", "since", "until"),
    *("of", "low", "high", "side", "rule", "first_day", "last_day", "with_tag", "beside", "apart", "order"),
)
READ_FROM_THE_ADDRESS = {
    "find": ("q",),
    "people": ("after", "username__icontains", "is_active"),
    "review:queue": ("after",),
    "audit": ("after", "act", "by"),
    "jobs": ("after", "state", "kind"),
    "dialogues:list": OF_DIALOGUES,
    "dialogues:search": ("dataset", *OF_DIALOGUES),
    "dialogue": ("dataset", *OF_DIALOGUES),
    "scores:room": OF_SCORES,
    "scores:list-csv": tuple(name for name in OF_SCORES if name != "dataset"),  # of which there is no file then
    "scores:people": OF_SCORES,
    "serving:ledger": (
        *("after", "outcome", "version", "place", "dataset", "purpose", "first", "last", "dialogue", "contains"),
    ),
    "review:exports": (
        *(
            "after",
            "format",
            "annotator",
            "preference",
            "tag",
            "stratum",
            "decisions",
            "first",
            "last",
            "only_corrected",
        ),
    ),
    "review:tags": ("after",),
    "watch": ("after", "dataset", "subject", "state"),
    "watch-bounds": ("dataset", "proposed"),
    "recipients": ("after",),
    "training:labels": ("after", "dataset", "source", "teacher", "chosen", "rejected"),
}


THE_SAME = ("dialogues:search", "dialogue", "scores:list-csv", "scores:people")  # their filters are those of others


@pytest.mark.parametrize("name", [name for name in READ_FROM_THE_ADDRESS if name not in THE_SAME])
def test_no_value_in_the_address_breaks_a_page(name, world, as_admin):
    address = SITE[name].address(name, world)
    for parameter in READ_FROM_THE_ADDRESS[name]:
        for value in ALONE + (CURSORS if parameter == "after" else []):
            assert as_admin.get(f"{address}?{parameter}={value}").status_code == 200, (parameter, value)


@pytest.mark.parametrize("name", READ_FROM_THE_ADDRESS)
def test_no_values_in_the_address_break_a_page_together(name, world, as_admin):
    address = SITE[name].address(name, world)
    for value in HOSTILE:
        query = "&".join(f"{parameter}={value}" for parameter in READ_FROM_THE_ADDRESS[name])
        assert as_admin.get(f"{address}?{query}").status_code == 200, value
