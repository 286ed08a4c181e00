import base64
import csv
import io
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from django.urls import reverse

from dialogues.models import Comparison
from review.models import Tag, TurnTag
from review.score_room.tabs import TABS
from scoring.models import Score
from tests import build
from tests.build import make_round, verdict_input

pytestmark = pytest.mark.django_db
URL = "scores:room"
FINALS = {"v1": [0.1, 0.35, 0.45, 0.9, None], "v2": [0.2, 0.3, 0.5, 0.8, ...]}


@pytest.fixture
def shop():
    made = build.shop(splits=["train"] * 3 + ["dev", "test"])
    for name, finals in FINALS.items():
        build.scored(made, build.version(name), finals)
    return made


def version(name):
    from serving.models import Version

    return Version.objects.get(name=name)


def listed(client, **chosen) -> list[tuple[str, float | None]]:
    """Version and final score of each row of the list."""
    found = client.get(reverse(URL), chosen).context["listing"]
    return [(row.score.version.name, row.final) for row in found.rows]


# --- states


def test_without_data_it_says_what_to_do_next(as_manager):
    assert reverse("dialogues:upload") in as_manager.get(reverse(URL)).content.decode()


def test_with_data_but_no_scores_it_leads_to_the_datasets(as_manager):
    build.shop()
    assert "Answer and score" in as_manager.get(reverse(URL)).content.decode()


def test_a_kind_without_scores_shows_an_empty_state(as_manager, shop):
    response = as_manager.get(reverse(URL), {"dataset": shop.pk, "kind": "cloud"})
    assert (response.status_code, "No scores here yet" in response.content.decode()) == (200, True)


def test_nonsense_in_the_address_is_survived(as_manager, shop):
    nonsense = {"dataset": "x", "kind": "?", "version": "-1", "after": "zzz", "tab": "x", "of": "a", "low": "x"}
    assert as_manager.get(reverse(URL), nonsense).status_code == 200


# --- figures


def test_it_starts_with_the_newest_scores_and_every_number_says_of_how_many(as_manager, shop):
    response = as_manager.get(reverse(URL))
    text = response.content.decode()
    assert [(s.name, s.known) for s in response.context["summaries"].values()] == [("v1", 4), ("v2", 4)]
    assert "known for 4 of 5 questions" in text
    assert 'id="figure-distribution"' in text


def test_a_split_narrows_everything(as_manager, shop):
    chosen = {"dataset": shop.pk, "kind": "human", "split": "train"}
    response = as_manager.get(reverse(URL), chosen, headers={"HX-Request": "true"})
    assert {s.known for s in response.context["summaries"].values()} == {3}
    assert b"<html" not in response.content


@pytest.mark.parametrize("turns", [[], [1], [0, 1]])
def test_a_tag_narrows_everything(as_manager, shop, turns):
    tag = Tag.objects.create(name="delivery", kind="intent")
    for i in turns:
        TurnTag.objects.create(turn=build.turn(shop, i), tag=tag, kind="intent", similarity=0.9)
    response = as_manager.get(reverse(URL), {"dataset": shop.pk, "kind": "human", "tag": tag.pk})
    found = [row.final for row in response.context["listing"].rows] if turns else []
    assert found == sorted(finals[i] for finals in FINALS.values() for i in turns)
    assert ("No scores here yet" in response.content.decode()) == (not turns)


def test_versions_are_compared_over_what_both_have(as_manager, shop):
    drawn = as_manager.get(reverse(URL), {"tab": "versions"}).context["drawn"]
    [row] = drawn.rows
    assert row.cells[:3] == ("v2", "v1", 4)
    assert drawn.reading == "v2: 0.45, v1: 0.45, on 4 shared reference answers; better on 50% of them, worse on 50%."


def test_tags_are_listed_with_the_lowest_mean_first(as_manager, shop):
    for i, name in enumerate(["delivery", "price", "price"]):
        tag, _ = Tag.objects.get_or_create(name=name, kind="intent")
        TurnTag.objects.create(turn=build.turn(shop, i), tag=tag, kind="intent", similarity=0.9)
    drawn = as_manager.get(reverse(URL), {"tab": "tags"}).context["drawn"]
    assert [(*row.cells[:3], round(row.cells[3], 3)) for row in drawn.rows] == [
        ("delivery", "v1", 1, 0.1),
        ("delivery", "v2", 1, 0.2),
        ("price", "v1", 2, 0.4),
        ("price", "v2", 2, 0.4),
    ]


def test_the_correlation_is_that_of_ranks(as_manager, shop):
    Score.objects.filter(similarity__isnull=False).update(match_cloud=0.9)
    for score in Score.objects.filter(similarity__isnull=False):
        Score.objects.filter(pk=score.pk).update(match_end=1 - score.similarity)
    drawn = as_manager.get(reverse(URL), {"tab": "correlation"}).context["drawn"]
    rho = {tuple(row.cells[:2]): row.cells[2] for row in drawn.rows}
    assert rho["similarity", "match"] == -1
    assert rho["similarity", "final score"] == 1
    assert rho["similarity", "reference match"] is None


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_speaks_the_language_of_the_reader_and_has_an_empty_state(as_manager, shop, tab):
    Score.objects.update(similarity=None, final=None)
    empty = as_manager.get(reverse(URL), {"tab": tab}, headers={"Accept-Language": "zh-hans"}).context["drawn"]
    assert empty.figure is None
    assert any("\u4e00" <= letter <= "\u9fff" for letter in empty.reading)


# --- what is behind them


@pytest.mark.parametrize("tab", ["distribution", "versions"])
def test_everything_in_a_figure_leads_to_the_comparisons_behind_it(as_manager, shop, tab):
    drawn = as_manager.get(reverse(URL), {"tab": tab}).context["drawn"]
    for row in drawn.rows:
        part = {name: values[0] for name, values in parse_qs(row.query).items()}
        found = as_manager.get(reverse(URL), part).context["listing"]
        assert found.total == row.cells[3 if tab == "distribution" else 2]
    queries = np.ravel(drawn.figure["data"][0]["meta"]).tolist()
    assert {row.query for row in drawn.rows if "of" in row.query} & set(queries)


def test_the_list_has_the_lowest_first_or_the_highest(as_manager, shop):
    known = sorted(x for finals in FINALS.values() for x in finals if isinstance(x, float))
    assert [final for _name, final in listed(as_manager)] == known
    assert [final for _name, final in listed(as_manager, order="highest")] == known[::-1]


@pytest.mark.parametrize(
    ("part", "finals"),
    [
        ({"low": "0.3", "high": "0.45"}, [0.3, 0.35]),
        ({"side": "acceptable"}, [0.5, 0.8, 0.9]),
        ({"side": "not", "low": "0.3"}, [0.3, 0.35, 0.45]),
        ({"side": "unknown"}, [None]),
        ({"rule": "both"}, []),
        ({"apart": "similarity-match_cloud", "low": "0.8"}, [0.9, 0.8]),
    ],
)
def test_a_part_is_what_it_says(as_manager, shop, part, finals):
    assert [final for _name, final in listed(as_manager, **part)] == finals


def test_what_has_its_own_order_offers_no_other(as_manager, shop):
    for part, offered in ({}, True), ({"apart": "similarity-match_end"}, False), ({"side": "unknown"}, False):
        assert ("Highest first" in as_manager.get(reverse(URL), part).content.decode()) == offered


def test_another_filter_keeps_the_figure(as_manager, shop):
    page = as_manager.get(reverse(URL), {"tab": "time"}).content.decode()
    assert '<input type="hidden" name="tab" value="time">' in page


def test_beside_another_version_the_largest_loss_comes_first(as_manager, shop):
    part = {"of": version("v2").pk, "beside": version("v1").pk}
    assert listed(as_manager, **part) == [("v2", 0.8), ("v2", 0.3), ("v2", 0.5), ("v2", 0.2)]


def test_it_shows_what_was_said_before_the_question(as_manager):
    made = build.dataset(build.record("hello", "hi", "and in red?", "yes", split="train"))
    build.scored(made, build.version("v1"), [0.4, 0.3])
    [first, _second] = as_manager.get(reverse(URL)).context["listing"].rows
    assert (first.score.previous, first.score.comparison.turn.text) == ("hi", "and in red?")


def test_pages_follow_each_other_without_gap_or_repetition(as_manager, shop, monkeypatch):
    monkeypatch.setattr("review.score_room.listing.SHOWN", 3)
    cursor, seen = "", []
    while True:
        found = as_manager.get(reverse(URL), {"after": cursor}).context["listing"]
        seen += [row.score.pk for row in found.rows]
        if not (cursor := found.next_cursor):
            break
    assert len(seen) == len(set(seen)) == found.total == 8


def test_a_page_asks_the_same_queries_however_many_scores(as_manager, shop, django_assert_max_num_queries):
    as_manager.get(reverse(URL))
    with django_assert_max_num_queries(24):
        as_manager.get(reverse(URL))


@pytest.mark.parametrize("key", [[10**400, 1], [0.1, 10**30], ["a", 1], [True, False], [None, None]])
def test_a_cursor_of_nobodys_list_gives_the_first_page(as_manager, shop, key):
    cursor = base64.urlsafe_b64encode(json.dumps(key).encode()).decode()
    assert as_manager.get(reverse(URL), {"after": cursor}).status_code == 200


def test_days_are_those_of_the_shop(as_manager):
    made = build.dataset(build.record("q", "a", split="train"))
    build.scored(made, build.version("v1"), [0.5])
    made.dialogues.update(ended_at=datetime(2026, 11, 29, 18, 30, tzinfo=UTC))  # 02:30 of the next day in Shanghai
    assert len(listed(as_manager, first_day="2026-11-30", last_day="2026-11-30")) == 1
    assert listed(as_manager, last_day="2026-11-29") == []


# --- remembered


def test_the_choice_is_remembered_for_the_next_visit(as_manager, shop):
    as_manager.get(reverse(URL), {"dataset": shop.pk, "kind": "human", "split": "test"})
    assert as_manager.get(reverse(URL)).context["form"].values["split"] == "test"
    as_manager.get(reverse(URL), {"dataset": shop.pk, "kind": "human"})
    assert "split" not in as_manager.get(reverse(URL)).context["form"].values


def test_a_dataset_that_is_gone_is_forgotten(as_manager, shop):
    as_manager.get(reverse(URL), {"dataset": shop.pk, "kind": "human"})
    other = build.shop(name="other")
    build.scored(other, version("v1"), [0.5] * other.open_turn_count)
    Score.objects.filter(dataset=shop).delete()
    shop.delete()
    assert as_manager.get(reverse(URL)).context["form"].values["dataset"] == other


# --- files


def rows_of(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_list_as_a_file_has_all_of_the_part(as_manager, shop):
    header, *rows = rows_of(as_manager.get(reverse("scores:list-csv"), {"low": "0.3", "high": "0.5"}))
    assert (header[2], header[3], header[-1]) == ("Version", "final score", "Reference answer")
    assert [(row[2], row[3], row[7]) for row in rows] == [
        ("v2", "0.3", "question 1"),
        ("v1", "0.35", "question 1"),
        ("v1", "0.45", "question 2"),
    ]


@pytest.mark.parametrize("tab", TABS)
def test_a_figure_as_a_file(as_manager, shop, tab):
    header, *rows = rows_of(as_manager.get(reverse("scores:figure-csv", args=[tab])))
    assert bool(rows) == (tab != "tags")
    assert all(len(row) == len(header) for row in rows)


def test_a_cell_that_would_be_a_formula_is_none(as_manager):
    made = build.dataset(build.record("=1+1", "reply", split="train"))
    build.scored(made, build.version("v1"), [0.5])
    [_header, row] = rows_of(as_manager.get(reverse("scores:list-csv")))
    assert row[7] == "'=1+1"


def test_of_a_dataset_that_is_gone_there_is_no_file(as_manager, shop):
    for address in (reverse("scores:list-csv"), reverse("scores:figure-csv", args=["distribution"])):
        assert as_manager.get(address, {"dataset": "999", "kind": "human"}).status_code == 404


# --- what people said


def test_what_people_said_is_beside_the_score(as_manager, shop, annotator):
    from review.desk.assignment import next_item
    from review.desk.verdicts import record

    round_ = make_round(build.round_spec(shop, version=version("v1"), order="worst", size=4))
    for preference in ("end", "reference", "end", "end"):
        record(annotator, next_item(round_, annotator), verdict_input(preference))
    [row] = as_manager.get(reverse("scores:people")).context["said"]
    assert (row.name, row.answers, row.accepted.n) == ("v1", 4, 4)
    assert row.accepted.value == pytest.approx(0.75)
    assert row.agreement.value == pytest.approx(0.5)  # of .1, .35, .45 and .9 only the last is acceptable by the score


def test_without_verdicts_it_offers_a_round(as_manager, shop):
    assert reverse("review:new-round", args=[shop.pk]) in as_manager.get(reverse("scores:people")).content.decode()


# --- sent to review


def test_what_is_ticked_becomes_a_round(as_manager, shop):
    chosen = list(Comparison.objects.filter(version=version("v1"), split="train").values_list("pk", flat=True))[:2]
    address = reverse("review:new-round", args=[shop.pk])
    form = as_manager.get(address, {"comparison": chosen}).context["form"]
    assert "versions" not in form.fields
    values = {name: "" if value is None else value for name, value in form.initial.items()}
    values |= {"comparisons": ",".join(map(str, chosen)), "overlap": 1, "overlap_percent": 100, "gold_count": 0}
    values |= {"scores": "alongside"}
    made = as_manager.post(address, values)
    assert made.status_code == 302, made.context["form"].errors
    pk = int(urlsplit(made.url).path.split("/")[2])
    from review.models import RoundItem

    items = RoundItem.objects.filter(round=pk)
    assert list(items.order_by("pk").values_list("comparison", "stratum")) == [(c, "chosen") for c in chosen]


def test_what_does_not_fit_the_purpose_is_left_out(shop):
    chosen = tuple(Comparison.objects.filter(version=version("v1")).order_by("pk").values_list("pk", flat=True))
    round_, selection = build.round_spec(shop, purpose="measure")
    made = make_round((round_, type(selection)((), "chosen", len(chosen), comparisons=chosen)))
    assert set(made.items.values_list("comparison__split", flat=True)) == {"test"}


def test_coverage_is_of_the_questions_in_the_language(as_manager):
    made = build.dataset(build.record("你好", "您好", split="train"), build.record("hello", "hi", split="train"))
    build.scored(made, build.version("v1"), [0.5, ...])
    [summary] = as_manager.get(reverse(URL), {"language": "zh"}).context["summaries"].values()
    assert (summary.known, summary.wanted, summary.coverage) == (1, 1, 1.0)


def test_a_question_with_several_scores_is_covered_once(as_manager):
    made = build.dataset(build.record("你好", "您好"), build.record("再见", "再见"))
    v1 = build.version("v1")
    build.scored(made, v1, [0.5, None])
    build.scored(made, v1, [0.7, ...], settings_hash="other")
    response = as_manager.get(reverse(URL), {"dataset": made.pk})
    [summary] = response.context["summaries"].values()
    assert (summary.known, summary.turns, summary.coverage) == (2, 1, 0.5)
    assert 'known for 1 of 2 questions · <span class="nowrap">2 known scores' in response.content.decode()


def test_of_a_period_no_coverage_is_claimed(as_manager, shop):
    response = as_manager.get(reverse(URL), {"dataset": shop.pk, "kind": "human", "since": "2020-01-01"})
    assert {summary.coverage for summary in response.context["summaries"].values()} == {None}
