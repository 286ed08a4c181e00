"""A text encoder behind a server with /v1/embeddings, such as vLLM, TEI, Ollama or llama.cpp."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from scoring.measures.cache import Item, ResultCache
from scoring.measures.encoder import Encoder, Side, unit
from serving.runtimes.openai_server import OpenAIServer
from serving.runtimes.protocol import CloudProblem, ModelUnavailable
from serving.runtimes.served_name import ServedName

BATCH = 16  # texts in a request: few enough for a busy CPU to embed in time, and TEI takes 32 at most
LONGEST_TEXT = 1500  # bytes: about 500 Chinese characters, which the usual window of 512 tokens holds
ATTEMPTS = 3
LONGEST_PAUSE_S = 5.0  # between them: a person may be waiting
TIMEOUT_S = 60.0


class EncoderUnavailable(Exception):
    """The server gave no usable vectors; the text is one sentence."""


class ServedEncoder(Encoder):
    """Unit vectors of texts; those of blank texts are zeros. Of long texts the beginning counts.

    The first request, on making it, tells the `dimension` of the vectors. It goes to the address as it is, so the
    caller makes sure that this is one of the shop's own machines. Failures raise `failure` with one sentence.
    """

    def __init__(
        self,
        name: ServedName,
        api_key: str = "",
        cache: ResultCache | None = None,
        failure: Callable[[str], Exception] = EncoderUnavailable,
        *,
        timeout_s: float = TIMEOUT_S,
        pause: Callable[[float], object] = time.sleep,
    ):
        self.name, self.failure, self.pause = name, failure, pause
        self.cache = cache or ResultCache()
        self.dimension = 0  # until the first answer
        try:
            self.server = OpenAIServer(name.url, api_key, timeout_s, by_proxy=False)
        except ModelUnavailable as error:
            raise failure(f"The embedding model {name.model} cannot be used: {error}") from error
        self.dimension = self._asked(["?"]).shape[1]

    def __str__(self) -> str:
        return f"The embedding model {self.name.model} at {self.server.client.base_url.host}"

    def encode(self, texts: Sequence[str], side: Side = None) -> np.ndarray:
        """As Encoder.encode; a prompt for one `side`, if the model wants one, is the server's matter."""
        cut = [_beginning(text) for text in texts]
        vectors = np.zeros((len(cut), self.dimension), np.float32)
        written = [i for i, text in enumerate(cut) if text]
        if written:
            # Another model under the same name shows by its dimension, and must not meet the cached vectors of this.
            items = [(str(self.dimension), cut[i]) for i in written]
            vectors[written] = unit(self.cache.get(items, self._compute, np.float16, BATCH).astype(np.float32))
        return vectors

    def _compute(self, items: list[Item]) -> np.ndarray:
        return self._asked([text for _, text in items])

    def _asked(self, texts: list[str]) -> np.ndarray:
        """Unit vectors by one request, which is repeated where that may help; shape (B, D)."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._answer(texts)
            except CloudProblem as problem:
                if not problem.may_pass or attempt == ATTEMPTS:
                    raise self.failure(f"{self} cannot be used: {problem}.") from problem
                self.pause(min(LONGEST_PAUSE_S, problem.retry_after_s or 0.5 * 2.0 ** (attempt - 1)))
        raise AssertionError("the last attempt returns or raises")

    def _answer(self, texts: list[str]) -> np.ndarray:
        try:
            embeddings = self.server.client.embeddings.with_raw_response
            response = embeddings.create(model=self.name.model, input=texts, encoding_format="float")
        except Exception as error:  # the package meets odd bodies with errors of every kind
            raise self.server.problem_of(error) from error
        return unit(vectors_in(response.http_response.content, len(texts), self.dimension))


def vectors_in(body: bytes, count: int, dimension: int = 0) -> np.ndarray:
    """The embeddings in the body of an answer, in the order of the texts, shape (count, D).

    Raises CloudProblem where there are not `count` vectors of finite numbers, with the given dimension if it is not 0.
    """
    rows = _rows(body)
    if len(rows) != count:
        raise CloudProblem("broken", f"the server sent {len(rows)} vectors for {count} texts")
    lengths = {len(row) for row in rows}
    if len(lengths) > 1 or (dimension and lengths != {dimension}):
        said = " and ".join(str(length) for length in sorted(lengths))
        expected = f", {dimension} were expected" if dimension else ""
        raise CloudProblem("broken", f"the server sent vectors of {said} numbers{expected}")
    try:
        with np.errstate(over="ignore"):
            vectors = np.array(rows, dtype=np.float64).astype(np.float32)
    except (ValueError, TypeError, OverflowError) as error:
        raise CloudProblem("broken", "the server sent vectors with something else than numbers") from error
    if not vectors.size or not np.isfinite(vectors).all():
        raise CloudProblem("broken", "the server sent vectors with NaN, infinite or no numbers")
    if not vectors.any(axis=1).all():
        raise CloudProblem("broken", "the server sent a vector of zeros")
    return vectors


def _rows(body: bytes) -> list[list[Any]]:
    try:
        data = json.loads(body)["data"]
        placed = {entry.get("index", i): entry["embedding"] for i, entry in enumerate(data)}
        rows = [placed[i] for i in range(len(data))]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise CloudProblem("broken", "the server sent an answer that is not a list of embeddings") from error
    if not all(isinstance(row, list) for row in rows):
        raise CloudProblem("broken", "the server sent an answer that is not a list of embeddings")
    return rows


def _beginning(text: str) -> str:
    return text.strip().encode()[:LONGEST_TEXT].decode(errors="ignore")
