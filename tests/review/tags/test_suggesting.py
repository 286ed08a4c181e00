"""Suggestions by the similarity scorer that ships."""

import pytest

from dialogues.models import Dialogue, Turn
from ecc_site.core.jobs import reap_all
from review.models import SuggestTagsJob, TagExample, TurnTag
from review.tags import examples, suggesting
from review.tags.suggesting import suggest_tags
from review.tasks import suggest_tags as task
from tests import build
from tests.review.tags.states import states

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_the_nearest_tag_is_suggested_and_none_where_nothing_is_near(asked, returns, shipping, suggest, turn):
    job = suggest(asked)
    assert (job.state, job.done, job.total) == ("done", 5, 5)
    assert states(turn("怎么退货")) == states(turn("我想退货怎么办")) == {"returns": "suggested"}
    assert states(turn("什么时候发货")) == states(turn("今天能发货吗")) == {"shipping": "suggested"}
    assert states(turn("你好")) == {}
    least = job.thresholds["intent"]
    assert least == [0.4328, 0]  # the median of right pairs that came with the scorer
    assert min(TurnTag.objects.values_list("similarity", flat=True)) >= least[0]


def test_each_kind_has_a_suggestion_of_its_own(asked, returns, make_tag, suggest, turn):
    make_tag("after sales", "怎么退货啊", "退货怎么退", kind="topic")
    suggest(asked)
    assert states(turn("怎么退货")) == {"returns": "suggested", "after sales": "suggested"}


def test_twice_is_once_and_other_examples_make_other_suggestions(asked, returns, shipping, suggest, turn):
    suggest(asked)
    before = set(TurnTag.objects.values_list("turn", "tag", "similarity"))
    suggest(asked)
    assert set(TurnTag.objects.values_list("turn", "tag", "similarity")) == before
    TagExample.objects.filter(tag=shipping).delete()
    suggest(asked)
    assert states(turn("什么时候发货")) == {}


def test_what_people_said_stays_and_nothing_is_suggested_beside_it(asked, returns, shipping, suggest, turn, annotator):
    suggest(asked)
    TurnTag.objects.decide(turn("怎么退货"), "intent", shipping, annotator)
    TurnTag.objects.decide(turn("什么时候发货"), "intent", None, annotator)
    suggest(asked)
    assert states(turn("怎么退货")) == {"returns": "refused", "shipping": "confirmed"}
    assert states(turn("什么时候发货")) == {"shipping": "refused"}


def test_a_confirmed_turn_becomes_an_example(asked, make_tag, suggest, turn, annotator):
    greeting = make_tag("greeting")
    build.dataset(build.record("你好你好", "好的", split="train"))
    TurnTag.objects.decide(turn("你好"), "intent", greeting, annotator)
    assert known(greeting) == ["你好"]
    suggest(asked)
    assert states(turn("你好你好")) == {"greeting": "suggested"}


def known(tag) -> list[str]:
    found = examples.examples_of(tag.kind, suggesting.configured_scorers(suggesting.STORE).similarity.encoder)
    return [text for pk, text in zip(found.tags, found.texts, strict=True) if pk == tag.pk]


def test_a_turn_of_a_test_dialogue_is_tagged_and_teaches_nothing(asked, returns, suggest, turn, annotator):
    Dialogue.objects.filter(turns=turn("怎么退货")).update(split="test")
    suggest(asked)
    assert states(turn("怎么退货")) == {"returns": "suggested"}
    for text in ("怎么退货", "我想退货怎么办"):
        TurnTag.objects.decide(turn(text), "intent", returns, annotator)
    assert "怎么退货" not in known(returns)
    assert "我想退货怎么办" in known(returns)
    assert set(examples.decisions_of("intent")) == {"我想退货怎么办"}


def test_from_twenty_decisions_on_they_choose_the_threshold(returns, shipping, suggest, annotator):
    """What is like an example was right, what is less like one was wrong."""
    right, wrong = [f"怎么退货{i}" for i in range(12)], [f"退 {i}{i}{i} 件换 {i} 件好吗" for i in range(12)]
    shop = build.dataset(*(build.record(text, "好的", split="train") for text in (*right, *wrong)))
    for turn in Turn.objects.open_in(shop):
        TurnTag.objects.decide(turn, "intent", returns, annotator) if turn.text in right else refuse(turn, returns)
    least, turns = suggest(shop).thresholds["intent"]
    assert turns == 24
    assert 0 < least < 1
    assert least != 0.4328


def refuse(turn, tag) -> None:
    TurnTag.objects.create(turn=turn, tag=tag, kind=tag.kind, similarity=0.1)
    TurnTag.objects.decide(turn, tag.kind, None, None)


def test_it_goes_on_after_a_kill(asked, returns, shipping, turn, monkeypatch):
    monkeypatch.setattr(suggesting, "SIZE", 2)
    store, stored = suggesting._store, []

    def die(suggester, turns, vectors):
        if len(stored) == 2:
            raise KeyboardInterrupt
        stored.append(list(turns))
        store(suggester, turns, vectors)

    monkeypatch.setattr(suggesting, "_store", die)
    job = SuggestTagsJob.objects.create(dataset=asked)
    with pytest.raises(KeyboardInterrupt):
        job.run(suggest_tags)
    SuggestTagsJob.objects.update(state="running", heartbeat_at="2020-01-01T00:00Z")  # as if nobody had noticed
    reap_all()
    monkeypatch.setattr(suggesting, "_store", lambda *of: (stored.append(list(of[1])), store(*of)))
    task(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 5, 5)
    assert [pk for turns in stored for pk in turns] == list(Turn.objects.open_in(asked).values_list("pk", flat=True))
    assert states(turn("今天能发货吗")) == {"shipping": "suggested"}


def test_without_an_example_it_says_what_to_do(asked, make_tag, suggest):
    make_tag("returns")
    make_tag("old", "怎么退货", active=False)
    job = suggest(asked)
    assert (job.state, job.error[:24]) == ("failed", "No tag has an example. W")


def test_only_what_people_said_keeps_a_dialogue_in_use(asked, returns, suggest, turn, annotator):
    suggest(asked)
    assert not Dialogue.objects.in_use().exists()
    TurnTag.objects.decide(turn("怎么退货"), "intent", returns, annotator)
    assert Dialogue.objects.in_use().get() == turn("怎么退货").dialogue
