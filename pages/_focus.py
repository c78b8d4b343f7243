"""Where the keyboard goes while a case is on the screen: to its keys, unless somebody is writing."""

from __future__ import annotations

import json
from typing import Literal

import streamlit as st

Field = Literal["note", "score"]
"""Containers with a field that is opened to be written in."""

_SCRIPT = """{
const field = %s, used = document.activeElement;
const opened = field && document.querySelector(`.st-key-${field} textarea, .st-key-${field} input`);
if (opened) opened.focus();
else if (used && used.matches("input[type=checkbox], input[type=radio], [role=combobox]")) used.blur();
if (%s) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
// %d
}"""


def lead(field: Field | None, *, to_top: bool) -> None:
    """Lead the keyboard into a field that was just opened, else away from a list or switch that was just used.

    Streamlit keeps it there, and the next key would go to the list instead of the case. A new case starts at its
    top. The script is constant but for these two choices and a number, for only another text is run again.
    """
    number = st.session_state["keyboard_led"] = st.session_state.get("keyboard_led", 0) + 1
    script = keyboard_script(field, to_top=to_top, number=number)
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def keyboard_script(field: Field | None, *, to_top: bool, number: int) -> str:
    """The script of ``lead``. Nothing that comes from a file is in it."""
    return _SCRIPT % (json.dumps(field), json.dumps(to_top), number)
