"""Systems and responses ranked by every method, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from streamlit.testing.v1 import AppTest

from tests.pages.launched import bundle, said, tracebacks, warned
from trustjudge_core.records import Bundle, PairJudgment, ScoreJudgment, Verdict

Launch = Callable[..., AppTest]
JUDGE = "ada"
CYCLE = [
    PairJudgment("q", first, second, JUDGE, verdict)  # type: ignore[arg-type]
    for winner, loser in ("ab", "bc", "ca")
    for first, second, verdict in ((winner, loser, "first"), (loser, winner, "second"))
]
METHODS = [
    "Copeland",
    "Bradley-Terry with ties",
    "Bradley-Terry by probability",
    "Kemeny",
    "HodgeRank",
    "Expected score",
]


def test_the_sample_ranks_its_six_systems_by_every_method(launch: Launch, sample: None) -> None:
    app = launch("ranking", run="1")
    assert not tracebacks(app)
    assert [heading.value for heading in app.subheader] == [
        "Corrected by people",
        "By the judge alone, method by method",
        *METHODS,
        "Methods side by side",
    ]
    table = app.dataframe[0].value
    assert table["rank"].tolist() == [1, 2, 3, 4, 5, 6]
    assert table["system"].iloc[0] == "alder-large"
    assert len(app.get("plotly_chart")) == len(METHODS) + 2


def test_the_responses_of_one_question_can_be_ranked(launch: Launch, sample: None) -> None:
    app = launch("ranking", run="1", scope="question", question="explain-leaves")
    assert not tracebacks(app)
    tables = [table.value for table in app.dataframe if "response" in table.value]
    assert len(tables[0]) == 6
    assert "question" in app.query_params["scope"]


def test_the_scope_is_chosen_on_the_page_and_kept_in_the_address(launch: Launch, sample: None) -> None:
    app = launch("ranking", run="1")
    app.segmented_control(key="scope").set_value("question").run()
    assert not tracebacks(app)
    assert "question" in app.query_params["scope"]
    assert any("response" in table.value for table in app.dataframe)


def test_a_cycle_is_one_rank_and_contradicts_its_three_pairs(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=CYCLE))
    app = launch("ranking", run="1", scope="question")
    assert not tracebacks(app)
    copeland = app.dataframe[0].value
    assert copeland["rank"].tolist() == [1, 1, 1]
    contradicted = next(table.value for table in app.dataframe if "better by comparison" in table.value)
    assert set(zip(contradicted["better by comparison"], contradicted["than"], strict=True)) == {
        ("system a", "system b"), ("system b", "system c"), ("system c", "system a"),
    }  # fmt: skip


def test_one_sided_comparisons_say_why_there_is_no_strength(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=CYCLE[:2]))
    app = launch("ranking", run="1", scope="question")
    assert not tracebacks(app)
    assert "never compared with each other" in said(app) or "One-sided" in said(app)


def test_without_systems_only_questions_are_ranked(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=CYCLE, systems=False))
    app = launch("ranking", run="1")
    assert not tracebacks(app)
    assert "do not say which system made them" in said(app)
    app = launch("ranking", run="1", scope="question")
    assert not tracebacks(app)
    assert set(app.dataframe[0].value["response"]) == {"a", "b", "c"}


def test_scores_alone_rank_by_score(launch: Launch, store: Callable[[Bundle], None]) -> None:
    scores = [ScoreJudgment("q", r, JUDGE, (1, 5), emitted=float(n)) for n, r in enumerate("abc", start=1)]
    store(bundle(scores=scores))
    app = launch("ranking", run="1")
    assert not tracebacks(app)
    assert [heading.value for heading in app.subheader] == ["Expected score"]
    assert app.dataframe[0].value["system"].tolist() == ["system c", "system b", "system a"]


def test_nothing_usable_is_not_enough_data(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=[PairJudgment("q", "a", "b", JUDGE, failure="no verdict")]))
    for scope in ("system", "question"):
        app = launch("ranking", run="1", scope=scope)
        assert not tracebacks(app)
        assert "Not enough data" in said(app)


def test_a_scope_that_does_not_exist_is_said(launch: Launch, sample: None) -> None:
    app = launch("ranking", run="1", scope="planet")
    assert not tracebacks(app)
    assert "'planet'" in warned(app)


def test_an_empty_database_says_so(launch: Launch, empty: None) -> None:
    app = launch("ranking")
    assert not tracebacks(app)
    assert "No judgments are stored yet" in said(app)


def test_what_people_decided_is_set_beside_the_judge_and_every_move_is_explained(
    launch: Launch, store: Callable[[Bundle], None]
) -> None:
    """By the judge a > b > c; both people say c > b, so b and c change places, by that one pair."""
    order = [
        PairJudgment("q", first, second, JUDGE, verdict)  # type: ignore[arg-type]
        for winner, loser in ("ab", "bc", "ac")
        for first, second, verdict in ((winner, loser, "first"), (loser, winner, "second"))
    ]
    people = tuple(Verdict("q", name, "c", "b", "first") for name in ("ann", "bo <b>"))
    store(replace(bundle(pairs=order), verdicts=people))
    app = launch("ranking", run="1", scope="question")
    assert not tracebacks(app)
    app.selectbox(key="corrected_by").set_value("copeland").run()
    raw, corrected = (table.value for table in app.dataframe[:2])
    # Ranks by hand: a beats both, b beats c; with c over b the last two swap.
    assert raw["rank"].tolist() == [1, 2, 3]
    assert corrected["rank"].tolist() == [1, 2, 3]
    assert raw["response"].tolist() == [raw["response"].iloc[0], *reversed(corrected["response"].tolist()[1:])]
    moves = [e.label for e in app.expander if "because of 1 decided pair" in e.label]
    assert len(moves) == 2
    app.session_state["move_1_1"] = True
    app = app.run()
    assert not tracebacks(app)
    why = next(table.value for table in app.dataframe if "decided by" in table.value)
    assert why["decided by"].tolist() == ["ann, bo <b>"]
    assert why["the judge said"].iloc[0].startswith(raw["response"].iloc[1])
    assert why["people say"].iloc[0].startswith(raw["response"].iloc[2])
    assert "system b went down from 2 to 3, behind system c." in said(app)
    assert "On this pair people saw system c better, or system b worse, than the judge did." in said(app)
    assert "Without it system b would be at 2 again." in said(app)
    # b met c and a, once each: by the judge it beats c and loses to a, with the verdicts it loses to both.
    records = next(table.value for table in app.dataframe if "against" in table.value)
    assert records["by the judge alone"].tolist() == [
        "100.0 % of points · 1 won, 0 tied, 0 lost",
        "50.0 % of points · 1 won, 0 tied, 1 lost",
    ]
    assert records["with the verdicts"].tolist() == [
        "0.0 % of points · 0 won, 0 tied, 1 lost", "0.0 % of points · 0 won, 0 tied, 2 lost",
    ]  # fmt: skip


def test_at_weight_nought_nobody_is_listened_to(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(replace(bundle(pairs=CYCLE), verdicts=(Verdict("q", "ann", "a", "b", "tie"),)))
    app = launch("ranking", run="1", scope="question")
    app = app.slider(key="verdict_weight").set_value(0.0).run()
    assert not tracebacks(app)
    raw, corrected = (table.value for table in app.dataframe[:2])
    assert raw.equals(corrected)


def test_proposals_are_computed_on_request_and_change_nothing(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=CYCLE))
    app = launch("ranking", run="1", scope="question")
    assert "Nobody has decided a pair" in said(app)
    assert "1 edit in 1 question" not in said(app)
    app.session_state["proposals"] = True
    app = app.run()
    assert not tracebacks(app)
    assert "1 edit in 1 question (no fewer would do)" in said(app)
    assert "It takes at least 22 decided pairs" in said(app)  # ln 0.1 / ln 0.9 = 21.9
