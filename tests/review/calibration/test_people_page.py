"""The page of corrected scores and licences, and the round that it draws."""

import re
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from review.calibration.kept import work_out
from review.calibration.pages.people import readings
from review.drawn import Drawn, DrawnRound
from review.models import CalibrationJob, Round
from review.rounds.forms import initial_of
from review.rounds.selection import Selection
from scoring.models import Score
from serving.models import Version
from tests import build

pytestmark = pytest.mark.django_db
ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-hans"}
URL = "review:calibration-people"


@pytest.fixture
def judged(scored, person, reviewed_by):
    """Three people have judged 20 of the 24 train dialogues, drawn at random: half of the replies are acceptable."""
    made = build.make_round(build.round_spec(scored, order="random", overlap=3, scores="after"))
    for name in ("ann", "bob", "cid"):
        reviewed_by(made, person(name, "annotator"), ["end", "reference"] * 10)
    made.refresh_from_db()
    return made


def opened(client, headers=ENGLISH, **query):
    return client.get(reverse(URL), query, headers=headers)


def worked_out(client):
    """The page after its job is done."""
    opened(client)
    CalibrationJob.objects.get().run(work_out)
    return opened(client)


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


# --- states


def test_before_anything_is_scored_it_says_what_to_do(as_manager, db):
    assert "Nothing to compare yet" in text_of(opened(as_manager))


def test_without_verdicts_it_offers_a_round(as_manager, scored):
    page = opened(as_manager).content.decode()
    assert "No verdict fits this filter" in page and reverse("review:new-round", args=[scored.pk]) in page


@pytest.mark.parametrize(
    "headers, words",
    [
        (ENGLISH, "replies to train and dev dialogues are acceptable: from verdicts on 20 replies and 24 scores"),
        (CHINESE, "在训练集与开发集对话中的回复有"),
    ],
)
def test_it_says_first_what_people_would_say_of_all(as_manager, judged, headers, words):
    page = opened(as_manager, headers)
    assert words in text_of(page)
    own = dict(page.context["panels"])["review/calibration/people/_corrected.html"]
    [card] = own["cards"]
    assert card["of"].lack == "" and len(card["chart"]["data"]) == 3
    assert [n for _words, _share, _outcome, n in card["rows"]] == [20, 20, 24]
    assert [card["of"].purpose for card in own["unread"]] == ["measure"]


def test_it_says_why_nothing_is_corrected_and_offers_a_draw(as_manager, scored, person, reviewed_by):
    made = build.make_round(build.round_spec(scored, order="worst", size=12))
    reviewed_by(made, person("ann", "annotator"), ["end"] * 12)
    page = opened(as_manager)
    assert "Nothing can be corrected yet" in text_of(page) and 'data-lack="chance"' in page.content.decode()
    assert "Review these 12 next" in text_of(page)
    assert "Choose all questions and all rounds" in text_of(opened(as_manager, round=made.pk))


def test_the_licence_is_worked_out_by_a_job_and_then_shown(as_manager, judged):
    first = opened(as_manager)
    assert "calculated by a job" in text_of(first) and 'id="licence"' not in first.content.decode()
    CalibrationJob.objects.get().run(work_out)
    page = text_of(opened(as_manager))
    assert "too few" in page and "20 replies were reviewed by two or more of 3 annotators" in page
    assert "so far 0 have" in page


def test_each_annotator_is_a_row_of_the_licence(as_manager, db, person, reviewed_by):
    shop = build.shop(splits=["train"] * 40)
    build.scored(shop, build.version("v1"), [0.1] * 20 + [0.9] * 20)
    made = build.make_round(build.round_spec(shop, order="worst", overlap=3, scores="after"))
    for name in ("ann", "bob", "<i>cid</i>"):
        reviewed_by(made, person(name, "annotator"), ["end"] * 20 + ["reference"] * 20)
    page = worked_out(as_manager)
    assert "failed" in text_of(page) and "may not stand in for an annotator" in text_of(page)
    assert page.content.decode().count("not replaceable") == 3
    assert "&lt;i&gt;cid" in page.content.decode() and "<i>cid" not in page.content.decode()


def test_versions_are_held_against_the_one_with_most_verdicts(as_manager, judged, scored, person, reviewed_by):
    other = build.version("v2 <b>")
    build.scored(scored, other, [0.9] * 30)
    made = build.make_round(build.round_spec(scored, version=other, order="random", name="v2", scores="after"))
    reviewed_by(made, person("dan", "annotator"), ["end"] * 22)
    page = opened(as_manager)
    own = dict(page.context["panels"])["review/calibration/people/_corrected.html"]
    [compared] = own["differences"]
    assert {compared["baseline"], compared["rows"][0][0]} == {"v1", "v2 <b>"}
    assert "Clearly" in compared["reading"] and "v2 <b>" not in page.content.decode()


def test_it_costs_the_same_however_many_verdicts_and_versions(as_manager, judged, scored, person, reviewed_by):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            opened(as_manager)
        return len(queries)

    worked_out(as_manager)
    before = cost()
    for i in range(3):
        build.scored(scored, build.version(f"more {i}"), [0.5] * 30)
    made = build.make_round(build.round_spec(scored, name="more", order="random", scores="after"))
    reviewed_by(made, person("dan", "annotator"), ["end"] * 1)
    assert cost() == before <= 30


def test_working_out_again_comes_back(as_manager, judged):
    sent = as_manager.post(reverse("review:work-out-people"))
    assert urlsplit(sent.url).path == reverse(URL)


# --- review these next


def drawn_form(client, judged):
    own = dict(opened(client).context["panels"])["review/calibration/people/_corrected.html"]
    [proposal] = own["cards"][0]["proposals"]
    return proposal, client.get(proposal["address"], headers=ENGLISH)


def posted(form, **changes):
    values = {name: "" if value is None else value for name, value in form.initial.items()}
    return values | {"overlap": 1, "overlap_percent": 100, "gold_count": 0} | changes


def test_review_these_next_becomes_a_round_of_exactly_these(as_manager, judged):
    proposal, page = drawn_form(as_manager, judged)
    form = page.context["form"]
    assert "4 comparisons were drawn at random" in text_of(page) and proposal["n"] == 4
    assert not {"purpose", "kind", "versions", "order", "size"} & form.fields.keys()
    assert "scores" in form.initial and form.initial["scores"] == Round.Scores.AFTER
    address = urlsplit(proposal["address"]).path
    asked = as_manager.post(address, posted(form, preview="1"), headers=ENGLISH)
    assert "4 comparisons" in text_of(asked)
    made = as_manager.post(address, posted(form))
    assert made.status_code == 302, made.context["form"].errors
    round_ = Round.objects.order_by("-pk").first()
    assert (round_.purpose, round_.kind, round_.item_count) == ("teach", "human", 4)
    assert set(round_.items.values_list("stratum", flat=True)) == {"random"}
    kept = Selection.of(round_)
    assert kept.drawn == Drawn(("train", "dev"), alpha=0.8, theta=0.2)
    again = DrawnRound.unsealed(initial_of(round_)["drawn"], round_.dataset_id)
    assert (again.comparisons, again.drawn) == (kept.comparisons, kept.drawn)


def test_a_draw_that_was_tampered_with_is_refused_and_loses_nothing(as_manager, judged):
    proposal, page = drawn_form(as_manager, judged)
    address = urlsplit(proposal["address"]).path
    refused = as_manager.post(address, posted(page.context["form"], drawn="x:y:z", name="mine"), headers=ENGLISH)
    assert refused.status_code == 422
    assert "have them drawn again" in text_of(refused) and 'value="mine"' in refused.content.decode()
    assert "have them drawn again" in text_of(as_manager.get(address, {"draw": "nonsense"}, headers=ENGLISH))


def test_of_many_open_replies_as_many_are_proposed_as_halve_the_interval(as_manager, db, person, reviewed_by):
    shop = build.shop(splits=["train"] * 200)
    build.scored(shop, build.version("v1"), [i / 200 for i in range(200)])
    made = build.make_round(build.round_spec(shop, order="random", size=24, scores="after"))
    reviewed_by(made, person("ann", "annotator"), ["end", "reference"] * 12)
    own = dict(opened(as_manager).context["panels"])["review/calibration/people/_corrected.html"]
    few, half = own["cards"][0]["of"].proposals
    assert len(few.comparisons) == 24 and half.then == pytest.approx(half.half_width / 2, rel=0.1)
    assert "the interval shrinks from ±" in own["cards"][0]["proposals"][1]["promise"]
    assert readings.promise(few) != readings.promise(half)


def test_half_a_thousand_fit_into_an_address():
    drawn = DrawnRound(1, "human", "teach", (1,), tuple(range(10**7, 10**7 + 500 * 7919, 7919)), Drawn(("train",)))
    assert len(drawn.sealed()) < 4000


def test_all_that_is_shown_is_of_the_scorer_set_of_today(as_manager, judged):
    Score.objects.all().delete()
    assert "No reply has a final score here" in text_of(opened(as_manager))
    assert Version.objects.filter(name="v1").exists()
