"""What redaction finds, what it takes for personal and is not, and how fast it is.

    ECC_REAL_DATA=FOLDER python benchmarks/redaction.py [--quick] [--json]

Recall and false alarms by kind: on sentences written for this, on published strings with the number of entities in
them (those with contradictory counts are left out and listed), and on published Chinese addresses. Chats that their
publisher has masked are the other side: what is found in them is a false alarm, or was overlooked by the mask. Speed is
that of one core in texts per second, on these chats as they are and with values in the place of the masks; the baseline
is the same detectors run over every text, without looking first whether a text may hold anything of their kind.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

from benchmarks import report
from benchmarks.redaction_vectors import own, published
from serving.redaction import DETECTORS, Redaction, Redactor, redact
from serving.redaction.spans import Detector

COUNTS = {"full": None, "quick": 3000, "smoke": 40}  # addresses and turns
SHOWN = 12  # misses of a kind
RECALL = {"phone": 0.99, "resident_id": 0.99, "bank_card": 0.99, "email": 0.99, "name": 0.95}
ADDRESS_RECALL, TOUCHED, PER_SECOND = 0.95, 0.01, 20_000
MASKS = {
    "数字": lambda rng: str(rng.randrange(1, 10 ** rng.randrange(1, 4))),
    "姓名": lambda rng: rng.choice(own.NAMES),
    "电话": lambda rng: f"1{rng.randrange(3 * 10**9, 10**10)}",
    "订单": lambda rng: str(rng.randrange(10**10, 10**11)),
    "地址": lambda rng: f"西湖区文三路{rng.randrange(1, 500)}号{rng.randrange(1, 30)}幢{rng.randrange(101, 999)}室",
}


def recall_of_own() -> dict[str, dict[str, Any]]:
    """By kind: how many values were taken out as this kind, and the sentences where one was not."""
    table: dict[str, dict[str, Any]] = {}
    for kind, text, value in own.vectors():
        row = table.setdefault(kind, {"values": 0, "found": 0, "misses": []})
        row["values"] += 1
        if any(found.kind == kind and value in found.value for found in redact(text).found):
            row["found"] += 1
        else:
            row["misses"].append(text)
    return table


def recall_of_published(folder: Path) -> dict[str, dict[str, Any]]:
    """By kind: entities, how many were found, texts with a miss, and texts in which too many were found."""
    table: dict[str, dict[str, Any]] = {}
    for kind, text, expected in published.counted(folder):
        row = table.setdefault(kind, {"values": 0, "found": 0, "misses": [], "false_alarms": []})
        count = sum(found.kind == kind for found in redact(text).found)
        row["values"] += expected
        row["found"] += min(count, expected)
        row["misses"] += [text] if count < expected else []
        row["false_alarms"] += [text] if count > expected else []
    return table


def recall_of_addresses(folder: Path, count: int | None) -> dict[str, Any]:
    """Of published addresses with a road: how many have it taken out, and how many every number and room too."""
    row: dict[str, Any] = {"values": 0, "found": 0, "whole": 0, "misses": []}
    for text, roads, doors in list(published.addresses(folder))[:count]:
        redaction = redact(text)
        row["values"] += 1
        row["found"] += _covers(redaction, roads)
        row["whole"] += _covers(redaction, doors)
        row["misses"] += [] if _covers(redaction, roads) else [text]
    return row


def _covers(redaction: Redaction, places: Iterable[tuple[int, int]]) -> bool:
    taken = {index for found in redaction.found if found.kind == "address" for index in range(found.start, found.end)}
    return all(taken.issuperset(range(start, end)) for start, end in places)


def split_misses() -> list[str]:
    """The conversations of which a part of a split number stayed."""
    return [" | ".join(texts) for kind, texts in own.SPLIT if not _is_split_found(kind, texts)]


def _is_split_found(kind: str, texts: tuple[str, ...]) -> bool:
    redactor = Redactor()
    redacted = redactor.redact_all(texts)
    restored = [redactor.restore(redaction.text) for redaction in redacted]
    parts = sum(found.kind == kind for redaction in redacted for found in redaction.found)
    return parts >= 2 and restored == list(texts) and not any(re.search(r"\d{3}", r.text) for r in redacted)


def touched(turns: list[str]) -> dict[str, Any]:
    """Share of turns in which something was found, by kind, and examples."""
    kinds: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    count = 0
    for text in turns:
        found = redact(text).found
        count += bool(found)
        kinds.update({one.kind for one in found})
        for one in found:
            examples.setdefault(one.kind, []).append(one.value)
    shares = {kind: number / len(turns) for kind, number in kinds.most_common()}
    return {"turns": len(turns), "share": count / len(turns), "by_kind": shares, "examples": examples}


def unmasked(turns: list[str]) -> list[str]:
    """The turns with values in the place of the masks."""
    rng = Random(3)
    return [re.sub(r"\[(\w\w)x\]", lambda mask: MASKS.get(mask[1], MASKS["数字"])(rng), text) for text in turns]


def per_second(turns: list[str], redacted: Callable[[str], object], times: int) -> float:
    """Texts in a second of one core's own time, the best of several runs."""
    best = min(_seconds(turns, redacted) for _ in range(times))
    return len(turns) / best


def _seconds(turns: list[str], redacted: Callable[[str], object]) -> float:
    begun = time.process_time()
    for text in turns:
        redacted(text)
    return time.process_time() - begun


def speed(turns: list[str]) -> dict[str, float]:
    every = [Detector(detector.find) for detector in DETECTORS]
    figures = {}
    for name, texts in {"masked": turns, "unmasked": unmasked(turns)}.items():
        figures[name] = per_second(texts, redact, 5)
        figures[f"{name}, baseline"] = per_second(texts, lambda text: Redactor(every).redact(text), 2)
    return figures


def measured(folder: Path | None, count: int | None) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "own": recall_of_own(),
        "split": {"conversations": len(own.SPLIT), "misses": split_misses()},
        "stays": {"sentences": len(own.STAYS), "touched": [text for text in own.STAYS if redact(text).found]},
    }
    if folder is None:
        return figures | {"skipped": "ECC_REAL_DATA is not set: no published texts to measure on"}
    turns = published.turns(folder)[:count]
    return figures | {
        "published": recall_of_published(folder),
        "excluded": [f"{why}: {text}" for text, why in published.excluded(folder)],
        "addresses": recall_of_addresses(folder, count),
        "chats": touched(turns),
        "per_second": speed(turns),
    }


def problems(figures: dict[str, Any]) -> Iterator[str]:
    """What keeps the bar from being met."""
    yield from (f"stays: {text}" for text in figures["stays"]["touched"])
    yield from (f"split: {text}" for text in figures["split"]["misses"])
    tables = {"own": figures["own"], "published": figures.get("published", {})}
    for name, table in tables.items():
        yield from (
            f"{name}: {kind}" for kind, row in table.items() if row["found"] < RECALL.get(kind, 0) * row["values"]
        )
        yield from (f"{name}: {text}" for row in table.values() for text in row.get("false_alarms", ()))
    if "addresses" not in figures:
        return
    if figures["addresses"]["found"] < ADDRESS_RECALL * figures["addresses"]["values"]:
        yield "addresses"
    if figures["chats"]["share"] > TOUCHED:
        yield "chats"
    if figures["per_second"]["masked"] < PER_SECOND:
        yield "speed"


def lines_of(figures: dict[str, Any]) -> Iterator[str]:
    tables = [*figures["own"].items(), *((f"{k} (published)", row) for k, row in figures.get("published", {}).items())]
    if "addresses" in figures:
        tables.append(("address (published)", figures["addresses"]))
    for kind, row in tables:
        share = row["found"] / row["values"] if row["values"] else 1.0
        yield f"{kind:26} {row['found']:5} of {row['values']:5} {share:7.1%}" + (
            f"   whole {row['whole'] / row['values']:.1%}" if "whole" in row else ""
        )
        yield from (f"      missed: {text!r}" for text in row["misses"][:SHOWN])
        yield from (f"      false alarm: {text!r}" for text in row.get("false_alarms", ()))
    yield f"numbers in parts: {figures['split']}"
    yield f"stays: {figures['stays']}"
    yield from (f"left out, {text!r}" for text in figures.get("excluded", ()))
    if "chats" not in figures:
        yield figures["skipped"]
        return
    chats = figures["chats"]
    yield f"masked chats: {chats['share']:.3%} of {chats['turns']} turns touched; by kind {chats['by_kind']}"
    yield from (f"      {kind}: {values[:SHOWN]}" for kind, values in chats["examples"].items())
    yield from (f"{name}: {rate:,.0f} texts a second" for name, rate in figures["per_second"].items())


def main() -> None:
    chosen = report.parser(__doc__, quick="three thousand addresses and turns").parse_args()
    folder = os.environ.get("ECC_REAL_DATA")
    figures = measured(Path(folder) if folder else None, COUNTS[chosen.size])
    found = list(problems(figures))
    if chosen.json:
        print(report.as_json(not found, figures, problems=found))
        return
    print("\n".join(lines_of(figures)))
    print(f"holds: {not found} {found or ''}")


if __name__ == "__main__":
    main()
