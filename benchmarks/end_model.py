"""How the end model that ships behaves on the test split of the corpus, which it has not seen.

    python benchmarks/end_model.py [--quick] [--json] [--samples] [--model FOLDER]

A generated reply is on topic if its nearest neighbour among the general replies of all other dialogues (cosine of
TF-IDF character 1-2-grams) answers a question of the same topic, out of seven; `on_intent` asks for the same intent,
out of 52. For comparison: the rates of the recorded replies, which are the most that can be expected of these measures,
and of the generated replies when they are assigned to other questions of the same kind at random.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks import report
from serving.corpus import Exchange, exchanges
from serving.corpus.splitting import HELD_OUT
from serving.runtimes.end import EndRuntime
from serving.runtimes.protocol import Message, Reply

EMBEDDED = Path(__file__).resolve().parents[1] / "serving" / "embedded" / "end"
SAMPLES = 20
LOOP = re.compile(r"(\S)\1{7}|(\S.+?)\2{3}", re.DOTALL)  # eight equal characters, or one phrase four times in a row
EVERY = {"full": 1, "quick": 3, "smoke": 40}  # questions of the test part that are asked: each, each third …
TOPICS = {
    "delivery": "delivery_time ship_date courier_choice where_is_parcel parcel_stuck delivered_not_received "
    "change_address delivery_appointment presale",
    "returns": "return_request return_freight exchange refund_time refund_missing cancel_order wrong_item damaged_item "
    "quality_problem warranty repair",
    "promotion": "coupon_use coupon_missing price_protection promotion_rules bulk_order gift_with_order bargaining "
    "points_membership review_reward",
    "product": "size_choice material in_stock restock colour_difference product_compare product_recommendation "
    "usage_instructions authenticity shelf_life",
    "payment": "invoice invoice_change payment_methods payment_failed instalments",
    "talk": "greeting thanks goodbye complaint human_agent chit_chat",
    "numbers": "product_number order_number",
}
TOPIC_OF = {intent: topic for topic, intents in TOPICS.items() for intent in intents.split()}


def messages(exchange: Exchange) -> list[Message]:
    """The recorded conversation up to the customer's turn."""
    history = [
        Message(role, text) for pair in exchange.history for role, text in zip(("customer", "agent"), pair, strict=True)
    ]
    return [*history, Message("customer", exchange.customer)]


class Topics:
    """Finds the intent of a reply by its nearest general reply in another dialogue."""

    def __init__(self, corpus: tuple[Exchange, ...]):
        self.corpus = corpus
        self.vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
        self.known = self.vectorizer.fit_transform(exchange.general for exchange in corpus)  # (N, features)
        self.dialogues = np.array([exchange.dialogue for exchange in corpus])

    def shares(self, replies: list[str], asked: list[Exchange]) -> dict[str, float]:
        """Shares in [0, 1] of replies whose nearest neighbour has the topic and the intent of the question."""
        closeness = (self.vectorizer.transform(replies) @ self.known.T).toarray()  # (B, N)
        closeness[np.array([e.dialogue for e in asked])[:, None] == self.dialogues[None]] = -1
        nearest = closeness.argmax(axis=1)
        intents = [(self.corpus[i].intent, exchange.intent) for i, exchange in zip(nearest, asked, strict=True)]
        return {
            "topic": float(np.mean([TOPIC_OF[found] == TOPIC_OF[expected] for found, expected in intents])),
            "intent": float(np.mean([found == expected for found, expected in intents])),
        }


def language_of(text: str) -> str:
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"


def figures(asked: list[Exchange], replies: list[Reply], topics: Topics) -> dict[str, float]:
    texts = [reply.text for reply in replies]
    rates = {
        "": topics.shares(texts, asked),
        "_recorded": topics.shares([exchange.general for exchange in asked], asked),
        "_shuffled": topics.shares(Random(1).sample(texts, len(texts)), asked),
    }
    return {
        "questions": len(asked),
        "language_kept": float(np.mean([language_of(t) == e.language for t, e in zip(texts, asked, strict=True)])),
        "loops": sum(bool(LOOP.search(text)) for text in texts),
        "stops": float(np.mean([reply.finish_reason == "stop" for reply in replies])),
        "mean_characters": float(np.mean([len(text) for text in texts])),
        "recorded_characters": float(np.mean([len(e.general) for e in asked])),
    } | {f"on_{kind}{whose}": rate for whose, shares in rates.items() for kind, rate in shares.items()}


def measure(model: Path, size: str) -> tuple[dict, list[Exchange], list[Reply]]:
    corpus = exchanges()
    test = [exchange for exchange in corpus if exchange.split == "test"][:: EVERY[size]]
    replies = EndRuntime(model).reply_batch([messages(exchange) for exchange in test])
    topics = Topics(corpus)

    def part(wanted) -> dict[str, float]:
        chosen = [i for i, exchange in enumerate(test) if wanted(exchange)]
        return figures([test[i] for i in chosen], [replies[i] for i in chosen], topics)

    table = {
        "seen intents, zh": part(lambda e: e.intent not in HELD_OUT and e.language == "zh"),
        "seen intents, en": part(lambda e: e.intent not in HELD_OUT and e.language == "en"),
        "held-out intents": part(lambda e: e.intent in HELD_OUT),
    }
    return table, test, replies


def holds(table: dict) -> bool:
    """It never loops, nearly always keeps the language and stops, and is on topic 1.5 times as often as by chance."""
    seen = [row for name, row in table.items() if name.startswith("seen")]
    return all(
        row["language_kept"] >= 0.98 and row["stops"] >= 0.98 and not row["loops"] for row in table.values()
    ) and all(row["on_topic"] >= 1.5 * row["on_topic_shuffled"] for row in seen)


def main() -> None:
    parser = report.parser(__doc__, quick="only every third question")
    parser.add_argument("--samples", action="store_true", help="print the first twenty conversations of the test split")
    parser.add_argument("--model", type=Path, default=EMBEDDED)
    options = parser.parse_args()
    table, test, replies = measure(options.model, options.size)
    if options.json:
        print(report.as_json(holds(table), table))
        return
    for name, row in table.items():
        print(name, *(f"  {figure:20} {value:.3f}" for figure, value in row.items()), sep="\n")
    print("holds:", holds(table))
    if options.samples:
        show(test, replies)


def show(test: list[Exchange], replies: list[Reply]) -> None:
    """The first conversations of the test split, not selected; the history holds the shop's recorded replies."""
    wanted = list(dict.fromkeys(exchange.dialogue for exchange in test))[:SAMPLES]
    for exchange, reply in zip(test, replies, strict=True):
        if exchange.dialogue in wanted:
            if not exchange.history:
                print(f"\n{exchange.dialogue}")
            print(f"  customer: {exchange.customer}\n  end:      {reply.text}\n  (shop:    {exchange.shop})")


if __name__ == "__main__":
    main()
