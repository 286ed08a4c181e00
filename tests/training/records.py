"""A shop with labels, for the tests of training."""

from dialogues.importing.parsers import parse_turns
from dialogues.importing.store import store_batch
from dialogues.models import Answer, Comparison, Dataset, Turn, text_hash
from serving.models import Version
from training.models import Label, Run

PARAMETERS = {"method": "lora", "max_steps": 4, "seed": 7}


def shop(name="shop", *, splits=("train", "train", "train", "dev", "test")) -> Dataset:
    """One dialogue a split: a question, and the human agent's reply to it."""
    dataset, _ = Dataset.objects.get_or_create(name=name)
    records = [
        {
            "split": split,
            "turns": [{"role": "customer", "text": f"question {i}"}, {"role": "agent", "text": f"reply {i}"}],
        }
        for i, split in enumerate(splits)
    ]
    store_batch(dataset, [parse_turns(record) for record in records])
    dataset.refresh_from_db()
    return dataset


def turn(dataset: Dataset, i: int) -> Turn:
    return Turn.objects.get(dialogue__dataset=dataset, text=f"question {i}")


def label(asked: Turn, text: str, source="person", **values) -> Label:
    made = Label.objects.create(
        turn=asked,
        source=source,
        text=text,
        text_hash=text_hash(text),
        dataset=asked.dialogue.dataset,
        split=asked.dialogue.split,
        **values,
    )
    Label.objects.choose([asked.pk])
    return made


def champion() -> Version:
    Version.objects.register_configured()
    return Version.objects.champion()


def answered(dataset: Dataset, version: Version, word="end") -> None:
    """An answer by the version to every open turn, beside each reference."""
    turns = list(Turn.objects.open_in(dataset))
    answers = [
        Answer(turn=t, source="model", version=version, text=f"{word} {t.text}", settings_hash="x") for t in turns
    ]
    Answer.objects.keep(answers, dataset, version)
    Comparison.objects.pair([t.pk for t in turns])


def run(dataset: Dataset, base: Version, **values) -> Run:
    usual = {"name": "run", "method": "lora", "parameters": PARAMETERS, "mix": {"person": 100}}
    return Run.objects.create(dataset=dataset, base=base, **(usual | values))
