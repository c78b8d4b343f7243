"""Open the judge that was chosen: the one place where a model is loaded, in a worker or on the command line."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from trustjudge_core.judge.contract import Judge
from trustjudge_core.judge_choice import JudgeChoice


def open_judge(choice: JudgeChoice) -> Judge:
    """The judge, ready to be asked.

    Raises UsageError and what the judge raises when its model is missing, cannot be used or does not answer.
    """
    from trustjudge_core.judge import load_judge  # model libraries take seconds to import

    return load_judge(choice.spec, **choice.options)


class OpenJudge:
    """The judge that was opened last, kept for the next run that wants the same; one model fits, two may not."""

    def __init__(self, opened_by: Callable[[JudgeChoice], Judge] = open_judge) -> None:
        self._opened_by = opened_by
        self._choice: JudgeChoice | None = None
        self._judge: Judge | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def of(self, choice: JudgeChoice) -> Judge:
        """The judge of that choice; another that is open is closed first. Raises what opening it raises."""
        if self._judge is None or self._choice != choice:
            self.close()
            self._judge = self._opened_by(choice)
            self._choice = choice
        return self._judge

    def close(self) -> None:
        """Close the judge that is open, if any: the next run asks for a fresh one."""
        judge, self._judge, self._choice = self._judge, None, None
        if judge is not None:
            judge.close()
