import pytest

from dialogues.models import Answer
from tests.build import answered, champion, label, run, shop, turn
from training.models import Label
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
