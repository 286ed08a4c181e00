import json

import pytest

from tests import build


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
    return build.dataset(
        build.record("什么时候发货", "亲，48小时内哦", "好的", split="train"),
        build.record("Can I return it?", "Sure, within 7 days", split="test"),
    )
