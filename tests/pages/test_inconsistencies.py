"""The list of contradictions, the chain in the graph, and the evidence of a pair."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.core import small_runs
from tests.core.small_runs import both_orders
from tests.pages.launched import HOSTILE, bundle, said, tracebacks, warned
from trustjudge_core.records import Bundle, PairJudgment, ScoreJudgment

Launch = Callable[..., AppTest]
JUDGE = "ada"
KINDS = ("strict_cycle", "broken_chain", "contradicted_tie", "conflicts", "reversal", "score_tie", "flips")
CYCLE = [
    PairJudgment("q", first, second, JUDGE, verdict)  # type: ignore[arg-type]
    for winner, loser in ("ab", "bc", "ca")
    for first, second, verdict in ((winner, loser, "first"), (loser, winner, "second"))
]


def _address(app: AppTest) -> dict[str, str]:
    return {name: values if isinstance(values, str) else values[0] for name, values in app.query_params.items()}


def test_naming_no_question_opens_the_firmest_chain(launch: Launch, sample: None) -> None:
    app = launch("inconsistencies", run="1")
    assert not tracebacks(app)
    assert _address(app)["question"] == "explain-leaves"
    assert "Strict cycle: cedar-small > birch-medium > dogwood-tuned > cedar-small" in said(app)
    assert "Chosen chain: cedar-small beats birch-medium" in said(app)


def test_both_responses_and_what_the_judge_wrote_are_shown(launch: Launch, sample: None) -> None:
    text = said(launch("inconsistencies", run="1"))
    assert "Autumn coloration is the result of chlorophyll degradation." in text  # cedar-small
    assert "Leaves are green because of chlorophyll" in text  # birch-medium
    assert "The second answer is short, correct and easy to follow" in text  # the judge
    assert "Relation: A wins, margin 0.548" in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_lists_what_it_counts_and_opens_the_first(launch: Launch, sample: None, kind: str) -> None:
    app = launch("inconsistencies", run="1", kind=kind)
    assert not tracebacks(app)
    counts = {"strict_cycle": 1, "broken_chain": 2, "contradicted_tie": 4, "conflicts": 26, "reversal": 14, "flips": 16}
    rows = app.dataframe[0].value if app.dataframe else []
    assert len(rows) == counts.get(kind, 0)
    if kind in counts:
        assert {"question", "chain"} & set(_address(app)) and ({"chain", "pair"} & set(_address(app)))


def test_the_buttons_walk_along_the_chain(launch: Launch, sample: None) -> None:
    app = launch("inconsistencies", run="1")
    app.button(key="ahead").click().run()
    assert _address(app)["pair"] == "birch-medium~dogwood-tuned"
    app.button(key="ahead").click().run()
    assert _address(app)["pair"] == "dogwood-tuned~cedar-small"
    app.button(key="ahead").click().run()
    assert _address(app)["pair"] == "cedar-small~birch-medium"
    app.button(key="back").click().run()
    assert _address(app)["pair"] == "dogwood-tuned~cedar-small"
    assert _address(app)["chain"].count("~") == 2
    assert not tracebacks(app)


def test_a_link_reopens_the_chain_and_the_pair(launch: Launch, sample: None) -> None:
    app = launch(
        "inconsistencies",
        run="1",
        question="writing-haiku",
        chain="alder-large~birch-medium~dogwood-tuned",
        pair="birch-medium~dogwood-tuned",
    )
    text = said(app)
    assert "Broken chain: alder-large > birch-medium > dogwood-tuned = alder-large" in text
    assert app.button(key="link_1").label.startswith("birch")
    assert app.button(key="link_1").proto.type == "primary"


def test_a_chain_that_is_no_contradiction_says_so(launch: Launch, sample: None) -> None:
    app = launch("inconsistencies", run="1", question="explain-leaves", chain="alder-large~elm-mini~fern-tiny")
    assert not tracebacks(app)
    assert "do not contradict each other under these choices" in said(app)


def test_what_the_address_gets_wrong_is_said(launch: Launch, sample: None) -> None:
    app = launch("inconsistencies", run="1", question="explain-leaves", kind="odd", chain="a~b", pair="x~y")
    assert not tracebacks(app)
    for wrong in ("'odd'", "'a~b'", "'x~y'"):
        assert wrong in warned(app)
    app = launch("inconsistencies", run="1", question="nowhere")
    assert not tracebacks(app)
    assert "'nowhere'" in warned(app)


def test_choosing_another_kind_opens_its_first(launch: Launch, sample: None) -> None:
    app = launch("inconsistencies", run="1")
    app.selectbox(key="kind").select("reversal").run()
    assert not tracebacks(app)
    address = _address(app)
    assert address["kind"] == "reversal"
    assert "chain" not in address or address["question"] != "explain-leaves"
    assert address["pair"].count("~") == 1


def test_an_order_has_nothing_to_list(launch: Launch, store: Callable[[Bundle], None]) -> None:
    order = [
        PairJudgment("q", first, second, JUDGE, verdict)  # type: ignore[arg-type]
        for winner, loser in ("ab", "bc", "ac")
        for first, second, verdict in ((winner, loser, "first"), (loser, winner, "second"))
    ]
    store(bundle(pairs=order))
    app = launch("inconsistencies", run="1")
    assert not tracebacks(app)
    assert "There are no inconsistent triples under these choices." in said(app)
    assert "Choose a row of the list" in said(app)


def test_scores_alone_point_to_the_scores(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(scores=[ScoreJudgment("q", r, JUDGE, (1, 5), emitted=4.0) for r in "abc"]))
    app = launch("inconsistencies", run="1")
    assert not tracebacks(app)
    assert "This run has no comparisons" in said(app)


def test_one_order_only_cannot_list_flips(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=[PairJudgment("q", "a", "b", JUDGE, "first")]))
    app = launch("inconsistencies", run="1", kind="flips")
    assert not tracebacks(app)
    assert "every pair was judged in one order only" in said(app)


def test_texts_of_files_are_shown_as_text(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=CYCLE))
    app = launch("inconsistencies", run="1")
    assert not tracebacks(app)
    assert f"{HOSTILE} a" in [element.value for element in app.text]
    assert not any("alert(1)" in str(element.value) for element in (*app.markdown, *app.caption))


def test_an_empty_database_says_so(launch: Launch, empty: None) -> None:
    app = launch("inconsistencies")
    assert not tracebacks(app)
    assert "No judgments are stored yet" in said(app)


def test_a_door_forgets_the_question_looked_at(launch: Launch, sample: None) -> None:
    """From a question to the overview and through a door: the door's own first row is opened."""
    app = launch("inconsistencies", run="1", question="facts-moons", tolerance="0.02")
    app.query_params.clear()
    app.switch_page("pages/overview.py").run()
    assert _address(app)["question"] == "facts-moons"
    app.query_params.clear()
    for name, value in {"run": "1", "tolerance": "0.02", "kind": "strict_cycle"}.items():
        app.query_params[name] = value
    app.switch_page("pages/inconsistencies.py").run()
    assert _address(app)["question"] == "explain-leaves"
    assert _address(app)["tolerance"] == "0.02"


def test_the_list_can_be_narrowed_to_one_cause(launch: Callable[..., AppTest], sample: None) -> None:
    every = launch("inconsistencies", run="1").dataframe[0].value
    counted = every["cause"].value_counts()
    cause = counted.index[0]
    assert counted[cause] > 0
    app = launch("inconsistencies", run="1", cause=cause.replace(" ", "_"))
    assert tracebacks(app) == []
    narrowed = app.dataframe[0].value
    assert set(narrowed["cause"]) == {cause}
    assert len(narrowed) == counted[cause]


def test_a_cause_in_the_address_that_does_not_exist_is_said(launch: Callable[..., AppTest], sample: None) -> None:
    app = launch("inconsistencies", run="1", cause="moon")
    assert tracebacks(app) == []
    assert "moon" in warned(app)


def test_a_cycle_is_mended_by_one_change_that_is_named(
    launch: Callable[..., AppTest], store: Callable[[Bundle], None]
) -> None:
    store(
        bundle(
            pairs=[*both_orders("a", "b", "first"), *both_orders("b", "c", "first"), *both_orders("c", "a", "first")]
        )
    )
    app = launch("inconsistencies")
    app.session_state["mending"] = True
    app.run()
    assert tracebacks(app) == []
    assert "Changing 1 relation leaves an order, ties allowed (proven to be the fewest)." in said(app)
    assert "1 triple fewer" in said(app)
    (cycles,) = [found.value for found in app.dataframe if "shortest cycle through it" in found.value]
    assert cycles["win"].tolist() == ["system a > system b", "system b > system c", "system c > system a"]
    assert cycles["shortest cycle through it"].tolist() == [
        "system a > system b > system c > system a",
        "system b > system c > system a > system b",
        "system c > system a > system b > system c",
    ]


# Counted from the sample's verdicts: 22 pairs in which being shown first helps, 3 in which it harms.
@pytest.mark.parametrize(("kind", "pairs"), [("favours_first", 22), ("favours_second", 3)])
def test_pairs_that_favour_a_place_are_listed(
    launch: Callable[..., AppTest], sample: None, kind: str, pairs: int
) -> None:
    app = launch("inconsistencies", run="1", kind=kind)
    assert tracebacks(app) == []
    assert len(app.dataframe[0].value) == pairs


# Scores 1 and 5 on two sheets of opposite order: one agrees with the comparison, the other reverses it.
def test_conflicts_are_listed_by_the_scores_that_are_asked_for(
    launch: Callable[..., AppTest], store: Callable[[Bundle], None]
) -> None:
    scores = [
        ScoreJudgment("q", response, small_runs.JUDGE, (1.0, 5.0), emitted=value, criterion=criterion)
        for criterion, values in (("right", {"a": 5.0, "b": 1.0}), ("wrong", {"a": 1.0, "b": 5.0}))
        for response, value in values.items()
    ]
    store(bundle(pairs=both_orders("a", "b", "first"), scores=scores))
    app = launch("inconsistencies", kind="reversal")
    assert tracebacks(app) == []
    offered = app.selectbox(key="scores_by").options
    assert "There are no reversals" in said(app) + str([found.value for found in app.success])
    other = next(place for place, name in enumerate(offered) if "wrong" in name)
    app.selectbox(key="scores_by").select_index(other).run()
    assert tracebacks(app) == []
    assert len(app.dataframe[0].value) == 1
    assert "do not exist" in warned(launch("inconsistencies", kind="reversal", scores="moon"))
