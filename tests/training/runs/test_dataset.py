import sqlite3

import pytest
from django.db import connection

from dialogues.models import Answer, Turn
from knowledge.models import Clock, Entry
from serving.runtimes.protocol import Message
from tests.build import answered, champion, dataset, label, record, run, shop, turn, version
from training.models import Label, Paraphrase
from training.runs.dataset import build_examples

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def replies(built):
    return sorted((example.source, example.reply) for example in built.train)


def test_it_learns_the_chosen_labels_of_people():
    dataset = shop()
    label(turn(dataset, 0), "teacher says", "teacher", teacher=champion())
    label(turn(dataset, 0), "person says")
    built = build_examples(run(dataset, champion(), mix={"person": 10, "teacher": 10}))
    assert replies(built) == [("person", "person says")]
    assert built.train[0].messages[-1].text == "question 0"


def test_a_turn_with_a_label_is_not_learned_from_anybody_else():
    dataset, base = shop(), champion()
    answered(dataset, base)
    label(turn(dataset, 0), "person says")
    built = build_examples(run(dataset, base, mix={"person": 10, "corpus": 10, "replay": 10}))
    assert replies(built) == [("corpus", "reply 1"), ("corpus", "reply 2"), ("person", "person says")]


def test_shares_are_kept_to_and_drawn_by_the_seed():
    dataset, base = shop(splits=["train"] * 20), champion()
    first = build_examples(run(dataset, base, mix={"corpus": 5}))
    same = build_examples(run(dataset, base, mix={"corpus": 5}))
    other = build_examples(
        run(dataset, base, mix={"corpus": 5}, parameters={"method": "lora", "max_steps": 4, "seed": 8})
    )
    assert len(first.train) == 5
    assert first.digest == same.digest != other.digest


def test_test_dialogues_never_get_in():
    dataset, base = shop(), champion()
    answered(dataset, base)
    built = build_examples(run(dataset, base, mix={"person": 10, "corpus": 10, "replay": 10}))
    asked = {message.text for example in [*built.train, *built.dev] for message in example.messages}
    assert "question 4" not in asked
    assert {message.text for example in built.dev for message in example.messages} == {"question 3"}


def test_a_pair_that_occurs_in_a_test_dialogue_of_any_dataset_is_refused_and_counted():
    dataset = shop(splits=["train"] * 3)
    shop("elsewhere", splits=["test"] * 2)
    label(turn(dataset, 0), "Reply 0！")  # the same but for case and punctuation
    label(turn(dataset, 1), "another reply")
    built = build_examples(run(dataset, champion()))
    assert replies(built) == [("person", "another reply")]
    assert built.in_test == {"person": 1}
    assert built.turns_shared_with_test == 1


def test_nor_is_it_what_a_checkpoint_and_a_rate_are_chosen_by():
    dataset = shop(splits=["train", "dev", "dev"])
    shop("elsewhere", splits=["test"] * 2)
    label(turn(dataset, 0), "taught")
    label(turn(dataset, 1), "Reply 1！")
    label(turn(dataset, 2), "reply 2")
    built = build_examples(run(dataset, champion()))
    assert [example.reply for example in built.dev] == ["reply 2"]
    assert built.turns_shared_with_test == 1, "question 0, with another reply"


def test_rejected_labels_are_not_learned():
    dataset = shop()
    made = label(turn(dataset, 0), "wrong")
    Label.objects.filter(pk=made.pk).update(rejected=True, chosen=False)
    assert build_examples(run(dataset, champion())).train == []


def test_a_natural_reply_is_a_label_that_can_be_rejected_for_the_next_run():
    dataset = shop()
    label(turn(dataset, 0), "person says")
    one = run(dataset, champion(), mix={"corpus": 10})
    assert len(build_examples(one).train) == len(build_examples(one).train) == 3
    natural = Label.objects.filter(source="corpus")
    assert [(made.turn.text, made.split) for made in natural.order_by("turn")] == [
        (f"question {i}", "train") for i in range(3)
    ]
    assert natural.chosen().count() == 2  # what a person said still wins
    natural.filter(turn=turn(dataset, 1)).update(rejected=True, chosen=False)
    assert replies(build_examples(one)) == [("corpus", "reply 0"), ("corpus", "reply 2")]


def test_labels_by_people_alone_are_repeated():
    dataset = shop()
    label(turn(dataset, 0), "person says")
    built = build_examples(run(dataset, champion(), mix={"person": 10, "corpus": 1}, repeats=3))
    assert [example.source for example in built.train] == ["person"] * 3 + ["corpus"]
    assert built.taken == {"person": 1, "corpus": 1}


def test_empty_replies_are_not_learned():
    dataset = shop()
    Answer.objects.filter(source="human").update(text="")
    assert build_examples(run(dataset, champion(), mix={"corpus": 10})).train == []


def reworded(made, *texts, similarity=0.9):
    teacher = version("teacher", kind="cloud", model="recorded")
    rows = [Paraphrase(label=made, teacher=teacher, text=t, text_hash=t[:16], similarity=similarity) for t in texts]
    Paraphrase.objects.bulk_create(rows)


def test_a_question_is_learned_in_all_wordings_that_mean_the_same():
    asked = shop()
    made = label(turn(asked, 0), "person says")
    reworded(made, "asked otherwise", "and again")
    Paraphrase.objects.filter(text="and again").update(similarity=0.1)
    assert len(build_examples(run(asked, champion())).train) == 1, "this run asks for no wordings"
    built = build_examples(run(asked, champion(), wordings=12))
    questions = [(example.messages[-1].text, example.reply) for example in built.train]
    assert questions == [("question 0", "person says"), ("asked otherwise", "person says")]
    assert built.taken == {"person": 2}


def test_replies_that_were_left_out_are_not_learned():
    asked = shop()
    left_out = label(turn(asked, 0), "not this")
    label(turn(asked, 1), "but this")
    assert replies(build_examples(run(asked, champion(), left_out=[left_out.pk]))) == [("person", "but this")]


@pytest.mark.parametrize(
    ("people", "share", "repeats", "replay"),
    [
        (1, 0.5, 19, 19),  # much to replay: what people said is repeated
        (2, 0.8, 2, 16),
        (13, 0.3, 1, 6),  # less of it is wanted than there is
    ],
)
def test_replay_has_its_share_of_a_pass(people, share, repeats, replay):
    asked, base = shop(splits=["train"] * 20), champion()
    answered(asked, base)
    for i in range(people):
        label(turn(asked, i), f"person {i}")
    built = build_examples(run(asked, base, mix={"person": 100, "replay": 100}, replay_share=share))
    assert (built.repeats, built.taken["replay"]) == (repeats, replay)
    sources = [example.source for example in built.train]
    assert (sources.count("person"), sources.count("replay")) == (people * repeats, replay)


def test_people_are_learned_behind_what_the_memory_has_for_them_but_not_their_own_reply():
    texts = {"怎么退货": "7天内可以退", "怎么申请退货": "在订单页申请退货", "发什么快递": "中通"}
    asked = dataset(*(record(question, "-", split="train") for question in texts))
    for example in asked.dialogues.all():
        question = example.turns.get(role="customer")
        made = label(question, texts[question.text])
        Entry.objects.add(
            by=None,
            wordings=[question.text],
            kind="reply",
            source="label",
            text=made.text,
            language="zh",
            origin=example.content_hash,
        )
    taught = run(asked, champion(), memory_after=Clock.now())
    prompts = {example.reply: example.messages for example in build_examples(taught).train}
    assert prompts["在订单页申请退货"][:2] == (Message("customer", "怎么退货"), Message("agent", "7天内可以退"))
    for reply, messages in prompts.items():
        assert reply not in [message.text for message in messages], "nobody grades their own notes"
    plain = build_examples(run(asked, champion()))
    assert all(len(example.messages) == 1 for example in plain.train)


def test_a_wording_that_a_test_dialogue_asks_by_now_is_not_learned():
    asked = shop()
    reworded(label(turn(asked, 0), "person says"), "asked otherwise", "and again")
    dataset(record("asked otherwise", "something", split="test"), name="later")
    built = build_examples(run(asked, champion(), wordings=12))
    assert [example.messages[-1].text for example in built.train] == ["question 0", "and again"]


def test_nothing_else_is_learned_for_a_question_whose_reply_was_left_out():
    asked, base = shop(), champion()
    answered(asked, base)
    left_out = label(turn(asked, 0), "reply 0")
    mix = {"person": 10, "corpus": 10, "replay": 10}
    built = build_examples(run(asked, base, mix=mix, left_out=[left_out.pk]))
    assert {example.messages[-1].text for example in built.train} == {"question 1", "question 2"}


def test_no_more_wordings_than_the_run_asks_for():
    asked = shop()
    reworded(label(turn(asked, 0), "person says"), "asked otherwise", "and again")
    assert len(build_examples(run(asked, champion(), wordings=1)).train) == 2


def test_what_is_learned_is_fixed_when_it_starts():
    asked = shop()
    first = label(turn(asked, 0), "person says")
    label(turn(asked, 1), "said later")
    assert replies(build_examples(run(asked, champion(), learned=[first.pk]))) == [("person", "person says")]


@pytest.fixture
def few_parameters(db):
    """Once it is called, a statement has no more parameters than every SQLite takes."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL takes as many as a run can draw")
    changed = []

    def limit():
        changed.append(connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999))

    yield limit
    for before in changed:
        connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, before)


def test_a_run_may_draw_more_than_a_statement_takes(few_parameters):
    asked, base = shop(splits=["train"] * 1010), champion()
    answered(asked, base)
    few_parameters()
    drawn = build_examples(run(asked, base, mix={"replay": 2000})).train
    assert [example.messages[-1].text for example in drawn] == [f"question {i}" for i in range(1010)]
    assert len(Turn.objects.filter(role="customer").contexts()) == 1010
