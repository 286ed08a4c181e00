"""Tiny random BERT models in real Hugging Face folders, for the code that loads real scorers by name."""

from pathlib import Path

CHARACTERS = "在吗什么时候发货退换尺码合适亲的哦可以不能您好快递abcdefghijklmnopqrstuvwxyz?！，。"


def save(folder: Path, labels: int = 0) -> Path:
    """A classifier with so many labels, or a bare encoder for 0."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

    torch.manual_seed(7)
    folder.mkdir(parents=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(CHARACTERS)]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(vocabulary), initializer_range=0.5, **shape)
    if labels:
        config.num_labels = labels
        BertForSequenceClassification(config).save_pretrained(folder)
    else:
        BertModel(config).save_pretrained(folder)
    return folder
