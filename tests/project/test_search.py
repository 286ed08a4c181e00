"""The page that lists and searches dialogues, of all datasets and of one."""

import re
from urllib.parse import parse_qs, urlparse

import pytest
from django.urls import reverse

from dialogues.models import Dialogue
from dialogues.search import finding
from scoring.models import Profile, Score
from tests import build

pytestmark = pytest.mark.django_db


def ids(response) -> list[str]:
    """Of the dialogues shown, in the imported file."""
    return [hit.dialogue.source_id for hit in response.context["page"].rows]


@pytest.fixture
def shops(db):
    """Two datasets; those of the first are answered by the end model, with final scores from .1 to .4."""
    lines = [
        build.record(
            f"什么时候发货{i}", f"reply {i}", *["然后", "more"] * i, id=f"a{i}", split="test" if i else "train"
        )
        for i in range(4)
    ]
    first = build.dataset(*lines, name="first")
    build.dataset(build.record("发货了吗", id="b"), build.record("Where is my order?", id="c"), name="second")
    end = build.version("v1")
    count = first.open_turn_count
    build.scored(first, end, [0.1, *[0.3] * (count - 2), 0.4])
    return first


@pytest.fixture
def search(as_manager):
    return lambda **asked: as_manager.get(reverse("dialogues:search"), asked)


def test_all_datasets_are_searched_and_one_alone_on_its_page(search, as_manager, shops):
    assert ids(search(q="发货")) == ["b", "a3", "a2", "a1", "a0"]
    own = reverse("dialogues:list", args=[shops.pk])
    assert ids(as_manager.get(own, {"q": "发货"})) == ["a3", "a2", "a1", "a0"]
    assert ids(as_manager.get(own)) == ["a3", "a2", "a1", "a0"]
    assert "dataset" not in as_manager.get(own).context["form"].fields


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, ["c", "b", "a3", "a2", "a1", "a0"]),
        ({"split": "test", "q": "发货"}, ["a3", "a2", "a1"]),
        ({"language": "en"}, ["c"]),
        ({"turns_from": 4, "turns_to": 6}, ["a2", "a1"]),
        ({"turns_to": 1}, ["c", "b"]),
        ({"answers": "end"}, ["a3", "a2", "a1", "a0"]),
        ({"answers": "human", "split": "train", "q": "发货"}, ["a0"]),
        ({"answers": "cloud"}, []),
        ({"score_to": 0.2}, ["a0"]),
        ({"score_from": 0.35, "q": "发货"}, ["a3"]),
        ({"score_from": 0.9}, []),
        ({"score_from": 7, "turns_from": "x", "split": "every"}, ["c", "b", "a3", "a2", "a1", "a0"]),
    ],
)
def test_filters_narrow_alone_and_together(search, shops, asked, shown):
    assert ids(search(**asked)) == shown


def test_scores_count_under_the_active_profile(search, shops):
    before = Score.objects.first().profile
    profile = Profile.objects.revise(shops, before.scorer_set, alpha=0, theta=0)
    assert ids(search(score_to=0.2)) == [], "not those under the profile that was active before"
    Score.objects.refresh_final(profile)
    assert ids(search(score_from=0.5, score_to=0.5)) == ["a3", "a2", "a1", "a0"]


def test_the_words_are_marked_and_nothing_that_was_said_is_markup(search):
    build.dataset(build.record("<b>发货</b><script>alert(1)</script>"))
    page = search(q="发货").content.decode()
    assert "&lt;b&gt;<mark>发货</mark>&lt;/b&gt;&lt;script&gt;" in page
    page = search(q="<script>").content.decode()
    assert "&lt;<mark>script</mark>&gt;" in page
    assert "<script>alert" not in page


def test_a_hit_leads_to_its_turn_and_keeps_the_search(search, as_manager, shops):
    page = search(q="发货", split="test").content.decode()
    address = urlparse(re.search(r'href="(/dialogues/\d+/\?[^"]+)"', page)[1].replace("&amp;", "&"))
    assert parse_qs(address.query) == {"q": ["发货"], "split": ["test"]}
    assert address.fragment.startswith("turn-")
    own = as_manager.get(reverse("dialogues:list", args=[shops.pk]), {"q": "发货"}).content.decode()
    assert f"dataset={shops.pk}#turn-" in own


def test_htmx_gets_the_list_alone(as_manager, shops):
    page = as_manager.get(reverse("dialogues:search"), {"q": "发货"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert page.count('id="dialogues"') == 1
    assert 'value="发货"' in page


def test_pages_keep_the_search(search):
    build.dataset(*(build.record(f"发货 {i}", id=str(i)) for i in range(finding.HITS + 5)))
    first = search(q="发货", language="zh")
    cursor = first.context["page"].next_cursor
    assert f"?q=%E5%8F%91%E8%B4%A7&amp;language=zh&amp;after={cursor}" in first.content.decode()
    rest = search(q="发货", language="zh", after=cursor)
    assert ids(first) + ids(rest) == [str(i) for i in reversed(range(finding.HITS + 5))]


def test_a_search_that_stopped_says_so_and_leads_on(search, shops, monkeypatch):
    monkeypatch.setattr(finding, "EXAMINED_AT_ONCE", 1)
    monkeypatch.setattr(finding, "EXAMINED_MOST", 1)
    build.dataset(*(build.record(f"发货 {i}", "b", id=str(i)) for i in range(30)), name="third")
    page = search(q="发货", answers="end")
    assert ids(page) == []
    assert "The search stopped here" in page.content.decode()
    assert "No dialogues match" not in page.content.decode()
    seen, cursor = [], page.context["page"].next_cursor
    while cursor:
        page = search(q="发货", answers="end", after=cursor)
        seen, cursor = seen + ids(page), page.context["page"].next_cursor
    assert seen == ["a3", "a2", "a1", "a0"]


def test_an_empty_site_leads_to_the_import_and_an_empty_result_back(search, shops):
    assert "Show all" in search(q="没有这个").content.decode()
    assert "signs and emoji are not" in search(q="😀 !?").content.decode()
    Dialogue.objects.all().delete()
    page = search().content.decode()
    assert "Import dialogues" in page
    assert "Show all" not in page


@pytest.mark.parametrize("typed", ["\x00", "发\x00货", "字" * 3000, "%", '"', "a AND (", "😀"])
def test_hostile_words_are_words(search, shops, typed):
    assert search(q=typed).status_code == 200


def test_bytes_that_are_no_text_are_too(as_manager, shops):
    assert as_manager.get(reverse("dialogues:search") + "?q=%ED%A0%80&dataset=%00").status_code == 200


@pytest.mark.parametrize("asked", [{}, {"q": "发货"}, {"q": "reply", "answers": "end", "score_to": 1, "split": "test"}])
def test_a_page_asks_a_fixed_number_of_questions(search, shops, asked, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        search(**asked)
