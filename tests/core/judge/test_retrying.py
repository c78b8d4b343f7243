"""When a server is asked again, and how long that waits."""

from __future__ import annotations

import asyncio

import pytest

from trustjudge_core.judge.retrying import CallTrouble, RetryPolicy, remedy_for, retrying, seconds_of_retry_after


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 529])
def test_what_may_pass_is_asked_again(status: int) -> None:
    assert remedy_for(status, None) == "ask again"


@pytest.mark.parametrize("status", [301, 307, 401, 402, 403, 404])
def test_what_is_the_same_for_every_prompt_stops_the_run(status: int) -> None:
    assert remedy_for(status, None) == "stop the run"


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_is_wrong_with_one_prompt_fails_its_answer(status: int) -> None:
    assert remedy_for(status, None) == "fail the answer"


def test_an_account_without_credit_is_not_asked_again() -> None:
    assert remedy_for(429, "insufficient_quota") == "stop the run"


DATE = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("header", "now", "seconds"),
    [
        ("7", None, 7.0),
        ("0", None, 0.0),
        ("1.5", None, 1.5),
        (DATE, "Wed, 21 Oct 2026 07:27:30 GMT", 30.0),
        (DATE, "Wed, 21 Oct 2026 08:00:00 GMT", 0.0),  # in the past: at once
        ("Wed, 21 Oct 2026 07:28:00 -0000", "Wed, 21 Oct 2026 07:27:00 GMT", 60.0),
        (None, None, None),
        ("soon", None, None),
        ("-5", None, None),
        ("nan", None, None),
        ("٣", None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, now: str | None, seconds: float | None) -> None:
    assert seconds_of_retry_after(header, now) == seconds


def test_a_date_without_the_servers_clock_is_compared_with_ours() -> None:
    assert seconds_of_retry_after("Fri, 01 Jan 2100 00:00:00 GMT") > 1e9  # type: ignore[operator]
    assert seconds_of_retry_after("Sat, 01 Jan 2000 00:00:00 GMT", "no date") == 0.0


def waits(policy: RetryPolicy, trouble: CallTrouble) -> list[float]:
    """The waits between the attempts of a call that always fails."""
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    async def call() -> None:
        raise trouble

    async def run() -> None:
        await retrying(policy).copy(sleep=wait)(call)

    with pytest.raises(CallTrouble):
        asyncio.run(run())
    return waited


def test_waits_double_up_to_the_longest_and_are_a_little_different_each_time() -> None:
    again = CallTrouble("500", "ask again", status=500)
    waited = waits(RetryPolicy(attempts=6, first_wait=1, longest_wait=5), again)
    assert len(waited) == 5  # between 6 attempts
    for seconds, most in zip(waited, [1, 2, 4, 5, 5], strict=True):
        assert 0.75 * most <= seconds <= most
    assert waited != waits(RetryPolicy(attempts=6, first_wait=1, longest_wait=5), again)


def test_the_servers_own_wish_goes_before_doubling() -> None:
    busy = CallTrouble("429", "ask again", status=429, retry_after=12)
    assert all(12 <= seconds <= 12.25 for seconds in waits(RetryPolicy(attempts=4, first_wait=1), busy))


@pytest.mark.parametrize("remedy", ["stop the run", "fail the answer"])
def test_other_troubles_are_not_asked_again(remedy: str) -> None:
    assert waits(RetryPolicy(), CallTrouble("no", remedy)) == []  # type: ignore[arg-type]
