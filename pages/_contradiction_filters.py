"""What of the contradictions is listed: of which kind, by which scores, for which cause."""

from __future__ import annotations

import streamlit as st

from pages._bar import View, asked, remember
from pages._words import METHOD_IN_WORDS, plain
from trustjudge_core.causes import CAUSE_IN_WORDS, CAUSES
from trustjudge_core.contradictions import CONFLICT_KINDS, FAVOURING
from trustjudge_core.evidence import MethodScores

OFFERED = {
    "all": "inconsistent triples",
    "strict_cycle": "strict cycles",
    "broken_chain": "broken chains",
    "contradicted_tie": "contradicted ties",
    "conflicts": "conflicts of scores and comparisons",
    "reversal": "reversals: scores and comparison name different winners",
    "score_tie": "conflicts in which only the scores tie",
    "comparison_tie": "conflicts in which only the comparison ties",
    "flips": "pairs whose winner changes with the order",
    "favours_first": "pairs that favour the first shown",
    "favours_second": "pairs that favour the second shown",
}
OF_ORDER = ("flips", *FAVOURING)
ANY_CAUSE = "any"
OF_SCORES = ("conflicts", *CONFLICT_KINDS)


def chosen_kind() -> str:
    """The kind that the address names; all triples where it names none or one that does not exist."""
    kind = asked("kind") or "all"
    return kind if kind in OFFERED else "all"


def chosen_cause() -> str:
    """The cause that the address names, one of CAUSES; any where it names none or one that does not exist."""
    cause = asked("cause") or ANY_CAUSE
    return cause if cause in CAUSES else ANY_CAUSE


def scores_key(method: str, criterion: str, scale: tuple[float, float]) -> str:
    """A way to read scores as the address names it."""
    return f"{method} {criterion} {scale[0]:g}-{scale[1]:g}"


def scores_offered(view: View) -> dict[str, MethodScores]:
    """Every way to read scores that a list of conflicts can be made by."""
    return {scores_key(s.method, s.sheet.criterion, s.sheet.scale): s for s in view.evidence.method_scores}


def choose_kind(view: View) -> str:
    """Draw the filters that the kind has; returns the kind."""
    kind = chosen_kind()
    if asked("kind") not in (None, kind):
        wrong = f"Kind {str(asked('kind'))[:40]!r} in the address does not exist; allowed: {', '.join(OFFERED)}."
        st.warning(plain(wrong))
        remember(kind=None)
    if asked("cause") not in (None, chosen_cause()):
        wrong = f"Cause {str(asked('cause'))[:40]!r} in the address does not exist; allowed: {', '.join(CAUSES)}."
        st.warning(plain(wrong))
        remember(cause=None)
    st.session_state["kind"] = kind

    def changed() -> None:
        picked = st.session_state["kind"]
        remember(kind=None if picked == "all" else picked, question=None, chain=None, pair=None)

    st.selectbox("Show", list(OFFERED), format_func=OFFERED.__getitem__, key="kind", on_change=changed)
    if kind in OF_SCORES:
        _choose_scores(view)
    if kind not in OF_ORDER:
        _choose_cause()
    return kind


def _choose_scores(view: View) -> None:
    """By which scores conflicts are listed; the audit's own come first."""
    offered = scores_offered(view)
    default = view.evidence.default_scores
    ordered = sorted(offered, key=lambda name: offered[name] is not default)
    if len(ordered) < 2:
        return
    if asked("scores") not in (None, *ordered):
        wrong = f"Scores {str(asked('scores'))[:60]!r} in the address do not exist here; allowed: {', '.join(ordered)}."
        st.warning(plain(wrong))
        remember(scores=None)
    st.session_state["scores_by"] = asked("scores") or ordered[0]

    def changed() -> None:
        picked = st.session_state["scores_by"]
        remember(scores=None if picked == ordered[0] else picked, question=None, chain=None, pair=None)

    def words(name: str) -> str:
        low, high = offered[name].sheet.scale
        return f"{METHOD_IN_WORDS[offered[name].method]}, {offered[name].sheet.criterion}, {low:g} to {high:g}"

    st.selectbox("Scores by", ordered, format_func=words, key="scores_by", on_change=changed)


def _choose_cause() -> None:
    st.session_state["cause"] = chosen_cause()

    def changed() -> None:
        picked = st.session_state["cause"]
        remember(cause=None if picked == ANY_CAUSE else picked, question=None, chain=None, pair=None)

    st.selectbox(
        "Cause",
        [ANY_CAUSE, *CAUSES],
        format_func=lambda cause: CAUSE_IN_WORDS.get(cause, "any cause"),
        key="cause",
        on_change=changed,
        help="The first that holds of: a judgment behind it failed; probability leaked; the order of showing changes "
        "the verdict; too close to call, a margin inside its interval; firm: none of these explains it.",
    )
