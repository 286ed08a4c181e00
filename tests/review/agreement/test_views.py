import uuid

import pytest
from django.urls import reverse

from review.agreement.measures.estimates import Estimate
from review.agreement.readings import reading_of
from review.models import Tag, TurnTag, Verdict, VerdictRevision
from tests.build import make_round

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def disputed(items, people, say):
    say(people[0], items[0], "end")
    say(people[1], items[0], "reference", note="too rude", correction="亲，马上发")
    return items[0]


def address(name, round_, item=None):
    return reverse(f"review:{name}", args=[round_.pk, *([item.pk] if item else [])])


def opened(client, name, round_, query=""):
    return client.get(address(name, round_) + query, headers={"Accept-Language": "en"})


def decide(client, item, **values):
    headers = {"Accept-Language": "en"} | values.pop("headers", {})
    data = {"key": uuid.uuid4(), "preference": "tie"} | values
    return client.post(address("adjudicate", item.round, item), data, headers=headers)


def test_a_disagreement_shows_the_question_both_answers_and_who_said_what(as_manager, overlapping, disputed):
    page = opened(as_manager, "disagreements", overlapping).content.decode()
    for shown in ("customer 0.0", "v1 customer 0.0", "agent 0.0", "ann", "bob", "too rude", "亲，马上发"):
        assert shown in page


def test_a_decision_leaves_the_queue_and_stays_in_the_list(as_manager, manager, overlapping, disputed):
    assert decide(as_manager, disputed, correction="三天内到").url == address("disagreements", overlapping)
    assert Verdict.objects.get(annotator=manager).current.correction == "三天内到"
    assert "Nothing waits for a decision" in opened(as_manager, "disagreements", overlapping).content.decode()
    page = opened(as_manager, "disagreements", overlapping, "?show=all").content.decode()
    assert "decided by manager: tie" in page
    assert "三天内到" in page


def test_htmx_gets_the_decided_item_alone(as_manager, disputed):
    page = decide(as_manager, disputed, headers=HTMX).content.decode()
    assert "<html" not in page
    assert "decided by manager: tie" in page
    assert f'id="item-{disputed.pk}"' in page


def test_a_decision_sent_twice_is_one(as_manager, disputed):
    key = uuid.uuid4()
    for _ in range(2):
        assert decide(as_manager, disputed, key=key).status_code == 302
    assert VerdictRevision.objects.filter(adjudicates=True).count() == 1


def take_back(client, item, **values):
    headers = {"Accept-Language": "en"} | values.pop("headers", {})
    return client.post(address("take-decision-back", item.round, item), {"key": uuid.uuid4()} | values, headers=headers)


def test_the_manager_takes_the_decision_back(as_manager, overlapping, disputed):
    assert "Take the decision back" in decide(as_manager, disputed, headers=HTMX).content.decode()
    page = take_back(as_manager, disputed, headers=HTMX).content.decode()
    assert "decided by" not in page and "Take the decision back" not in page and "<html" not in page
    assert take_back(as_manager, disputed).url == address("disagreements", overlapping)
    assert "You have decided nothing here." in opened(as_manager, "disagreements", overlapping).content.decode()
    assert take_back(as_manager, disputed, key="x").status_code == 422


@pytest.mark.parametrize("bad", [{"preference": "great"}, {"key": "x"}, {"correction": "x" * 4001}])
@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "page"])
def test_bad_input_is_refused_and_what_was_typed_stays(as_manager, disputed, bad, headers):
    response = decide(as_manager, disputed, headers=headers, **({"correction": "typed before"} | bad))
    page = response.content.decode()
    assert response.status_code == 422
    assert "correction" in bad or "typed before" in page
    assert ("<html" in page) == (not headers)
    assert 'class="messages"' in page
    assert not VerdictRevision.objects.filter(adjudicates=True).exists()


def test_somebody_elses_key_is_refused_with_a_sentence(as_manager, disputed, people):
    key = Verdict.objects.get(annotator=people[0]).current.key
    response = decide(as_manager, disputed, key=key)
    assert response.status_code == 422
    assert "already sent from another account" in response.content.decode()


def test_an_item_of_another_round_is_not_found(as_manager, spec, disputed):
    other = make_round(spec(), by=None)
    assert as_manager.post(address("adjudicate", other, disputed), {}).status_code == 404


def test_annotators_may_not_look_and_a_link_decides_nothing(as_annotator, as_manager, overlapping, disputed):
    for name in ("disagreements", "agreement"):
        assert opened(as_annotator, name, overlapping).status_code == 403
        assert as_manager.post(address(name, overlapping)).status_code == 405
    assert decide(as_annotator, disputed).status_code == 403
    assert as_manager.get(address("adjudicate", overlapping, disputed)).status_code == 405
    assert not VerdictRevision.objects.filter(adjudicates=True).exists()


def test_the_list_costs_the_same_however_long_it_is(
    as_manager, overlapping, items, people, say, disputed, django_assert_max_num_queries
):
    for item in items[1:]:
        say(people[0], item, "end")
        say(people[1], item, "tie")
    with django_assert_max_num_queries(10):
        assert opened(as_manager, "disagreements", overlapping).content.count(b"<article") == len(items)


def test_agreement_before_anybody_has_said_anything(as_manager, overlapping):
    assert "Nothing reviewed yet" in opened(as_manager, "agreement", overlapping).content.decode()


def test_agreement_of_one_person_says_what_is_missing_and_what_they_prefer(as_manager, overlapping, say, people, items):
    say(people[0], items[0], "end")
    page = opened(as_manager, "agreement", overlapping).content.decode()
    assert "Two people have to review the same item before agreement can be said." in page
    assert "What do they prefer?" in page
    assert "ann" in page


@pytest.mark.parametrize(
    ("alpha", "words"),
    [
        (Estimate(0.85, 0.8, 0.9, 50), "agree reliably"),
        (Estimate(0.7, 0.6, 0.8, 50), "agree fairly well"),
        (Estimate(0.4, 0.3, 0.5, 50), "agree too little"),
        (Estimate(0.0, -0.1, 0.1, 50), "no more than chance"),
        (Estimate(0.85, None, None, 3), "Fewer than ten dialogues"),
        (Estimate(None, None, None, 50), "cannot be told"),
    ],
)
def test_alpha_is_read_in_a_sentence(alpha, words):
    assert words in reading_of(alpha)


def test_agreement_in_figures_and_words(as_manager, overlapping, say, people, items):
    for item, said in zip(items, ["end", "end", "tie", "reference"], strict=False):
        for who in people[:2]:
            say(who, item, said)
    tag = Tag.objects.create(name="returns of shoes", kind="intent")
    TurnTag.objects.decide(items[0].comparison.turn, "intent", tag, people[0])
    page = opened(as_manager, "agreement", overlapping).content.decode()
    for shown in (
        "By tag",
        "returns of shoes",
        "Fewer than ten dialogues have two opinions",
        "100%",
        "1.00",
        "ann · bob",
        "n = 4 items",
        *('"figure-measures"', '"figure-pairs"', '"figure-preferences"', "No pair shares items of ten dialogues"),
    ):
        assert shown in page
    chinese = as_manager.get(address("agreement", overlapping), headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "评审员" in chinese
