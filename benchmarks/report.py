"""What all benchmarks have in common: their options, and one JSON object of plain values at the end."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any


def parser(doc: str | None, quick: str) -> argparse.ArgumentParser:
    """With --quick, of which `quick` says what it does, --smoke and --json; `size` is full | quick | smoke."""
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.set_defaults(size="full")
    made.add_argument("--quick", dest="size", action="store_const", const="quick", help=quick)
    smoke = "as little as can be, to see that it runs; its figures say nothing"
    made.add_argument("--smoke", dest="size", action="store_const", const="smoke", help=smoke)
    made.add_argument("--json", action="store_true", help="print one JSON object")
    return made


def as_json(holds: object, figures: Mapping[str, Any], **more: object) -> str:
    """{holds, figures} on one line; values of numpy become plain ones."""
    return json.dumps({"holds": bool(holds), "figures": figures, **more}, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)
