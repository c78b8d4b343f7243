"""The overview: how far can this judge be trusted, in one look."""

from __future__ import annotations

import os
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.core.small_runs import both_orders
from tests.pages.launched import bundle, doors, said, tracebacks, warned
from trustjudge_core.judge.prompts import Protocol, load_template
from trustjudge_core.judge_choice import JudgeChoice
from trustjudge_core.plan import Plan
from trustjudge_core.records import Bundle, PairJudgment, Question, Response, ResponseSet, ScoreJudgment, Verdict
from trustjudge_core.services.open_database import open_database
from trustjudge_core.services.start_run import start_run

Launch = Callable[..., AppTest]
JUDGE = "ada"


def test_the_sample_is_summed_up_and_says_that_it_is_a_sample(launch: Launch, sample: None) -> None:
    app = launch("overview", run="1")
    text = said(app)
    assert not tracebacks(app)
    assert "sample-judge gives contradicting answers on 3.2 % of triples" in text
    assert "This is the sample that comes with TrustJudge" in text
    assert [card.value for card in app.subheader][:4] == [
        "Score against comparison", "Transitivity", "Position", "Coverage",
    ]  # fmt: skip


def test_numbers_carry_their_denominators(launch: Launch, sample: None) -> None:
    text = said(launch("overview", run="1"))
    assert "7 of 219 triples · 95 % interval " in text
    assert "16 of 182 pairs · 95 % interval " in text
    assert "14 of 165 pairs that both decide" in text
    assert "4 of 449 judgments" in text
    assert "Tie rate 6.6 % of pairs, decisiveness 93.4 %" in text


def test_every_number_is_a_door_to_what_it_counts(launch: Launch, sample: None) -> None:
    links = doors(launch("overview", run="1", tolerance="0.02", question="coding-median"))
    assert links["1 strict cycle (A > B > C > A)"] == "inconsistencies?run=1&tolerance=0.02&kind=strict_cycle"
    flips = next(label for label in links if label.endswith("whose winner changes"))
    assert links[flips] == "inconsistencies?run=1&tolerance=0.02&kind=flips"
    assert any(label.startswith("All ") and "kind=conflicts" in target for label, target in links.items())


def test_the_table_by_category_holds_every_category(launch: Launch, sample: None) -> None:
    app = launch("overview", run="1")
    tables = [table.value for table in app.dataframe if "category" in table.value]
    assert set(tables[0]["category"]) == {"Explain", "Coding", "Reasoning", "Writing", "Facts"}
    assert tables[0]["inconsistent triples"].sum() == 7
    assert tables[0]["triples"].sum() == 219


def test_one_category_can_be_looked_at_alone(launch: Launch, sample: None) -> None:
    app = launch("overview", run="1", category="Facts")
    assert not tracebacks(app)
    assert "2 of 27 triples" in said(app)


def test_an_empty_database_offers_the_sample(launch: Launch, empty: None) -> None:
    app = launch("overview")
    assert not tracebacks(app)
    assert "No judgments are stored yet" in said(app)


def test_what_the_address_gets_wrong_is_said_and_replaced(launch: Launch, sample: None) -> None:
    app = launch("overview", run="1", mode="best", tolerance="-1", category="Poems")
    assert not tracebacks(app)
    warnings = warned(app)
    for wrong in ("'best'", "'-1'", "'Poems'"):
        assert wrong in warnings
    assert "7 of 219 triples" in said(app)


def test_a_run_that_does_not_exist_shows_another_and_says_so(launch: Launch, sample: None) -> None:
    app = launch("overview", run="99")
    assert not tracebacks(app)
    assert "'99'" in warned(app)
    assert "7 of 219 triples" in said(app)


def test_scores_alone_are_enough_to_open_it(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(scores=[ScoreJudgment("q", r, JUDGE, (1, 5), emitted=4.0) for r in "abc"]))
    app = launch("overview", run="1")
    assert not tracebacks(app)
    text = said(app)
    assert f"{JUDGE} gave 3 usable scores and compared no two answers" in text
    assert text.count("Not enough data") >= 3


def test_one_order_only_says_that_position_cannot_be_measured(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=[PairJudgment("q", "a", "b", JUDGE, "first"), PairJudgment("q", "b", "c", JUDGE, "tie")]))
    app = launch("overview", run="1")
    assert not tracebacks(app)
    assert "Cannot be measured: every pair was judged in one order only." in said(app)


def test_all_failed_is_counted_and_is_not_zero(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=[PairJudgment("q", a, b, JUDGE, failure="no verdict") for a, b in ("ab", "ba")]))
    app = launch("overview", run="1")
    assert not tracebacks(app)
    assert "2 of 2 judgments" in said(app)
    assert "0.0 %" not in [metric.value for metric in app.metric]


def test_the_judge_in_the_box_says_that_it_is_a_demonstration(
    launch: Callable[..., AppTest], store: Callable[[Bundle], None]
) -> None:
    store(bundle())
    engine = open_database(os.environ["DATABASE_URL"])
    run = start_run(engine, 1, JudgeChoice("bundled"), Protocol(load_template("bundled")), Plan())
    engine.dispose()
    words = said(launch("overview", run=str(run.run_id))).replace("\\", "")
    assert "The judge in the box is a demonstration" in words
    assert "invented judgments" not in words
    assert "0 of 9 judgments so far, the run is queued" in words, "three scores, three pairs in both orders"
    assert "Transitivity" not in words


def test_the_instrument_shows_its_own_test_when_asked(launch: Callable[..., AppTest], sample: None) -> None:
    app = launch("overview", run="1")
    app.session_state["selftest"] = True
    app.run()
    assert not tracebacks(app)
    table = next(d.value for d in app.dataframe if "planted" in d.value)
    assert set(table["verdict"]) == {"found"}
    assert len(table) >= 8


# Ten questions whose three comparisons run in a circle and ten whose do not: no shuffle of twenty parts them so.
def test_a_category_that_differs_beyond_chance_is_named_with_its_q_value(
    launch: Launch, store: Callable[[Bundle], None]
) -> None:
    responses = tuple(Response(name, name, name) for name in "abc")
    questions = [Question(f"q{n}", "?", responses, "odd *one*" if n % 2 else "even") for n in range(20)]
    pairs = [
        judgment
        for n, question in enumerate(questions)
        for first, second in ("ab", "bc", "ca" if n % 2 else "ac")
        for judgment in both_orders(first, second, "first", question=question.question_id)
    ]
    store(Bundle(ResponseSet(tuple(questions)), (), tuple(pairs)))
    app = launch("overview")
    assert tracebacks(app) == []
    (words,) = [line for line in said(app).splitlines() if line.startswith("Compared with the other questions")]
    assert r"worse odd \*one\* (q < 0.001); better even (q < 0.001)" in words, "a name is never read as markup"


def test_categories_that_do_not_differ_are_not_called_different(launch: Launch, sample: None) -> None:
    assert "No category differs from the other questions beyond chance." in said(launch("overview", run="1"))


def test_one_question_says_why_there_are_no_intervals(launch: Launch, store: Callable[[Bundle], None]) -> None:
    store(bundle(pairs=[*both_orders("a", "b", "first"), *both_orders("b", "c", "first")]))
    text = said(launch("overview"))
    assert "Without intervals: these take at least 5 questions" in text
    assert "Ranges in brackets" not in text


def test_order_that_failed_everywhere_is_not_a_dash(launch: Launch, store: Callable[[Bundle], None]) -> None:
    failed = [PairJudgment("q", a, b, JUDGE, failure="error") for a, b in ("ab", "ba")]
    store(bundle(pairs=failed))
    app = launch("overview")
    assert not tracebacks(app)
    assert "no pair has a usable verdict in both orders" in said(app)
    assert "–" not in {metric.value for metric in app.metric}


def test_people_whose_pairs_the_judge_never_compared_are_no_row_of_dashes(
    launch: Launch, store: Callable[[Bundle], None]
) -> None:
    scores = [ScoreJudgment("q", "a", JUDGE, (1.0, 5.0), emitted=3.0)]
    whole = bundle(scores=scores)
    store(
        Bundle(whole.response_set, whole.scores, verdicts=(Verdict("q", "eve", first="a", second="b", verdict="tie"),))
    )
    app = launch("overview")
    assert not tracebacks(app)
    assert "the judge compared none of the pairs that people decided" in said(app)
