"""When a judge's server is asked again, how long that waits, and when it is given up."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from tenacity import RetryCallState, retry_if_exception, stop_after_attempt, stop_after_delay
from tenacity.asyncio import AsyncRetrying
from tenacity.wait import wait_exponential

Remedy = Literal["ask again", "fail the answer", "stop the run"]

# What is wrong with the key, the model, the URL or the account is the same for every prompt.
_FOR_EVERY_PROMPT = frozenset({401, 402, 403, 404, 405, 407, 410, 421, 451})
# Everything below 500 that may pass by itself; 5xx does too.
_MAY_PASS = frozenset({408, 409, 425, 429})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a prompt is asked in all, and how long the waits between are, in seconds.

    Waits double from ``first_wait`` to ``longest_wait``, up to a quarter shorter by chance so that
    prompts refused together do not come back together. A server's own Retry-After goes before them;
    one that asks for more than ``longest_retry_after`` stops the run, for waiting is then a person's decision.
    After ``longest_in_all`` a prompt is not asked again, however few attempts a slow server has left time for.
    """

    attempts: int = 8
    first_wait: float = 0.5
    longest_wait: float = 30.0
    longest_retry_after: float = 120.0
    longest_in_all: float = 600.0


class CallTrouble(Exception):
    """One request that gave no reply. Stays inside the judge: it becomes a failed answer or a JudgeUnavailable.

    ``status`` is None when nothing answered, ``retry_after`` the seconds for which the server wants peace.
    """

    def __init__(
        self, reason: str, remedy: Remedy, *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.status = status
        self.retry_after = retry_after


def remedy_for(status: int, code: str | None) -> Remedy:
    """What to do about an HTTP status that is not 2xx; ``code`` is the server's own word for it."""
    if code == "insufficient_quota":  # a 429 that no waiting cures
        return "stop the run"
    if 300 <= status < 400 or status in _FOR_EVERY_PROMPT:
        return "stop the run"
    return "ask again" if status >= 500 or status in _MAY_PASS else "fail the answer"


def seconds_of_retry_after(header: str | None, server_time: str | None = None) -> float | None:
    """Retry-After in seconds from now, given in seconds or as an HTTP date; None when absent or unreadable.

    A date is compared with the server's own Date header, for its clock may differ from this one's.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return float(text)
    moment = _moment(text)
    if moment is None:
        return None
    now = _moment(server_time or "") or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def _moment(http_date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(http_date)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def retrying(policy: RetryPolicy) -> AsyncRetrying:
    """Asks again by the policy; the last CallTrouble is raised as it is. Cancelling its task ends its waits."""
    doubling = wait_exponential(multiplier=policy.first_wait, max=policy.longest_wait)

    def wait(state: RetryCallState) -> float:
        trouble = state.outcome.exception() if state.outcome else None
        asked = trouble.retry_after if isinstance(trouble, CallTrouble) else None
        if asked is not None:
            return asked + random.uniform(0.0, policy.first_wait / 4)
        return doubling(state) * random.uniform(0.75, 1.0)

    return AsyncRetrying(
        stop=stop_after_attempt(policy.attempts) | stop_after_delay(policy.longest_in_all),
        wait=wait,
        retry=retry_if_exception(lambda e: isinstance(e, CallTrouble) and e.remedy == "ask again"),
        reraise=True,
    )
