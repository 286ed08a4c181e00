"""Customers write what they like: none of it is ever markup on a page of ours."""

import json
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from tests.project.pages import SITE, pages_to_read

SCRIPT = "<script>alert(1)</script>"
IMAGE = "\"><img src=x onerror='alert(1)'>"
ENDS = "' \" & </textarea></title></script>"
TEMPLATE = "{{ request }}{% debug %}${alert(1)}"
TURNING = "\u202eexe.tfosorcim\u2066 \u200b"  # marks that turn the direction
TEXTS = {
    "of all kinds": SCRIPT + IMAGE + ENDS + TEMPLATE + TURNING,
    "ten thousand characters": (SCRIPT + IMAGE + "长") * 150,
}
ESCAPED = b"&lt;script&gt;alert(1)&lt;/script&gt;"
NOT_OURS = ("<script>alert", "<img", "</textarea></title>")


class Markup(HTMLParser):
    """What a browser could run of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.dangerous: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        runs = tag == "script" and "src" not in values and values.get("type") != "application/json"
        leads = any(str(value).strip().lower().startswith("javascript:") for value in values.values())
        if runs or leads or tag in ("img", "iframe", "object", "base") or any(name.startswith("on") for name in values):
            self.dangerous.append(self.get_starttag_text())


def assert_harmless(content: bytes) -> None:
    page = content.decode()
    for raw in NOT_OURS:
        assert raw not in page
    assert Markup(page).dangerous == []


def addresses(world) -> dict[str, str]:
    """Every page that a manager reads, with a row behind it."""
    return {name: page.address(name, world) for name, page in pages_to_read().items()}


def shown(client, address: str, **asked) -> bytes:
    """The page's markup; of a download, which is none, nothing."""
    response = client.get(address, **asked)
    assert response.status_code in (200, 302), address
    return response.content if response.get("Content-Type", "").startswith("text/html") else b""


@pytest.fixture(params=TEXTS.values(), ids=TEXTS)
def hostile(request, make_world, manager):
    """A world where everything that somebody wrote is hostile; the manager has undone her verdict."""
    world = make_world(manager, request.param)
    world.verdict.withdrawn = True
    world.verdict.save()
    return world


def test_every_page_that_should_show_it_does_and_none_as_markup(hostile, as_manager):
    for name, address in addresses(hostile).items():
        page = shown(as_manager, address)
        assert_harmless(page)
        assert not page or not SITE[name].quotes or ESCAPED in page, name
        assert_harmless(shown(as_manager, address, headers={"HX-Request": "true"}))


def test_the_preview_of_an_upload_shows_it_escaped(hostile, as_manager):
    text = hostile.turn.text
    good = {"id": text[:100], "turns": [{"role": "customer", "text": text}]}
    bad = {"turns": [{"role": text, "text": text}]}
    with open(hostile.draft.path, "w", encoding="utf-8") as upload:
        upload.writelines(json.dumps(record) + "\n" for record in (good, bad))
    response = as_manager.get(reverse("dialogues:import", args=[hostile.draft.pk]))
    assert response.status_code == 200
    assert "nobody has said who" in response.content.decode()
    assert_harmless(response.content)


def test_a_refused_form_gives_it_back_escaped(hostile, as_manager):
    text = hostile.turn.text
    for name, args in (("review:new-round", [hostile.dataset.pk]), ("dialogues:upload", [])):
        sent = {"name": text, "dataset_name": text, "kind": text, "purpose": text, "size": text, "file_format": text}
        response = as_manager.post(reverse(name, args=args), sent)
        assert response.status_code in (200, 422)
        assert_harmless(response.content)


def test_a_verdict_that_is_refused_gives_it_back_escaped(hostile, as_manager):
    address = reverse("review:verdict", args=[hostile.round.pk, hostile.item.pk])
    response = as_manager.post(address, {"key": hostile.turn.text, "preference": hostile.turn.text})
    assert response.status_code == 422
    assert_harmless(response.content)


def test_what_is_typed_into_the_address_comes_back_escaped(world, as_manager):
    for address in addresses(world).values():
        assert_harmless(shown(as_manager, address, data={"after": IMAGE, "split": SCRIPT, "next": IMAGE}))


def test_the_sign_in_page_gives_back_neither_name_nor_address_as_markup(as_stranger):
    response = as_stranger.post(
        "/accounts/login/?next=" + IMAGE, {"username": SCRIPT, "password": IMAGE, "next": IMAGE}
    )
    assert response.status_code == 200
    assert_harmless(response.content)


def test_pages_that_refuse_are_harmless_too(as_annotator, as_manager):
    assert_harmless(as_manager.get("/datasets/" + IMAGE).content)
    assert_harmless(as_annotator.get("/import/", {"x": SCRIPT}).content)


@pytest.mark.parametrize("sample", [SCRIPT, f'<a title="{IMAGE}">', "<b onclick=x>", '<a href=" javascript:x()">'])
def test_what_could_run_is_found(sample):
    assert Markup(sample).dangerous


def test_every_page_forbids_the_browser_to_run_what_is_not_ours(as_manager, as_stranger):
    for response in (as_manager.get("/"), as_stranger.get("/accounts/login/")):
        policy = response["Content-Security-Policy"]
        scripts = [part for part in policy.split(";") if part.strip().startswith(("default-src", "script-src"))]
        assert scripts
        assert all("'self'" in part and "unsafe" not in part and "*" not in part for part in scripts)
