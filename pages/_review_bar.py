"""Who reviews, which run, in which order: asked once and folded away, so that only the case is looked at."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from pages._bar import ALL, choose, choose_run, choose_tolerance, remember, take_over, theme
from pages._first_steps import first_steps
from pages._session import engine, review_ground, runs
from pages._words import AGGREGATION_IN_WORDS, plain
from trustjudge_core.contradictions import chain_rows, flip_rows
from trustjudge_core.errors import TrustJudgeError
from trustjudge_core.evidence import NO_CATEGORY
from trustjudge_core.figures.theme import Theme
from trustjudge_core.inconsistencies import KINDS
from trustjudge_core.review import POLICIES, POLICY_IN_WORDS, named
from trustjudge_core.services.list_runs import RunSummary
from trustjudge_core.services.next_case import Choice
from trustjudge_core.services.open_review import ReviewGround
from trustjudge_core.services.set_overlap import MOST_OVERLAP, overlap, set_overlap
from trustjudge_core.services.set_rubric import rubric_versions, set_rubric
from trustjudge_core.settings import MODES

WHICH = {
    "any": "every pair",
    "strict_cycle": "pairs of strict cycles",
    "broken_chain": "pairs of broken chains",
    "contradicted_tie": "pairs of contradicted ties",
    "flips": "pairs whose winner changes with the order",
    "disagreements": "pairs that people see differently",
    "scores": "one response at a time, to score it",
}
MOST_PICKED = 1_000
_LEFT_BEHIND = ("question", "chain", "pair", "kind", "scope")
"""What an address of another page may say about a case: ids would give away who wrote what."""


@dataclass(frozen=True)
class ReviewView:
    """Who reviews which cases of which run."""

    run: RunSummary
    ground: ReviewGround
    person: str
    choice: Choice
    scoring: bool
    theme: Theme

    @property
    def scale(self) -> tuple[float, float]:
        """The scale to score on: the judge's, or 1 to 10 where it gave no scores."""
        scores = self.ground.evidence.default_scores
        return scores.sheet.scale if scores is not None else (1.0, 10.0)

    @property
    def key(self) -> tuple[object, ...]:
        """What a case on the screen belongs to: under anything else another one is asked for."""
        ground = self.ground
        choices = (ground.evidence.mode, ground.aggregation, ground.tolerance, self.choice)
        return os.environ.get("DATABASE_URL"), self.run.run_id, self.person, self.scoring, *choices


def signed_in() -> str | None:
    """The person's name where signing in is set up, else None."""
    user: dict[str, Any] = st.user.to_dict()
    return str(user.get("name") or user.get("email")) if user.get("is_logged_in") else None


def review_bar() -> ReviewView:
    """Draw what is folded away and return the choices. Ends the page where nobody or nothing is there yet."""
    take_over()
    known = runs()
    if not known:
        first_steps("No judgments are stored yet. Here people decide the pairs that a judge contradicts itself on.")
    person = signed_in() or st.session_state.get("person")
    with st.expander("Run, order and people" if person else "Which run"):
        run, ground = _ground_of_choice(known)
        choice = _choose_cases(ground)
        if person:
            _people(ground, person)
    remember(**dict.fromkeys(_LEFT_BEHIND))
    for text in st.session_state.get("bar_warnings", {}).values():
        st.warning(plain(text))
    if not len(ground.cases):
        st.info("This run has no comparisons, so there are no pairs to decide.")
        st.page_link("pages/scores.py", label="Its scores", icon=":material/bar_chart:")
        st.stop()
    if not person:
        _ask_for_a_name()
        st.stop()
    scoring = st.session_state["review_choice"]["which"] == "scores"
    return ReviewView(run, ground, person, choice, scoring, theme())


def _ground_of_choice(known: list[RunSummary]) -> tuple[RunSummary, ReviewGround]:
    cells = st.columns([3, 1.6, 1.4, 2.4], vertical_alignment="bottom")
    run = choose_run(cells[0], known)
    mode = choose(cells[1], "mode", "Mode", list(MODES), str.capitalize)
    tolerance = choose_tolerance(cells[2])
    ground = review_ground(run, mode, None, tolerance)
    default = ground.evidence.default_aggregation
    supported = sorted(ground.evidence.preferences or [default], key=lambda name: name != default)
    by = choose(cells[3], "by", "Preferences by", supported, lambda name: AGGREGATION_IN_WORDS[name])
    if by != ground.aggregation:
        ground = review_ground(run, mode, by, tolerance)
    return run, ground


def _choose_cases(ground: ReviewGround) -> Choice:
    """Which pairs, in which order."""
    cells = st.columns(3, vertical_alignment="bottom")
    kept = st.session_state.setdefault("review_choice", {"policy": POLICIES[0], "which": "any"})

    def choose_kept(cell: Any, name: str, label: str, options: dict[str, str], disabled: bool = False) -> str:
        key = f"review_{name}"
        st.session_state[key] = kept[name]

        def changed() -> None:
            kept[name] = st.session_state[key]

        cell.selectbox(
            label, list(options), format_func=options.__getitem__, key=key, on_change=changed, disabled=disabled
        )
        return str(kept[name])

    names = [name or NO_CATEGORY for name in ground.cases.index.categories]
    which = choose_kept(cells[0], "which", "Show", WHICH)
    picked = which not in ("any", "disagreements", "scores")
    words = {name: f"{POLICY_IN_WORDS[name]}" for name in POLICIES}
    policy = choose_kept(cells[1], "policy", "First comes", words, disabled=which != "any")
    category = choose(cells[2], "category", "Category", [ALL, *dict.fromkeys(names)], str)
    pairs = _pairs_of(ground, which) if picked else ()
    if picked and not pairs:
        st.info(f"There are no {WHICH[which]} under these choices; every pair is shown.")
    chosen = None if category == ALL else category
    return Choice(policy, chosen, pairs, which == "disagreements")  # type: ignore[arg-type]


def _pairs_of(ground: ReviewGround, which: str) -> tuple[tuple[str, str, str], ...]:
    """Pairs of one kind of contradiction, the firmest first, as ids."""
    key = (os.environ.get("DATABASE_URL"), ground.run_id, ground.evidence.mode, ground.aggregation, ground.tolerance)
    return _picked(key, which, ground)


@st.cache_resource(max_entries=16, show_spinner="Picking the pairs")
def _picked(key: tuple[object, ...], which: str, _ground: ReviewGround) -> tuple[tuple[str, str, str], ...]:
    evidence, index = _ground.evidence, _ground.cases.index
    if which == "flips":
        rows = flip_rows(evidence)[:MOST_PICKED]
        ends = np.stack([evidence.table.i[rows], evidence.table.j[rows]], axis=1)
    else:
        chains = chain_rows(evidence, _ground.aggregation, _ground.tolerance)
        members = chains.members[chains.kind == KINDS.index(which)][:MOST_PICKED]
        ends = members[:, [0, 1, 1, 2, 0, 2]].reshape(-1, 2)
    ordered = dict.fromkeys(
        (index.question_ids[int(evidence.question_of[i])], index.response_ids[min(i, j)], index.response_ids[max(i, j)])
        for i, j in ends.tolist()
    )
    return tuple(ordered)[:MOST_PICKED]


def _people(ground: ReviewGround, person: str) -> None:
    """How many decide each case, by what they judge, and who is here."""
    people, rubric, leave = st.columns([1.2, 3, 1.2])
    now = overlap(engine(), ground.set_id)
    wanted = people.number_input(
        "People per case", 1, MOST_OVERLAP, value=now, help="A case is settled when that many agree on it."
    )
    if wanted != now:
        set_overlap(engine(), ground.set_id, int(wanted), person)
    versions = rubric_versions(engine(), ground.set_id)
    text = rubric.text_area("Rubric", value=versions[0].text if versions else "", key=f"rubric_{ground.set_id}")
    rubric.caption("Another rubric reopens every case that was decided under an earlier one.")
    if rubric.button("Change the rubric", disabled=not text.strip() or (bool(versions) and versions[0].text == text)):
        try:
            set_rubric(engine(), ground.set_id, text, person)
        except TrustJudgeError as error:
            rubric.error(plain(str(error)))
        else:
            st.rerun()
    leave.caption("Reviewing as")
    leave.text(person)
    if signed_in() is None and leave.button("Somebody else"):
        st.session_state.pop("person", None)
        st.rerun()


def _ask_for_a_name() -> None:
    st.write(
        "You will see one question at a time with two responses to it, and say which is better. Who wrote them and "
        "what the judge said stays hidden until you have decided."
    )
    with st.form("who", width=420):
        name = st.text_input("Your name", help="Your verdicts are kept under it; it is shown in the Activity.")
        started = st.form_submit_button("Start reviewing", type="primary")
    if started:
        try:
            st.session_state["person"] = named(name)
        except TrustJudgeError as error:
            st.error(plain(str(error)))
        else:
            st.rerun()
