"""End models of a few thousand random weights, with the parts that real ones have: they load in a moment."""

from pathlib import Path

SENTENCES = [
    "你好，请问有什么可以帮您？",
    "我的快递什么时候到？",
    "您好，预计后天送达。",
    "可以退货吗？",
    "签收七天内可以退货。",
    "Where is my parcel?",
    "It arrives on Monday.",
]
CHAT_TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SIZES = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 512,
    "initializer_range": 0.5,  # so large that the most likely token leads clearly
}
ARCHITECTURES = ("qwen3", "llama", "glm")


def save_all(folder: Path) -> dict[str, Path]:
    """The folder of each architecture's model."""
    for seed, architecture in enumerate(ARCHITECTURES):
        save(folder / architecture, architecture, seed)
    return {architecture: folder / architecture for architecture in ARCHITECTURES}


def save(folder: Path, architecture: str, seed: int) -> None:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    tokenizer = _tokenizer()
    special = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id, "bos_token_id": None}
    config = AutoConfig.for_model(architecture, vocab_size=len(tokenizer), **SIZES, **special)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _tokenizer():
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    roles = ["<|system|>", "<|user|>", "<|assistant|>"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(SENTENCES, trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet))
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|end|>",
        pad_token="<|pad|>",
        extra_special_tokens=roles,
        chat_template=CHAT_TEMPLATE,
    )
