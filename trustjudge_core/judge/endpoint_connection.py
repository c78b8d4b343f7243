"""The line to a judge's server: one request in, one reply out, every way it can go wrong put into words.

The key is read from its environment variable here and leaves only as the Authorization header. It is
cut out of whatever the server says before anybody sees that, and foreign exceptions are never chained,
because they hold the request with its headers.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, Final, TypeVar

import httpx2
import openai

from trustjudge_core.errors import UsageError
from trustjudge_core.judge.endpoint_replies import Reply, Unreadable, one_line, read_chat, read_models
from trustjudge_core.judge.endpoint_spec import check_key_variable
from trustjudge_core.judge.retrying import CallTrouble, RetryPolicy, remedy_for, retrying, seconds_of_retry_after

Returned = TypeVar("Returned")

LARGEST_REPLY: Final = 64 * 2**20
"""Bytes of one reply; 4,096 tokens with 128 alternatives each need about half."""

_QUICK: Final = 10.0
"""Seconds for what needs no model: a connection, a list of models."""

_SHORTEST_SECRET: Final = 8
"""Keys of fewer characters are placeholders ("none", "EMPTY") and stand in honest texts too."""

# The openai client adds headers of its own and those of OPENAI_* variables; a server gets only these.
# The last is how that client remembers that a body is read piece by piece.
_HEADERS_SENT: Final = frozenset(
    {"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent"}
    | {"x-stainless-raw-response"}
)


class Connection:
    """A server, and the thread whose event loop talks to it.

    Raises UsageError when the key's variable is not set. Coroutines of this class run by `run` or `start`.
    """

    def __init__(self, url: str, key_variable: str | None, *, timeout: float, policy: RetryPolicy) -> None:
        self.url = url
        self._key_variable = key_variable
        self._key = _key_of(key_variable)
        self._timeout = timeout
        self._policy = policy
        self._quiet_until = 0.0
        self._client = openai.AsyncOpenAI(
            base_url=url,
            api_key="none",  # must be something; `_only_our_headers` decides what is sent
            max_retries=0,  # `retrying` counts and explains them
            http_client=httpx2.AsyncClient(
                # No proxy, certificate or password that the environment happens to hold, and no way
                # to another host than the one that was named.
                trust_env=False,
                follow_redirects=False,
                timeout=httpx2.Timeout(timeout, connect=min(timeout, _QUICK)),
                limits=httpx2.Limits(max_connections=None),  # the judge's own concurrency is the limit
                event_hooks={"request": [self._only_our_headers]},
            ),
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="judge-endpoint", daemon=True)
        self._thread.start()

    def start(self, work: Coroutine[Any, Any, Returned]) -> Future[Returned]:
        """Begin this work on the connection's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, Returned]) -> Returned:
        """What this work returns or raises."""
        future = self.start(work)
        try:
            return future.result()
        finally:
            future.cancel()

    def wake(self, what: asyncio.Semaphore) -> None:
        """Release a semaphore of the connection's thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what.release)

    def close(self) -> None:
        """End requests on their way, the client and the thread. Nothing can be asked afterwards."""
        if self._thread.is_alive():
            self.run(self._end())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    async def ask(self, request: dict[str, Any], *, at_most: int | None = None) -> Reply | Unreadable:
        """The reply to a chat request, asked as often as the policy says, or ``at_most`` so many times.

        Raises CallTrouble when there is none.
        """
        attempts = min(self._policy.attempts, at_most or self._policy.attempts)
        again = retrying(replace(self._policy, attempts=attempts))
        try:
            return await again(self._ask_once, request)
        except CallTrouble as trouble:
            asked = again.statistics["attempt_number"]
            if trouble.remedy == "ask again" and asked > 1:
                trouble.reason = f"{trouble.reason} (asked {asked} times)"
            raise

    async def models(self) -> dict[str, int | None] | Unreadable | None:
        """Models the server lists with their context lengths, None when it has no list to show.

        Raises CallTrouble when nothing answers, the key is refused, or the address has moved.
        """
        try:
            return read_models(await self._exchange(self._client.models.with_streaming_response.list(), _QUICK))
        except CallTrouble as trouble:
            # A list that is forbidden or broken says nothing about the chat.
            if trouble.status is None or trouble.status < 400 or trouble.status == 401:
                raise
            return None

    async def is_there(self) -> bool:
        """Whether anything answers at the server's address."""
        try:
            await self.models()
        except CallTrouble as trouble:
            return trouble.status is not None
        return True

    async def _ask_once(self, request: dict[str, Any]) -> Reply | Unreadable:
        # When the server asked one request for peace, the others leave it in peace as well.
        await asyncio.sleep(max(0.0, self._quiet_until - self._loop.time()))
        call = self._client.chat.completions.with_streaming_response.create(**request)
        return read_chat(await self._exchange(call, self._timeout))

    async def _exchange(self, call: AbstractAsyncContextManager[Any], seconds: float) -> bytes:
        """The body of one request's response without the key, or the CallTrouble that says why there is none."""
        try:
            async with asyncio.timeout(seconds), call as response:
                return self._without_key(await _read(response))
        except openai.APIStatusError as error:
            trouble = self._of_status(error)
        except (TimeoutError, openai.APITimeoutError, httpx2.TimeoutException):
            trouble = CallTrouble(f"the server sent no answer within {seconds:g} seconds", "ask again")
        except openai.APIConnectionError as error:
            refused = isinstance(error.__cause__, httpx2.ConnectError)
            reason = "nothing answers at its address" if refused else "the server broke the connection off"
            trouble = CallTrouble(reason, "ask again")
        except httpx2.RequestError:
            trouble = CallTrouble("the server broke the connection off in the middle of its answer", "ask again")
        # Raised here and not above, so that the foreign exception is not its context.
        raise trouble

    def _of_status(self, error: openai.APIStatusError) -> CallTrouble:
        status, headers = error.status_code, error.response.headers
        said = error.body if isinstance(error.body, dict) else {}
        message = said.get("message") or said.get("detail") or error.response.reason_phrase
        words = one_line(self._without_key(str(message).encode()).decode("utf-8", "replace"))
        reason = f"the server answered {status}: {words}" if words else f"the server answered {status}"
        if 300 <= status < 400:
            reason = f"the server answered {status} and sends on to another address, which is not followed"
        remedy = remedy_for(status, str(said.get("code")))
        pause = seconds_of_retry_after(headers.get("retry-after"), headers.get("date"))
        if remedy == "ask again" and pause is not None:
            if pause > self._policy.longest_retry_after:
                reason, remedy = f"{reason}; it wants to be asked again in {pause:,.0f} seconds", "stop the run"
            else:
                self._quiet_until = max(self._quiet_until, self._loop.time() + pause)
        return CallTrouble(reason, remedy, status=status, retry_after=pause)

    def _without_key(self, body: bytes) -> bytes:
        key = (self._key or "").encode()
        return body.replace(key, b"(key)") if len(key) >= _SHORTEST_SECRET else body

    async def _only_our_headers(self, request: httpx2.Request) -> None:
        for name in [name for name in request.headers if name.lower() not in _HEADERS_SENT]:
            del request.headers[name]
        if self._key is not None:
            request.headers["Authorization"] = f"Bearer {self._key}"

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.close()


async def _read(response: Any) -> bytes:
    """The body as it comes, as long as it stays within `LARGEST_REPLY`."""
    parts: list[bytes] = []
    size = 0
    async for part in response.iter_bytes():
        size += len(part)
        if size > LARGEST_REPLY:
            raise CallTrouble(f"the server's answer is larger than {LARGEST_REPLY:,} bytes", "fail the answer")
        parts.append(part)
    return b"".join(parts)


def _key_of(variable: str | None) -> str | None:
    if variable is None:
        return None
    check_key_variable(variable)
    key = os.environ.get(variable, "").strip()
    if not key:
        raise UsageError(
            f"the judge's key should be in the environment variable {variable}, which is not set here; "
            "set it where the app and its worker start, then start them again"
        )
    if not key.isascii() or not key.isprintable():
        raise UsageError(
            f"what the environment variable {variable} holds cannot be sent as a key; "
            "allowed: one line of ASCII characters; correct it and start again"
        )
    return key
