"""Architecture and tokenizer of the end model: a Qwen3-shaped causal language model of about 2 M parameters.

Tokens are single characters, except that Latin words are split by byte-pair encoding. A digit is a token of its own,
and characters outside the alphabet fall back to bytes, so that every text survives encoding and decoding.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GenerationConfig, PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from serving.runtimes.numbers import SLOTS

PAD, END, SYSTEM, CUSTOMER, AGENT = "<|pad|>", "<|end|>", "<|system|>", "<|customer|>", "<|agent|>"
SPECIAL = [PAD, END, SYSTEM, CUSTOMER, AGENT, *SLOTS]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
ASCII = [chr(code) for code in range(32, 127)]
LATIN_MERGES = 900
MAX_TOKENS = 1024
PIECES = Regex(r" ?[A-Za-z]+|[\s\S]")  # a Latin word with the space before it, or any one character
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ {'system': '<|system|>', 'user': '<|customer|>'}.get(message.role, '<|agent|>') }}"
    "{{ message.content }}<|end|>"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|agent|>{% endif %}"
)


def build_tokenizer(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """A tokenizer whose alphabet is the printable ASCII characters and those of the texts."""
    texts = list(texts)
    alphabet = sorted(set(ASCII).union(*texts))
    vocabulary = {token: number for number, token in enumerate([*SPECIAL, *BYTES, *alphabet])}
    merges = _merges(texts, alphabet)
    for left, right in merges:
        vocabulary.setdefault(left + right, len(vocabulary))
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(PIECES, "isolated")
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        extra_special_tokens=SPECIAL[2:],
        padding_side="left",
        clean_up_tokenization_spaces=False,
        model_max_length=MAX_TOKENS,
        chat_template=CHAT_TEMPLATE,
    )


def _merges(texts: list[str], alphabet: list[str]) -> list[tuple[str, str]]:
    """Merges of Latin letters, the most frequent first; all other pieces are single characters anyway."""
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.Split(PIECES, "isolated")
    size = len(alphabet) + LATIN_MERGES
    learner.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, min_frequency=4))
    return [tuple(merge) for merge in json.loads(learner.to_str())["model"]["merges"]]


def build_model(tokenizer: PreTrainedTokenizerFast) -> Qwen3ForCausalLM:
    """The untrained model: about 2 M parameters, a third of them embeddings, which the output layer shares."""
    end = tokenizer.eos_token_id
    configuration = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=4,
        num_attention_heads=6,
        num_key_value_heads=3,
        head_dim=32,
        max_position_embeddings=MAX_TOKENS,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        eos_token_id=end,
        initializer_range=0.07,  # 1 / sqrt(hidden_size); the usual .02 suits models ten times as wide
        use_cache=True,
    )
    model = Qwen3ForCausalLM(configuration)
    model.generation_config = GenerationConfig(
        eos_token_id=end, pad_token_id=tokenizer.pad_token_id, max_new_tokens=128, do_sample=False
    )
    return model
