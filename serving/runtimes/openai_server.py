"""One server that speaks OpenAI's protocol: the client for it, and what went wrong where it did not answer."""

from __future__ import annotations

import httpx2
import openai

from serving.runtimes.http_limits import UnacceptableBody, bounded_client
from serving.runtimes.protocol import CloudProblem, ModelUnavailable
from serving.runtimes.provider_words import problem_of_status, seconds_of
from serving.runtimes.server import usable_key

ENDPOINTS = ("/chat/completions", "/embeddings")


class OpenAIServer:
    """Behind one URL; bodies are bounded in bytes and in time, and nothing is asked twice.

    Raises ModelUnavailable where the key or the proxies of the environment cannot be used.
    """

    def __init__(self, base_url: str, api_key: str = "", timeout_s: float = 60, *, by_proxy: bool = True):
        self.base_url, self.api_key = base_url, usable_key("OPENAI_API_KEY", api_key)
        try:
            http_client = bounded_client(timeout_s, trust_env=by_proxy)
        except (ValueError, ImportError) as error:
            raise ModelUnavailable(
                f"The proxies in HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY cannot be used: {error}"
            ) from error
        self.client = openai.OpenAI(
            base_url=base_url, api_key=api_key or "none", timeout=timeout_s, max_retries=0, http_client=http_client
        )

    def problem_of(self, error: Exception) -> CloudProblem:
        """What an exception of the client means."""
        if isinstance(error, UnacceptableBody):
            return CloudProblem("broken", str(error))
        if isinstance(error, openai.APITimeoutError):
            return CloudProblem("timed_out", "no reply in time")
        if isinstance(error, openai.APIConnectionError):
            return self._connection_problem(error.__cause__)
        if isinstance(error, openai.APIStatusError):
            wish, mend = seconds_of(error.response.headers.get("retry-after", "")), self._likely_mend(error.status_code)
            return problem_of_status(error.status_code, error.response.text, wish, secret=self.api_key, mend=mend)
        return CloudProblem("broken", f"the reply cannot be read: {type(error).__name__}")

    def _connection_problem(self, cause: BaseException | None) -> CloudProblem:
        if isinstance(cause, httpx2.ProxyError):
            return CloudProblem("busy", "the proxy in HTTP_PROXY, HTTPS_PROXY or ALL_PROXY does not let it through")
        if isinstance(cause, httpx2.ReadError | httpx2.RemoteProtocolError):
            return CloudProblem("busy", "the connection broke off before the reply was complete", is_free=False)
        return CloudProblem("busy", "the server cannot be reached")

    def _likely_mend(self, status: int) -> str:
        if status == 401 and not self.api_key:
            return "no key was sent: OPENAI_API_HOSTS says which hosts get OPENAI_API_KEY"
        endpoint = next((name for name in ENDPOINTS if self.base_url.rstrip("/").endswith(name)), "")
        if status == 404 and endpoint:
            return f"the address should end before {endpoint}"
        if status == 404 and "/v1" not in self.base_url:
            return "most servers want an address that ends in /v1"
        return ""
