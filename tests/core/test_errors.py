"""Errors say what was found, what is allowed and what to do."""

from __future__ import annotations

import inspect

from trustjudge_core import errors
from trustjudge_core.errors import SHOWN_PROBLEMS, InputProblems, Problem, TrustJudgeError


def test_problem_names_file_line_field_found_allowed_and_fix() -> None:
    problem = Problem("responses.jsonl", 14, "score", "7 is outside the scale", "1 to 5", "fix the row")
    assert str(problem) == "responses.jsonl line 14: score 7 is outside the scale; allowed: 1 to 5; fix the row"


def test_problem_of_a_file_without_lines_names_only_the_file() -> None:
    problem = Problem("a.zip", None, None, "is damaged", "a readable archive", "pack it again")
    assert str(problem) == "a.zip: is damaged; allowed: a readable archive; pack it again"


def test_input_problems_show_the_first_hundred_and_count_all() -> None:
    many = [Problem("f", n, "x", "bad", "good", "fix") for n in range(250)]
    error = InputProblems(many)
    assert len(error.problems) == SHOWN_PROBLEMS == 100
    assert error.total == 250
    assert str(error).startswith(str(many[0]))
    assert "249 more problems" in str(error)


def test_one_problem_is_not_followed_by_a_count() -> None:
    assert "more" not in str(InputProblems([Problem("f", 1, "x", "bad", "good", "fix")]))


def test_total_may_exceed_the_problems_that_were_kept() -> None:
    assert InputProblems([Problem("f", 1, "x", "bad", "good", "fix")], total=12).total == 12


def test_every_error_of_the_tree_is_a_trustjudge_error_and_stands_in_the_drawing() -> None:
    raised = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, Exception)]
    assert len(raised) >= 5
    for error in raised:
        assert issubclass(error, TrustJudgeError)
        assert error.__name__ in (errors.__doc__ or "")
