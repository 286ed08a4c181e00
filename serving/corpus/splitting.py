"""Writes the split into the corpus files: `python -m serving.corpus.splitting`. Running it again changes nothing.

Four whole intents are test, so that evaluation includes subjects that nothing was trained on. Of the others, dialogues
with other wordings of the customer's message are train: the authors of those wordings never saw the rest, which goes to
dev and test in turn within intent and language. Dialogues that share a wording of the customer stay together.
"""

from __future__ import annotations

import json
from collections import defaultdict
from hashlib import sha256
from itertools import chain
from pathlib import Path

from serving.corpus import FOLDER, normalised

HELD_OUT = frozenset({"warranty", "colour_difference", "delivery_appointment", "points_membership"})
DEAL = ("dev", "test")
FIELDS = ("id", "language", "intent", "product_line", "split", "exchanges")


def split_of(records: list[dict]) -> dict[str, str]:
    """Dialogue id -> train | dev | test; depends on the dialogues only, not on their order."""
    splits: dict[str, str] = {}
    dealt: dict[tuple[str, str], int] = {}
    for group in sorted(groups_by_wording(records), key=lambda group: _hash(group[0]["id"])):
        splits |= dict.fromkeys((record["id"] for record in group), _split_of_group(group, dealt))
    return splits


def _split_of_group(group: list[dict], dealt: dict[tuple[str, str], int]) -> str:
    if any(record["intent"] in HELD_OUT for record in group):
        return "test"
    if any("also" in exchange for record in group for exchange in record["exchanges"]):
        return "train"
    stratum = (group[0]["intent"], group[0]["language"])
    position = dealt.setdefault(stratum, _hash("/".join(stratum)) % len(DEAL))
    dealt[stratum] += 1
    return DEAL[position % len(DEAL)]


def groups_by_wording(records: list[dict]) -> list[list[dict]]:
    """Dialogues linked by a shared wording of the customer, directly or through others; each group sorted by id."""
    parent = {record["id"]: record["id"] for record in records}

    def root(identity: str) -> str:
        while parent[identity] != identity:
            parent[identity] = identity = parent[parent[identity]]
        return identity

    first_with: dict[str, str] = {}
    for record in records:
        for exchange in record["exchanges"]:
            for wording in map(normalised, (exchange["customer"], *exchange.get("also", ()))):
                parent[root(record["id"])] = root(first_with.setdefault(wording, record["id"]))
    groups = defaultdict(list)
    for record in sorted(records, key=lambda record: record["id"]):
        groups[root(record["id"])].append(record)
    return list(groups.values())


def write_splits(folder: Path = FOLDER) -> list[Path]:
    """Write the split of every record in the folder; returns the files that changed."""
    lines = {file: file.read_text(encoding="utf-8").splitlines() for file in sorted(folder.glob("*.jsonl"))}
    records = {file: [json.loads(line) for line in texts if line.strip()] for file, texts in lines.items()}
    splits = split_of(list(chain.from_iterable(records.values())))
    changed = []
    for file, own in records.items():
        ordered = [{field: (record | {"split": splits[record["id"]]})[field] for field in FIELDS} for record in own]
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in ordered)
        if text != file.read_text(encoding="utf-8"):
            fresh = file.with_suffix(".new")
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(file)
            changed.append(file)
    return changed


def _hash(text: str) -> int:
    return int(sha256(text.encode()).hexdigest()[:12], 16)


if __name__ == "__main__":
    print(f"{len(write_splits())} files changed")
