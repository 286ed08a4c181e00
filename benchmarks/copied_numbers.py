"""Whether the end model copies the numbers of a conversation, or invents some.

    python benchmarks/copied_numbers.py [--quick] [--json] [--model FOLDER]

Five hundred conversations with order numbers, prices, sizes, dates and phone numbers drawn at random: half of them were
written for this, half are questions of the test part of the corpus that have a number, with other digits. They
are answered with the memory of the train part, and without one. A number of an answer that occurs nowhere in what the
model was given is invented. The baseline is the same model when numbers are spelled digit by digit.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from collections import Counter
from collections.abc import Sequence
from random import Random
from unittest.mock import patch

from benchmarks import report
from knowledge.retrieval.answering import Plan, Remembering, answer_batch
from knowledge.retrieval.notes import Notes
from knowledge.retrieval.shipped import SCORERS, ShippedScorers, train_items
from knowledge.retrieval.thresholds import thresholds_of
from scoring.measures.named import identity
from serving.corpus import exchanges
from serving.embedded.noise import renumbered
from serving.runtimes import numbers
from serving.runtimes.end import EndRuntime
from serving.runtimes.protocol import EVALUATION, Message

EMBEDDED = Path(__file__).resolve().parents[1] / "serving" / "embedded" / "end"
COUNTS = {"full": 500, "quick": 100, "smoke": 8}
REMEMBERED = {"full": 1, "quick": 1, "smoke": 20}  # of the train part: each exchange, each twentieth
WRITTEN = (
    "我的订单{order}什么时候发货",
    "订单号{order}，帮我查一下到哪了",
    "{order}这个单我要退货",
    "我{height}身高{weight}公斤穿什么码",
    "{price}元那件还能便宜吗",
    "我{date}买的，现在降到{price}了，能退差价吗",
    "电话改成{phone}可以吗",
    "运单号{order}一直没动静",
    "货号{item}有没有{size}码的",
    "{price}的优惠券为什么不能用",
    "when will order {order} ship",
    "tracking number {order} has not moved",
    "I want to return order {order}",
    "is item {item} available in size {size}",
    "I paid {price} on {date}, it is cheaper now",
    "please change the phone to {phone}",
)


def drawn(rng: Random) -> dict[str, str]:
    """Numbers as customers write them."""
    return {
        "order": str(rng.randrange(10**11, 10**12)),
        "item": f"{rng.randrange(1000, 99999)}",
        "price": rng.choice(("{}", "{}.9", "{}.00")).format(rng.randrange(9, 2000)),
        "date": f"{rng.randrange(1, 13)}-{rng.randrange(1, 29)}",
        "phone": f"1{rng.randrange(3 * 10**9, 10**10)}",
        "height": str(rng.randrange(150, 195)),
        "weight": str(rng.randrange(40, 110)),
        "size": str(rng.randrange(34, 46)),
    }


def conversations(count: int) -> list[list[Message]]:
    rng = Random(5)
    with_numbers = [e for e in exchanges() if e.split == "test" and numbers.numbers_in(e.customer)]
    made = []
    for i in range(count):
        if i % 2:
            texts = [rng.choice(WRITTEN).format(**drawn(rng))]
        else:
            exchange = rng.choice(with_numbers)
            texts = [text for pair in exchange.history for text in pair] + [exchange.customer]
        roles = ("customer", "agent")
        made.append([Message(roles[n % 2], text) for n, text in enumerate(renumbered(texts, rng))])
    return made


def counted(runtime: EndRuntime, plans: Sequence[Plan]) -> dict[str, int]:
    """How many answers have a number, how many numbers they name, and how many of these are invented."""
    found: Counter[str] = Counter({"answers_with_numbers": 0, "named": 0, "invented": 0})
    for plan, answer in zip(plans, answer_batch(runtime, plans, EVALUATION), strict=True):
        named = numbers.numbers_in(answer.reply.text)
        given = [message.text for message in plan.prompt]
        remembered = answer.reply.finish_reason == "remembered"
        found["answers_with_numbers"] += bool(named)
        found["named"] += len(named)
        found["invented"] += 0 if remembered else len(numbers.invented(answer.reply.text, given))
        found["remembered"] += remembered
    return dict(found)


def main() -> None:
    options = report.parser(__doc__, quick="a hundred conversations")
    options.add_argument("--model", type=Path, default=EMBEDDED, help="folder of another end model")
    chosen = options.parse_args()
    runtime, scorers = EndRuntime(chosen.model), ShippedScorers()
    thresholds = thresholds_of(*map(identity, SCORERS))
    remembering = Remembering(
        scorers.memory(train_items()[:: REMEMBERED[chosen.size]]), Notes(scorers.match), thresholds
    )
    asked = conversations(COUNTS[chosen.size])
    plain = [Plan(tuple(conversation)) for conversation in asked]
    with_memory = [remembering.plan(conversation, origin="", fits=runtime.fits) for conversation in asked]
    figures = {"conversations": len(asked)}
    figures["with memory"] = counted(runtime, with_memory)
    figures["without memory"] = counted(runtime, plain)
    with patch.object(numbers, "slots_of", lambda tokenizer: ()):
        figures["without memory, digit by digit"] = counted(runtime, plain)
    holds = figures["with memory"]["invented"] == 0
    if chosen.json:
        print(report.as_json(holds, figures))
        return
    for name, figure in figures.items():
        print(f"{name}: {figure}")
    print(f"holds: {holds}")


if __name__ == "__main__":
    main()
