from random import Random

import pytest
from transformers import AutoModelForCausalLM

from serving.corpus import exchanges
from serving.embedded.end_data import IGNORED, SequenceMaker, Variation, dialogues, tokenizer_texts
from serving.embedded.end_model import AGENT, END, PAD, SYSTEM
from serving.embedded.noise import noisy, renumbered
from serving.embedded.voices import GENERAL, SYSTEM_TEXTS
from serving.providers import EMBEDDED_END
from serving.runtimes.end import EndRuntime
from serving.runtimes.protocol import Message


@pytest.fixture(scope="module")
def runtime():
    return EndRuntime(EMBEDDED_END)


def test_it_is_a_qwen3_of_one_to_three_million_parameters_in_safetensors(runtime):
    assert runtime.model.config.model_type == "qwen3"
    assert 1e6 < sum(values.numel() for values in runtime.model.parameters()) < 3e6
    assert {file.suffix for file in EMBEDDED_END.iterdir()} == {".json", ".jinja", ".safetensors"}


@pytest.mark.parametrize(
    "text", ["在吗", " two  spaces ", "龘 and 😀", "line\nbreak\ttab", "ÀÉ ß", "don't 3.50€", "𠮷野家", "a", " "]
)
def test_every_text_survives_the_tokenizer(runtime, text):
    assert runtime.tokenizer.decode(runtime.tokenizer.encode(text)) == text


def test_a_digit_is_a_token(runtime):
    assert runtime.tokenizer.tokenize("订单250318") == ["订", "单", *"250318"]


def test_the_tokenizer_knows_every_character_that_may_be_learned(runtime):
    characters = set().union(*tokenizer_texts(exchanges()))
    assert [c for c in characters if len(runtime.tokenizer.encode(c)) > 1] == []


def test_the_end_token_is_not_the_padding(runtime):
    tokenizer = runtime.tokenizer
    assert (tokenizer.eos_token, tokenizer.pad_token) == (END, PAD)
    assert runtime.model.generation_config.eos_token_id == tokenizer.eos_token_id != tokenizer.pad_token_id


def test_the_template_takes_system_user_and_assistant(runtime):
    turns = [{"role": role, "content": role[0]} for role in ("system", "user", "assistant", "user")]
    prompt = runtime.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    assert prompt == "<|system|>s<|end|><|customer|>u<|end|><|agent|>a<|end|><|customer|>u<|end|><|agent|>"


def test_it_stops_by_itself_in_the_customers_language(runtime):
    asked = ["什么时候发货", "Where is my parcel?", "可以开发票吗", "thanks a lot"]
    replies = runtime.reply_batch([[Message("customer", text)] for text in asked])
    assert [reply.finish_reason for reply in replies] == ["stop"] * 4
    assert [any("一" <= c <= "龥" for c in reply.text) for reply in replies] == [True, False, True, False]


def test_it_reads_several_turns_and_answers_a_batch_as_it_answers_one(runtime):
    long = [Message("customer", "这件能退吗"), Message("agent", "亲，七天内可以退哦"), Message("customer", "运费谁出")]
    short = [Message("customer", "在吗")]
    together = [reply.text for reply in runtime.reply_batch([long, short])]
    assert together == [runtime.reply(long).text, runtime.reply(short).text]


def test_half_precision_on_disk_is_what_the_configuration_says():
    assert str(AutoModelForCausalLM.from_pretrained(EMBEDDED_END, dtype="auto").dtype) == "torch.bfloat16"


def test_nothing_of_the_test_part_is_learned():
    corpus = exchanges()
    test = {text for e in corpus if e.split == "test" for text in (e.customer, e.general, e.shop)}
    kept = {text for e in corpus if e.split != "test" for text in (e.customer, e.general, e.shop)}
    assert not (test - kept) & set(tokenizer_texts(corpus))
    assert {exchange.split for dialogue in dialogues(corpus, "train") for exchange in dialogue} == {"train"}


def test_only_general_replies_and_their_end_are_learned(runtime):
    still = Variation(told=0, cut=0, joined=0, clause=0, same_intent=0, shop_said=1, system=0, renumbered=0)
    dialogue = next(d for d in dialogues(exchanges(), "train") if len(d) == 3)
    sequence = SequenceMaker([dialogue], runtime.tokenizer, still, seed=1).sequence(dialogue)
    learned = runtime.tokenizer.decode([label for label in sequence.labels if label != IGNORED])
    assert learned == dialogue[-1].general + END
    read = runtime.tokenizer.decode(sequence.ids)
    assert f"{AGENT}{dialogue[0].shop}{END}" in read


def test_another_voice_is_asked_for_and_learned_in_every_turn(runtime):
    told = Variation(told=1, cut=0, joined=0, renumbered=0)
    dialogue = next(d for d in dialogues(exchanges(), "train") if len(d) == 3)
    sequence = SequenceMaker([dialogue], runtime.tokenizer, told, seed=1).sequence(dialogue)
    read = runtime.tokenizer.decode(sequence.ids)
    voice = next(
        v for v, texts in SYSTEM_TEXTS.items() if any(read.startswith(SYSTEM + t) for t in texts["zh"] + texts["en"])
    )
    learned = runtime.tokenizer.decode([label for label in sequence.labels if label != IGNORED])
    assert voice != GENERAL
    assert learned == "".join(getattr(exchange, voice) + END for exchange in dialogue)


def test_noise_is_repeatable_and_keeps_numbers():
    assert noisy("订单250318到哪了", "zh", Random(3)) == noisy("订单250318到哪了", "zh", Random(3))
    assert all("250318" in noisy("订单250318到哪了", "zh", Random(seed)) for seed in range(50))


def test_numbers_that_are_repeated_are_changed_alike():
    whole, tail, short = renumbered(["单号25031844", "尾号1844", "5天"], Random(2))
    assert whole[2:] != "25031844" and whole.endswith(tail[2:]) and short == "5天"
