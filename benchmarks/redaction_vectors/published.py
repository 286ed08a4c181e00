"""What others published: strings with the number of entities in them, addresses in parts, and masked chats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

KINDS = {"phone_intl": "phone", "id_card": "resident_id", "credit_card": "bank_card"}
EXCLUDED = {
    ("My US number is (415) 555-0132, and my international one is415-555-0132", 1): "listed with 1 and with 2",
    ("My US number is (415) 555-0132, and my international one is 91-415-555-0132", 1): "listed with 1 and with 2",
    ("My US number is (415) 555-0132, and my international one is +91 4155 550132", 1): "listed with 1 and with 2",
    ("360426199113010079", 1): "born in month 13; another vector with month 13 expects none",
}
SEVERAL = ("Beihang University E-mail", " 电话：(010)37283893")  # as the texts begin
STREET = frozenset(("road", "subRoad", "subroad"))
DOOR = STREET | {"roadno", "subroadno", "houseno", "cellno", "roomno", "floorno"}


def counted(folder: Path) -> Iterator[tuple[str, str, int]]:
    """Kind, text, and the number of entities in it."""
    for line in _lines(folder / "pii" / "vectors.jsonl"):
        text, expected = line["text"], line["expected_count"]
        if (text, expected) not in EXCLUDED and not text.startswith(SEVERAL):
            yield KINDS.get(line["entity"], line["entity"]), text, expected


def excluded(folder: Path) -> Iterator[tuple[str, str]]:
    """Text, and why its count is not asked for."""
    for line in _lines(folder / "pii" / "vectors.jsonl"):
        if line["text"].startswith(SEVERAL):
            yield line["text"], "several entities counted as one"
        elif why := EXCLUDED.get((line["text"], line["expected_count"])):
            yield line["text"], why


def addresses(folder: Path) -> Iterator[tuple[str, list[tuple[int, int]], list[tuple[int, int]]]]:
    """Those with a road: text, where its roads are, and where roads, numbers and rooms are."""
    for line in _lines(folder / "pii" / "cn_addresses_dev.jsonl"):
        parts, start = [], 0
        for tag, text in line["segments"]:
            parts.append((tag, start, start + len(text)))
            start += len(text)
        roads = [(start, end) for tag, start, end in parts if tag == "road"]
        if roads:
            yield line["text"], roads, [(start, end) for tag, start, end in parts if tag in DOOR]


def turns(folder: Path) -> list[str]:
    """The turns of a chat whose personal data its publisher has masked."""
    return [turn["text"] for line in _lines(folder / "jddc_2019" / "dialogues.jsonl") for turn in line["turns"]]


def _lines(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
