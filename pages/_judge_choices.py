"""The choices of a run: which judge, how it is asked, and which pairs."""

from __future__ import annotations

import streamlit as st

from pages._session import demonstration
from pages._words import plain
from trustjudge_core.judge_choice import JudgeChoice, Kind
from trustjudge_core.plan import Plan
from trustjudge_core.services.make_protocol import ORDERS, Protocol, list_templates, make_protocol, orders_of

WHERE: dict[Kind, str] = {"bundled": "In the box", "local": "On this machine", "endpoint": "Behind a server"}
SCALES: dict[str, tuple[int, int] | None] = {"1 to 5": (1, 5), "1 to 10": (1, 10), "1 to 100": (1, 100), "other": None}
PAIRS = {
    "all": "All pairs",
    "opponents": "Some opponents for each response",
    "budget": "As many as a budget allows",
    "none": "No comparisons",
}


def choose_kind() -> Kind:
    """Where the model is."""
    st.subheader("Who judges", anchor=False)
    kind: Kind = st.segmented_control(
        "Where the model is", list(WHERE), default="bundled", required=True, key="judge_kind", format_func=WHERE.get
    )
    return kind


def choose_judge(kind: Kind, set_id: int) -> JudgeChoice | None:
    """The judge of a set; None while its name is missing. Raises UsageError for one that cannot be."""
    if kind == "local":
        named = st.text_input(
            "Folder or hub id of the model",
            key="judge_model",
            placeholder="/models/my-judge or owner/model",
            help="A Hugging Face causal language model with weights in safetensors. Code of the model is never run.",
        )
        left, right = st.columns(2)
        device = left.selectbox("Device", ["auto", "cuda", "mps", "cpu"], key="judge_device")
        dtype = right.selectbox("Number format", ["auto", "float32", "bfloat16", "float16"], key="judge_dtype")
        return JudgeChoice(f"local:{named.strip()}", device=device, dtype=dtype) if named.strip() else None
    if kind == "endpoint":
        return _server()
    st.caption("A small model trained by this project, so that the whole way runs without a network or a GPU.")
    st.caption(plain(demonstration(set_id)))
    return JudgeChoice("bundled")


def _server() -> JudgeChoice | None:
    left, right = st.columns(2)
    url = left.text_input("Address", key="judge_url", placeholder="http://127.0.0.1:8000/v1")
    model = right.text_input("Model", key="judge_served", placeholder="name of the model there")
    left, right = st.columns(2)
    variable = left.text_input(
        "Variable that holds the key",
        key="judge_key",
        placeholder="OPENAI_API_KEY",
        help="The name of an environment variable where the worker runs, never the key itself. Empty: no key.",
    )
    concurrency = right.number_input("Requests at once", 1, 256, 8, key="judge_concurrency")
    if not url.strip() or not model.strip():
        return None
    return JudgeChoice(
        f"endpoint:{url.strip()}#{model.strip()}", key_variable=variable.strip() or None, concurrency=int(concurrency)
    )


def choose_protocol(kind: Kind) -> Protocol:
    """How the judge is asked. Raises UsageError when the template or a number cannot be used."""
    st.subheader("How it is asked", anchor=False)
    known = {template.name: template for template in list_templates()}
    wanted = "bundled" if kind == "bundled" else "general"
    fitting = next((name for name in known if name.startswith(wanted)), next(iter(known)))
    name = st.selectbox(
        "Prompt template", list(known), index=list(known).index(fitting), key=f"template_{kind}",
        format_func=lambda name: f"{name} · {known[name].about}",
    )  # fmt: skip
    with st.expander("Read and edit the template"):
        st.caption("Edits hold for the runs you start from here; the file that comes with TrustJudge stays as it is.")
        source = st.text_area("Template", known[name].source, height=360, key=f"source_{name}")
    rubric = st.text_area(
        "Rubric", key="rubric", placeholder=known[name].rubric, height=100,
        help="Empty: the rubric of the question where it has one, else that of the template.",
    )  # fmt: skip
    orders = orders_of(source)
    left, right = st.columns(2)
    named = left.selectbox("Scale of scores", list(SCALES), key="scale_name")
    order = right.selectbox("Readout", orders, format_func=lambda order: ORDERS[order], key=f"order_{'-'.join(orders)}")
    scale = SCALES[named]
    if scale is None:
        left, right = st.columns(2)
        lowest, highest = left.number_input("Lowest", value=0, key="low"), right.number_input("Highest", value=10)
        scale = int(lowest), int(highest)
    tokens, temperature, samples = 512, 0.0, 0
    if order == "rationale_first":
        left, right = st.columns(2)
        tokens = int(left.number_input("Longest rationale, tokens", 1, 8192, 512, key="tokens"))
        temperature = float(right.number_input("Temperature", 0.0, 2.0, 0.0, 0.1, key="temperature"))
    if kind == "endpoint" and st.toggle("The server gives no probabilities: draw samples", key="sampling"):
        samples = int(st.number_input("Samples for each judgment", 2, 100, 10, key="samples"))
        st.caption("Shares of sampled verdicts carry a standard error, which is shown. Each sample costs a request.")
        temperature = temperature or 1.0
    return make_protocol(
        source, scale, rubric=rubric, order=order, max_tokens=tokens, temperature=temperature, samples=samples
    )


def choose_plan() -> Plan:
    """Which judgments are asked for. Raises UsageError for a plan that asks for nothing."""
    st.subheader("What it is asked", anchor=False)
    scores = st.toggle("A score for every response", value=True, key="plan_scores")
    pairs = st.selectbox("Comparisons, always in both orders", list(PAIRS), format_func=PAIRS.__getitem__, key="pairs")
    opponents = budget = None
    if pairs == "opponents":
        opponents = int(st.number_input("Opponents for each response", 1, 1000, 4, key="opponents"))
    if pairs == "budget":
        budget = int(st.number_input("Judgments in all, scores included", 3, 10_000_000, 1000, 100, key="budget"))
    return Plan(scores=scores, pairs=pairs, opponents=opponents, budget=budget)
