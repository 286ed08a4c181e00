import pytest

from serving.runtimes.end import EndRuntime
from serving.runtimes.protocol import Message
from training.ml.batches import Plan, collator
from training.ml.data import TrainingData
from training.ml.examples import IGNORED, Encoded, Example, count_cuts, encode, end_token
from training.ml.loading import load_tokenizer, stop_tokens
from training.ml.preview import first_batch, learned_tokens, rows

TALK = (
    Message("system", "be kind"),
    Message("customer", "我的快递什么时候到？"),
    Message("agent", "您好，预计后天送达。"),
    Message("customer", "可以退货吗？"),
)


@pytest.fixture
def tokenizer(qwen):
    return load_tokenizer(qwen)


def learned(encoded, tokenizer):
    return tokenizer.decode(encoded.ids[encoded.learned_from :])


@pytest.mark.parametrize("limit", [256, 40, 20, 8])
def test_the_prompt_is_the_one_that_serving_makes(qwen, tokenizer, limit):
    encoded = encode(Example(TALK, "好的"), tokenizer, limit, 32)
    assert encoded.ids[: encoded.learned_from] == EndRuntime(qwen).encode(TALK, limit)


def test_the_reply_and_one_end_token_are_learned(tokenizer):
    encoded = encode(Example(TALK, " 签收七天内可以退货。\n"), tokenizer, 256, 64)
    assert learned(encoded, tokenizer) == "签收七天内可以退货。<|end|>"
    assert encoded.ids[encoded.learned_from :].count(tokenizer.eos_token_id) == 1
    assert encoded.cut == ()


def test_an_end_mark_that_somebody_typed_is_text(tokenizer):
    encoded = encode(Example(TALK[3:], "say <|end|> twice"), tokenizer, 256, 64)
    assert encoded.ids[encoded.learned_from :].count(tokenizer.eos_token_id) == 1
    assert learned(encoded, tokenizer) == "say <|end|> twice<|end|>"


def test_the_oldest_turns_are_dropped_first_and_counted(tokenizer):
    full = encode(Example(TALK, "好"), tokenizer, 256, 8)
    encoded = encode(Example(TALK, "好"), tokenizer, full.learned_from - 1, 8)
    assert encoded.cut == ("prompt",)
    assert "我的快递" not in tokenizer.decode(encoded.ids)
    assert tokenizer.decode(encoded.ids).startswith("<|system|>be kind")


def test_a_cut_reply_still_ends(tokenizer):
    encoded = encode(Example(TALK, "退货" * 50), tokenizer, 256, 10)
    assert len(encoded.ids) - encoded.learned_from == 10
    assert encoded.ids[-1] == tokenizer.eos_token_id
    assert encoded.cut == ("reply",)


def test_cuts_are_counted_by_what_was_cut():
    cuts = [("prompt",), ("prompt", "reply"), (), ("reply",)]
    assert count_cuts(Encoded([1], 0, cut) for cut in cuts) == {"prompt": 2, "reply": 2}


@pytest.mark.parametrize(("messages", "reply"), [(TALK, "  "), (TALK[:3], "好"), ((), "好")])
def test_what_cannot_be_learned_is_refused(tokenizer, messages, reply):
    with pytest.raises(ValueError, match="Example 7: expected"):
        encode(Example(messages, reply, "person", "7"), tokenizer, 256, 8)


def test_the_end_is_the_templates_own_where_generation_stops_at_it(qwen, tokenizer):
    assert end_token(tokenizer, stop_tokens(qwen)) == tokenizer.eos_token_id
    tokenizer.chat_template = "{% for m in messages %}{{ m.content }}<|system|>{% endfor %}"
    other = tokenizer.convert_tokens_to_ids("<|system|>")
    assert end_token(tokenizer, {tokenizer.eos_token_id, other}) == other
    assert end_token(tokenizer, {tokenizer.eos_token_id}) == tokenizer.eos_token_id
    assert end_token(tokenizer, {5}) == 5  # the only one that ends a reply in serving


# --- batches


def test_padding_is_masked_by_position_also_where_it_is_the_end_token(tokenizer):
    end = tokenizer.eos_token_id
    short, long = Encoded([5, 6, end], 1), Encoded([5, 6, 7, 8, end], 3)
    tokenizer.pad_token = tokenizer.eos_token
    batch = collator(tokenizer)([short.features(), long.features()])
    assert batch["input_ids"].tolist() == [[5, 6, end, end, end], [5, 6, 7, 8, end]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]]
    assert batch["labels"].tolist() == [
        [IGNORED, 6, end, IGNORED, IGNORED],
        [IGNORED, IGNORED, IGNORED, 8, end],
    ]


def test_the_tokenizer_of_a_collator_still_pads_on_its_own_side(tokenizer):
    tokenizer.padding_side = "left"
    short, long = [5, 6], [5, 6, 7]
    batch = collator(tokenizer)([Encoded(short, 1).features(), Encoded(long, 1).features()])
    assert batch["attention_mask"].tolist() == [[1, 1, 0], [1, 1, 1]]
    assert tokenizer.padding_side == "left"
    assert tokenizer.pad({"input_ids": [short, long]})["attention_mask"] == [[0, 1, 1], [1, 1, 1]]


def test_a_plan_is_repeatable_and_meets_every_example_once_an_epoch():
    lengths = [i % 17 for i in range(103)]
    plan = list(Plan(lengths, 4, 52, seed=3))
    assert plan == list(Plan(lengths, 4, 52, seed=3))
    assert plan != list(Plan(lengths, 4, 52, seed=4))
    for epoch in (plan[:26], plan[26:]):
        assert sorted(index for batch in epoch for index in batch) == list(range(103))
    assert plan[:26] != plan[26:]


def test_neighbours_in_length_share_a_batch():
    lengths = [i % 50 for i in range(400)]
    spans = [max(ls) - min(ls) for batch in Plan(lengths, 4, 100, seed=0) if (ls := [lengths[i] for i in batch])]
    assert sum(spans) / len(spans) < 2


def test_a_plan_ends_within_an_epoch():
    assert len(list(Plan([1] * 10, 2, 3, seed=0))) == 3
    assert len(list(Plan([1] * 3, 8, 5, seed=0))) == 5


# --- the preview


def test_the_preview_shows_what_is_learned_and_where_it_stops(qwen, examples, quick):
    for row in first_batch(TrainingData(qwen, examples, [], quick())):
        seen = [token for token in row if not token.padding]
        said = [token.text for token in seen if token.learned]
        assert said[-1] == "<|end|>"
        assert said.count("<|end|>") == 1
        assert not any(token.learned for token in row if token.padding)
        assert seen[[token.learned for token in seen].index(True) - 1].text == "<|assistant|>"


def test_rows_of_a_batch_are_equally_long(tokenizer):
    pair = [Encoded([5, 6, 1], 1), Encoded([5, 6, 7, 8, 1], 3)]
    shown = rows(collator(tokenizer)([row.features() for row in pair]), tokenizer)
    assert [len(row) for row in shown] == [5, 5]
    assert [token.padding for token in shown[0]] == [False, False, False, True, True]


def test_a_preview_needs_an_example(qwen, quick):
    with pytest.raises(ValueError, match="at least one example"):
        first_batch(TrainingData(qwen, [], [], quick()))


def test_learned_tokens_are_counted_by_source():
    examples = [Example(TALK, "好的", source) for source in ("person", "replay", "person")]
    encoded = [Encoded([5, 6, 7, 1], 2), Encoded([5, 6, 1], 2), Encoded([5, 6, 7, 8, 1], 2)]
    assert learned_tokens(examples, encoded) == {"person": 2 + 3, "replay": 1}
