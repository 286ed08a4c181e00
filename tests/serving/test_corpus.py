import json
from collections import Counter, defaultdict

import pytest

from serving.corpus import FOLDER, TOPICS, exchanges, facts, normalised, records
from serving.corpus.splitting import HELD_OUT, groups_by_wording, split_of, write_splits


def test_the_corpus_has_forty_intents_and_fifteen_hundred_wordings():
    assert len({exchange.intent for exchange in exchanges()}) >= 40
    assert len({normalised(exchange.customer) for exchange in exchanges()}) >= 1500
    assert {exchange.language for exchange in exchanges()} == {"zh", "en"}


def test_dialogues_have_two_to_eight_turns_and_every_exchange_has_all_its_replies():
    for record in records():
        assert 1 <= len(record["exchanges"]) <= 4, record["id"]
        assert list(record) == ["id", "language", "intent", "product_line", "split", "exchanges"], record["id"]
        for exchange in record["exchanges"]:
            also = ["also"] if record["split"] == "train" else []
            assert list(exchange) == ["customer", *also, "shop", "teacher", "bare", "general"], record["id"]
            texts = [*exchange.pop("also", ()), *exchange.values()]
            assert all(text.strip() for text in texts), record["id"]


def test_identities_are_unique_and_name_intent_and_language():
    found = list(records())
    assert len({record["id"] for record in found}) == len(found)
    assert all(record["id"].startswith(f"{record['intent']}-{record['language']}-") for record in found)


def test_a_wording_is_in_one_split_only():
    splits = defaultdict(set)
    for exchange in exchanges():
        for wording in exchange.wordings:
            splits[normalised(wording)].add(exchange.split)
    assert [wording for wording, found in splits.items() if len(found) > 1] == []


def test_four_intents_are_held_out_and_what_has_no_other_wordings_is_dealt_to_dev_and_test():
    assert {exchange.split for exchange in exchanges() if exchange.intent in HELD_OUT} == {"test"}
    dealt = Counter(exchange.split for exchange in exchanges() if exchange.intent not in HELD_OUT)
    assert dealt["train"] > 3000
    assert min(dealt["dev"], dealt["test"]) > 150


def test_what_is_learned_is_asked_in_many_wordings():
    wordings = [len(exchange.wordings) for exchange in exchanges() if exchange.split == "train"]
    assert sum(wordings) > 20_000
    assert min(wordings) >= 2


def test_the_stored_splits_are_those_that_the_rule_gives():
    found = list(records())
    assert split_of(found) == {record["id"]: record["split"] for record in found}
    assert split_of(found[::-1]) == split_of(found)


def record(number: int, *wordings: str, intent: str = "material", **more) -> dict:
    exchanges = [{"customer": w, "shop": "", "teacher": "", "bare": "", "general": ""} | more for w in wordings]
    identity = f"{intent}-zh-{number:03}"
    return {"id": identity, "language": "zh", "intent": intent, "product_line": "general", "exchanges": exchanges}


def test_dialogues_that_share_a_wording_over_a_third_one_stay_together():
    groups = groups_by_wording([record(1, "好的"), record(2, "好的!", "几天"), record(3, "几天？"), record(4, "别的")])
    assert sorted(len(group) for group in groups) == [1, 3]


def test_a_dialogue_tied_to_a_held_out_intent_is_test_too():
    splits = split_of([record(1, "保多久", intent="warranty"), record(2, "保多久"), record(3, "纯棉吗")])
    assert splits["material-zh-002"] == "test"


def test_a_dialogue_with_other_wordings_is_train_and_so_is_what_shares_one_of_them():
    splits = split_of([record(1, "纯棉吗", also=["是不是全棉"]), record(2, "是不是全棉"), record(3, "起球不")])
    assert (splits["material-zh-001"], splits["material-zh-002"]) == ("train", "train")
    assert splits["material-zh-003"] in ("dev", "test")


def test_writing_the_splits_twice_changes_nothing(tmp_path):
    lines = [json.dumps(record(number, f"问题{number}"), ensure_ascii=False) for number in range(20)]
    (tmp_path / "material.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert len(write_splits(tmp_path)) == 1
    assert write_splits(tmp_path) == []


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.jsonl")), ids=lambda file: file.stem)
def test_a_file_holds_the_dialogues_of_one_intent(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["intent"] for line in lines} == {file.stem}


def test_each_fact_has_an_identity_of_its_own_text_in_both_languages_and_a_known_topic():
    assert len({fact.id for fact in facts()}) == len(facts()) >= 40
    for fact in facts():
        assert all(text.strip() for text in (fact.id, fact.zh, fact.en)), fact.id
    assert {fact.topic for fact in facts()} == set(TOPICS)
