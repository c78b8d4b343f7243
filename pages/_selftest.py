"""Whether these numbers can be trusted: judges with known defects, and what the measures make of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from trustjudge_core.selftest import DRIFT, QUESTIONS, REPEATS, SKILLS, Outcome, selftest


@st.cache_resource(show_spinner="Planting judges with known defects and measuring them")
def _outcomes() -> list[Outcome]:
    return list(selftest())


def show_selftest() -> None:
    """The selftest, run when somebody asks for it: it takes seconds and is the same for every run."""
    folded = st.expander("Can these numbers be trusted? The instrument tested on judges with known defects",
                         key="selftest", on_change="rerun")  # fmt: skip
    if not folded.open:
        return
    with folded:
        st.write(
            f"Each line plants one defect in a judge of {QUESTIONS} questions with {len(SKILLS)} responses, every "
            f"judgment asked {REPEATS} times. The measure that should see it must find it, and every other one must "
            f"stay within {DRIFT:g} of where it was."
        )
        outcomes = _outcomes()
        rows = [
            {
                "planted": f"{o.planting.dial.replace('_', ' ')} {o.planting.value:g}",
                "measure": o.planting.measure,
                "expected": o.expected,
                "found": o.found,
                "verdict": "found" if o.recovered and o.left_alone else "WRONG",
                "other measure that moved most": f"{o.most_moved} ({o.drift:z.3f})",
            }
            for o in outcomes
        ]
        three = st.column_config.NumberColumn(format="%.3f")
        st.dataframe(pd.DataFrame(rows), hide_index=True, column_config={"expected": three, "found": three})
        wrong = sum(row["verdict"] == "WRONG" for row in rows)
        st.caption(
            f"{len(rows) - wrong} of {len(rows)} as planted. By hand: `python -m trustjudge_core selftest`; how well "
            "the intervals cover is in docs/validity.md."
        )
