"""The judge behind a server: any OpenAI-compatible chat server that gives log-probabilities, or samples."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from queue import SimpleQueue
from typing import Final

from trustjudge_core.errors import JudgeRefusal, JudgeUnavailable, UsageError
from trustjudge_core.judge.contract import Answer, JudgeDescription, Prompt, Readout
from trustjudge_core.judge.endpoint_capabilities import Capabilities
from trustjudge_core.judge.endpoint_connection import Connection
from trustjudge_core.judge.endpoint_probe import probe, unavailable_because
from trustjudge_core.judge.endpoint_replies import Reply, Unreadable
from trustjudge_core.judge.endpoint_requests import chat_request, estimated_tokens
from trustjudge_core.judge.endpoint_spec import EndpointSpec, check_allowed, normal_url
from trustjudge_core.judge.retrying import CallTrouble, RetryPolicy
from trustjudge_core.judge.verdict_reading import brackets, read_answer, tally

PATIENCE: Final = 20
"""So many prompts in a row without one usable reply, and the run stops instead of failing all the others."""


def open_endpoint(
    url: str,
    model: str,
    *,
    key_variable: str | None = None,
    concurrency: int = 8,
    timeout: float = 180.0,
    policy: RetryPolicy | None = None,
) -> EndpointJudge:
    """A judge behind an OpenAI-compatible server, after its capabilities were probed.

    ``key_variable`` names the environment variable that holds the key, ``concurrency`` is how many
    requests may be on their way at once, ``timeout`` the seconds one of them may take.
    Raises UsageError for a URL or variable that cannot be used, JudgeRefusal when the URL is not on
    the allow-list or the server does not have the model, JudgeUnavailable when it does not answer.
    """
    spec = EndpointSpec(normal_url(url), model)
    check_allowed(spec.url)
    if concurrency < 1 or timeout <= 0:
        raise UsageError(
            f"{concurrency} requests at once with {timeout:g} seconds each cannot be asked; "
            "allowed: at least 1 request and more than 0 seconds; correct them"
        )
    line = Connection(spec.url, key_variable, timeout=timeout, policy=policy or RetryPolicy())
    try:
        can = line.run(probe(line, spec.model))
    except BaseException:
        line.close()
        raise
    return EndpointJudge(spec, line, can, concurrency)


class EndpointJudge:
    """Fulfils `contract.Judge`. What the server can do is in ``capabilities``."""

    def __init__(self, spec: EndpointSpec, line: Connection, capabilities: Capabilities, concurrency: int) -> None:
        self.capabilities = capabilities
        self._spec = spec
        self._line = line
        self._concurrency = concurrency
        self._unanswered = 0  # requests in a row without a usable reply
        self._last_reason = ""

    @property
    def description(self) -> JudgeDescription:
        """What it is; a server says nothing of its weights, device and dtype."""
        return JudgeDescription(
            spec=str(self._spec),
            name=self._spec.model,
            revision=None,
            device=None,
            dtype=None,
            context=self.capabilities.context,
            reasons=self.capabilities.words(),
        )

    def count_tokens(self, prompts: Sequence[Prompt]) -> list[int]:
        """Tokens of each prompt, an estimate."""
        return estimated_tokens(prompts)

    def answers(self, prompts: Sequence[Prompt], readout: Readout) -> Iterator[tuple[int, Answer]]:
        """An answer for every prompt with its number, as they arrive.

        Raises before the first request: JudgeRefusal when probabilities are asked for and the server
        gives none, UsageError for a template without brackets or samples that could not differ.
        Raises JudgeUnavailable in between, after all answers there are, when the server answers nobody.
        """
        if readout.samples == 0 and not self.capabilities.logprobs:
            raise JudgeRefusal(
                f"the judge {self._spec} gives no log-probabilities, so label probabilities cannot be read; "
                "choose sampled verdicts for this run, or a server that gives them"
            )
        if readout.samples > 0 and readout.temperature <= 0:
            raise UsageError(
                f"{readout.samples} samples at temperature 0 would be one verdict {readout.samples} times; "
                "allowed: a temperature above 0; 1 draws from the judge's own probabilities"
            )
        for prompt in prompts:
            brackets(prompt)
        return self._arriving(prompts, readout)

    def close(self) -> None:
        """Give the connections and the thread back."""
        self._line.close()

    def _arriving(self, prompts: Sequence[Prompt], readout: Readout) -> Iterator[tuple[int, Answer]]:
        arrived: SimpleQueue[tuple[int, Answer] | None] = SimpleQueue()
        # Answers nobody has taken yet would be lost if the run stops here, so there are never many.
        room = asyncio.Semaphore(2 * self._concurrency)
        asking = self._line.start(self._ask_all(prompts, readout, arrived, room))
        asking.add_done_callback(lambda _: arrived.put(None))
        try:
            while (answer := arrived.get()) is not None:
                yield answer
                self._line.wake(room)
            if asking.cancelled():
                raise JudgeUnavailable(
                    f"the judge {self._spec} was closed before it had answered everything; open it again"
                )
            asking.result()
        finally:
            asking.cancel()

    async def _ask_all(
        self,
        prompts: Sequence[Prompt],
        readout: Readout,
        arrived: SimpleQueue[tuple[int, Answer] | None],
        room: asyncio.Semaphore,
    ) -> None:
        waiting = iter(enumerate(prompts))

        async def one_after_the_other() -> None:
            for number, prompt in waiting:
                await room.acquire()
                arrived.put((number, await self._answer(prompt, readout)))
                if self._unanswered >= PATIENCE:
                    self._unanswered = 0
                    raise JudgeUnavailable(
                        f"the judge {self._spec} gave no usable reply to the last {PATIENCE} requests, "
                        f"at last: {self._last_reason}; look at the server, then go on and ask the failed ones again"
                    )

        stopped: JudgeUnavailable | None = None
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._concurrency, len(prompts))):
                    group.create_task(one_after_the_other())
        except* JudgeUnavailable as several:
            stopped = next(error for error in several.exceptions if isinstance(error, JudgeUnavailable))
        if stopped:
            raise stopped

    async def _answer(self, prompt: Prompt, readout: Readout) -> Answer:
        """One reply as an answer, or as many samples as are asked for as one."""
        if readout.samples == 0:
            reply = await self._reply(prompt, readout, None)
            if isinstance(reply, Unreadable):
                return Answer(failure=reply.reason)
            return read_answer(reply, prompt, readout.order)
        samples: list[Answer] = []
        for number in range(readout.samples):
            reply = await self._reply(prompt, readout, number)
            if isinstance(reply, Unreadable):
                return Answer(failure=f"sample {number + 1} of {readout.samples}: {reply.reason}")
            samples.append(read_answer(reply, prompt, readout.order, with_probabilities=False))
        return tally(samples, prompt.labels)

    async def _reply(self, prompt: Prompt, readout: Readout, sample: int | None) -> Reply | Unreadable:
        """One reply, or why this prompt got none. Raises JudgeUnavailable when no prompt would get one."""
        reply: Reply | Unreadable
        try:
            reply = await self._line.ask(chat_request(prompt, readout, self.capabilities, sample=sample))
        except CallTrouble as trouble:
            reply = await self._without_reply(trouble)
        if isinstance(reply, Unreadable):
            self._unanswered += 1
            self._last_reason = reply.reason
        else:
            self._unanswered = 0
        return reply

    async def _without_reply(self, trouble: CallTrouble) -> Unreadable:
        if trouble.remedy != "stop the run" and (trouble.status is not None or await self._line.is_there()):
            return Unreadable(trouble.reason)
        raise unavailable_because(trouble, self._spec.url, self._spec.model) from None
