"""The bar under the title of every audit screen: which run, and under which choices.

The view lives in the URL, so that a link reopens what somebody was looking at, and in the session,
because switching pages empties the URL. What the URL says wins.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages._first_steps import first_steps
from pages._session import audited, demonstration, judgments, runs, version
from pages._words import AGGREGATION_IN_WORDS, plain
from trustjudge_core.audit import Audit
from trustjudge_core.evidence import NO_CATEGORY, Evidence
from trustjudge_core.figures.theme import Theme, dark, light
from trustjudge_core.services.list_runs import RunSummary
from trustjudge_core.settings import MODE_IN_WORDS, MODES, Aggregation, Mode

_NAMES = (
    "run",
    "mode",
    "tolerance",
    "category",
    "by",
    "question",
    "chain",
    "pair",
    "kind",
    "cause",
    "scope",
    "response",
    "scores",
)
_OF_A_RUN = ("category", "by", "question", "chain", "pair", "kind", "cause", "response", "scores")
_OF_A_QUESTION = ("chain", "pair", "response")
ALL = "all categories"


@dataclass(frozen=True)
class View:
    """What is looked at."""

    run: RunSummary
    evidence: Evidence
    audit: Audit
    mode: Mode
    tolerance: float
    category: str | None
    aggregation: Aggregation
    question: int | None
    theme: Theme

    @property
    def question_id(self) -> str:
        """Id of the chosen question."""
        assert self.question is not None
        return self.evidence.index.question_ids[self.question]

    @property
    def key(self) -> tuple[object, ...]:
        """What a number computed from this view may be cached under."""
        url = os.environ.get("DATABASE_URL")
        return (
            url,
            self.run.run_id,
            version(self.run.run_id),
            self.mode,
            self.tolerance,
            self.category,
            self.aggregation,
        )


def theme() -> Theme:
    """Colours for the look the visitor has chosen."""
    return dark() if st.context.theme.type == "dark" else light()


def asked(name: str) -> str | None:
    """One value of the view."""
    value = _view().get(name)
    return value or None


def remember(**values: str | None) -> None:
    """Change the view, in the session and in the URL; None takes a value out."""
    view = _view()
    for name, value in values.items():
        if value:
            view[name] = value
        else:
            view.pop(name, None)
    write()


def address(**values: str | None) -> dict[str, str]:
    """The view as query parameters for a link, with some values changed."""
    changed = {**_view(), **values}
    return {name: value for name, value in changed.items() if value}


def _view() -> dict[str, str]:
    view: dict[str, str] = st.session_state.setdefault("view", {})
    return view


def write() -> None:
    wanted = dict(_view())
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def take_over() -> None:
    """A link says everything: its values replace the session's. A switch of pages comes without any and keeps them."""
    given = {name: value for name, value in st.query_params.to_dict().items() if name in _NAMES and value}
    view = _view()
    if given == view:
        return  # the page merely runs again
    _forget_warnings()
    if given:
        view.clear()
        view.update(given)


def _warn(name: str, text: str) -> None:
    """Say that the URL held something that does not exist, until something else is looked at."""
    st.session_state.setdefault("bar_warnings", {})[name] = text


def _forget_warnings() -> None:
    st.session_state["bar_warnings"] = {}


def bar(*, question: bool = False) -> View:
    """Draw the bar and return the view. Ends the page where there is nothing to look at."""
    take_over()
    known = runs()
    if not known:
        first_steps("No judgments are stored yet. Here the audit of a run appears once there is one.")
    with st.container(border=True, key="bar"):  # look.css knows it by this key
        cells = st.columns([3.4, 1.8, 1.5, 2, 2.7], vertical_alignment="bottom")
        run = choose_run(cells[0], known)
        mode = choose(cells[1], "mode", "Mode", list(MODES), str.capitalize, " \n\n".join(MODE_IN_WORDS.values()))
        tolerance = choose_tolerance(cells[2])
        names = [c or NO_CATEGORY for c in judgments(run.run_id).index.categories]
        category = choose(cells[3], "category", "Category", [ALL, *dict.fromkeys(names)], str)
        chosen = None if category == ALL else category
        evidence, audit = audited(run.run_id, mode, tolerance, chosen)
        supported = list(evidence.preferences) or [evidence.default_aggregation]
        supported.sort(key=lambda name: name != evidence.default_aggregation)
        aggregation = choose(
            cells[4],
            "by",
            "Preferences by",
            supported,
            lambda name: AGGREGATION_IN_WORDS[name],
            "How the two shown orders of a pair become one preference.",
        )
        number = _choose_question(evidence, chosen) if question else None
    write()
    for text in st.session_state.get("bar_warnings", {}).values():
        st.warning(plain(text))
    if run.judge_kind == "bundled":
        st.caption(":material/science: " + plain(demonstration(run.set_id)))
    elif run.is_sample:
        st.caption(
            ":material/science: This is the sample that comes with TrustJudge: invented judgments, no real model."
        )
    _say_what_is_missing(run)
    return View(run, evidence, audit, mode, tolerance, chosen, aggregation, number, theme())


def _say_what_is_missing(run: RunSummary) -> None:
    """Of a run that is not through yet: its numbers will change. Ends the page where it has none at all."""
    done = run.score_judgments + run.pair_judgments
    if run.asked is None or done >= run.asked:
        return
    so_far = f"{done:,} of {run.asked:,} judgments so far, the run is {run.state}."
    if done:
        st.warning(f"{so_far} The numbers below change with every further one.", icon=":material/hourglass_top:")
        return
    st.info(f"{so_far} Its audit appears here with the first judgments.")
    st.page_link("pages/runs.py", label="See how far it is", icon=":material/list:")
    st.stop()


def choose(
    cell: Any, name: str, label: str, options: Sequence[Any], words: Callable[[Any], str], explained: str | None = None
) -> Any:
    """A select box tied to one value of the view; the first option is the default and not written to the URL."""
    value = asked(name)
    if value is not None and value not in options:
        allowed = ", ".join(map(str, options[:12]))
        _warn(
            name, f"{label} {value[:80]!r} in the address does not exist here; allowed: {allowed}. Using {options[0]}."
        )
        remember(**{name: None})
        value = None
    key = f"bar_{name}"
    st.session_state[key] = options[0] if value is None else value

    def changed() -> None:
        _forget_warnings()
        picked = st.session_state[key]
        remember(**{name: None if picked == options[0] else picked})

    return cell.selectbox(label, options, format_func=words, key=key, on_change=changed, help=explained)


def choose_run(cell: Any, known: list[RunSummary]) -> RunSummary:
    by_id = {str(run.run_id): run for run in known}
    value = asked("run")
    if value is not None and value not in by_id:
        _warn("run", f"Run {value[:40]!r} in the address does not exist; allowed: {', '.join(by_id)}. Showing another.")
        remember(run=None, **dict.fromkeys(_OF_A_RUN))
        value = None
    st.session_state["bar_run"] = value or next(iter(by_id))
    if value is None:
        _view()["run"] = next(iter(by_id))

    def changed() -> None:
        _forget_warnings()
        remember(run=st.session_state["bar_run"], **dict.fromkeys(_OF_A_RUN))

    def words(run_id: str) -> str:
        run = by_id[run_id]
        return f"{run.judge} · {run.set_name} · {run.created_at:%d %b %Y}"

    return by_id[cell.selectbox("Run", list(by_id), format_func=words, key="bar_run", on_change=changed)]


def choose_tolerance(cell: Any) -> float:
    value = asked("tolerance")
    try:
        number = float(value or 0.0)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        _warn("tolerance", f"Tolerance {value!r} in the address is not a number from 0; using 0.")
        remember(tolerance=None)
        number = 0.0
    st.session_state["bar_tolerance"] = number

    def changed() -> None:
        _forget_warnings()
        picked = st.session_state["bar_tolerance"]
        remember(tolerance=f"{picked:g}" if picked else None)

    return float(
        cell.number_input(
            "Tolerance",
            min_value=0.0,
            step=0.05,
            format="%g",
            key="bar_tolerance",
            on_change=changed,
            help="How close still counts as a tie: scale points for scores, probability for preferences.",
        )
    )


def _choose_question(evidence: Evidence, category: str | None) -> int:
    index = evidence.index
    offered = [
        number
        for number in range(len(index.question_ids))
        if category is None or (index.categories[number] or NO_CATEGORY) == category
    ]
    ids = [index.question_ids[number] for number in offered]
    value = asked("question")
    if value is not None and value not in ids:
        where = f"category {category}" if category else "this set"
        _warn("question", f"Question {value[:80]!r} in the address is not in {where}; showing the first one.")
        remember(question=None, **dict.fromkeys(_OF_A_QUESTION))
        value = None
    place = ids.index(value) if value is not None else 0
    st.session_state["bar_question"] = ids[place]

    def go(question_id: str) -> None:
        _forget_warnings()
        remember(question=question_id, **dict.fromkeys(_OF_A_QUESTION))

    def changed() -> None:
        go(st.session_state["bar_question"])

    before, after = ids[max(0, place - 1)], ids[min(len(ids) - 1, place + 1)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(f"Question ({place + 1} of {len(ids)})", ids, key="bar_question", on_change=changed)
        both = st.container(horizontal=True, width="content")  # on a phone they stand below, together
    last = place + 1 == len(ids)
    both.button("Previous", icon=":material/chevron_left:", disabled=place == 0, on_click=go, args=(before,))
    both.button("Next", icon=":material/chevron_right:", disabled=last, on_click=go, args=(after,))
    return offered[place]
