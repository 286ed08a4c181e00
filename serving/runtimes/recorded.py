"""The recorded teacher: replies that were written down once. It is not a live model and never claims to be one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from serving.corpus import Exchange, exchanges, normalised
from serving.redaction import redact
from serving.runtimes.paraphrasing import requested_count
from serving.runtimes.protocol import EVALUATION, CloudProblem, Decoding, Message, Reply

STYLES = ("prompted", "bare")
NEAR = 0.6  # cosine of TF-IDF character 1-2-grams; below it the customer asks something else


class RecordedRuntime:
    """The recorded reply to a question of the corpus, else the reply to the nearest question of the train part.

    Asked for paraphrases, it gives the other wordings that were written down for a question of the train part.
    `style` is `prompted` (the shop's voice) or `bare` (the same model without a prompt, Table III of the paper).
    Raises CloudProblem("empty") where no question like it was recorded.
    """

    def __init__(self, style: str = "prompted"):
        self.style = style

    def reply(self, messages: Sequence[Message], decoding: Decoding = EVALUATION) -> Reply:
        return self.reply_batch([messages], decoding)[0]

    def reply_batch(self, conversations: Sequence[Sequence[Message]], decoding: Decoding = EVALUATION) -> list[Reply]:
        started = time.perf_counter()
        texts = [self._recorded(messages) for messages in conversations]
        latency_ms = 1000 * (time.perf_counter() - started) / max(1, len(texts))
        return [Reply(text, latency_ms) for text in texts]

    def fits(self, messages: Sequence[Message], decoding: Decoding = EVALUATION) -> bool:
        return True  # it reads the last question alone

    def _recorded(self, messages: Sequence[Message]) -> str:
        question = next((m.text for m in reversed(messages) if m.role == "customer"), "")
        count = requested_count(messages)
        return self._paraphrases(question, count) if count else self._reply_to(question)

    def _paraphrases(self, question: str, count: int) -> str:
        exchange = self._by_question.get(normalised(question))
        if exchange is None or not exchange.also:
            raise CloudProblem("empty", "no other wording of this question was recorded")
        return "\n".join(exchange.also[:count])

    def _reply_to(self, question: str) -> str:
        exchange = self._by_question.get(normalised(question)) or self._nearest(question)
        if exchange is None:
            raise CloudProblem("empty", "no question like this one was recorded")
        return exchange.teacher if self.style == "prompted" else exchange.bare

    @cached_property
    def _by_question(self) -> dict[str, Exchange]:
        # Questions arrive redacted, so these are indexed redacted.
        return {normalised(redact(exchange.customer).text): exchange for exchange in exchanges()}

    @cached_property
    def _train(self) -> list[Exchange]:
        return [exchange for exchange in exchanges() if exchange.split == "train"]

    @cached_property
    def _index(self) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
        known = vectorizer.fit_transform(redact(exchange.customer).text for exchange in self._train)  # (N, features)
        return vectorizer, known.T.tocsr()  # (features, N): a question touches only the rows of its own features

    def _nearest(self, question: str) -> Exchange | None:
        if not self._train:
            return None
        vectorizer, known = self._index
        closeness = (vectorizer.transform([question]) @ known).toarray()[0]  # (N,)
        best = int(closeness.argmax())
        return self._train[best] if closeness[best] >= NEAR else None
