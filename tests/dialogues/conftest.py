import json

import pytest

from dialogues.importing.parsers import parse_turns
from dialogues.importing.store import store_batch
from dialogues.models import Dataset
from tests.dialogues.records import dialogue


@pytest.fixture
def jsonl(tmp_path):
    """Write records, or raw lines, to a file of one a line."""

    def write(*lines, name="chat.jsonl"):
        path = tmp_path / name
        texts = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
        path.write_text("\n".join(texts) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def dataset(db):
    """Two dialogues with three open turns, of which two have a human answer."""
    made = Dataset.objects.create(name="shop")
    records = [
        dialogue("什么时候发货", "亲，48小时内哦", "好的", split="train"),
        dialogue("Can I return it?", "Sure, within 7 days", split="test"),
    ]
    store_batch(made, [parse_turns(record) for record in records])
    made.refresh_from_db()
    return made
