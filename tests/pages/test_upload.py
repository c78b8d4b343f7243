from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.launched import HOSTILE, doors, said, tracebacks
from trustjudge_core.services.list_runs import RunSummary, list_runs
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.load_sample import SAMPLE
from trustjudge_core.services.open_database import open_database
from trustjudge_core.services.read_left_out import read_left_out

Launch = Callable[..., AppTest]
Files = Sequence[tuple[str, bytes, str]]

QUESTION = {
    "question_id": "q",
    "question": HOSTILE,
    "responses": [{"response_id": "a", "text": HOSTILE}, {"response_id": "b", "text": "two"}],
}
PAIR = {"question_id": "q", "first": "a", "second": "b", "judge": "ada", "verdict": "first"}
FAILED = {"question_id": "q", "first": "b", "second": "a", "judge": "ada", "verdict": None, "invalid": "no answer"}


def _file(name: str, *rows: object) -> tuple[str, bytes, str]:
    return name, "".join(json.dumps(row) + "\n" for row in rows).encode(), "application/json"


GOOD: Files = (_file("responses.jsonl", QUESTION), _file("comparisons.jsonl", PAIR, FAILED))


def _dropped(launch: Launch, files: Files) -> AppTest:
    app = launch("upload")
    app.file_uploader[0].set_value(list(files)).run()
    assert tracebacks(app) == []
    return app


def _press(app: AppTest, label: str) -> AppTest:
    (button,) = [button for button in app.button if button.label == label]
    button.click().run()
    assert tracebacks(app) == []
    return app


def _stored_runs() -> list[RunSummary]:
    engine = open_database()
    try:
        return list_runs(engine)
    finally:
        engine.dispose()


def test_before_files_it_says_what_will_appear(launch: Launch, empty: None) -> None:
    app = launch("upload")
    assert tracebacks(app) == []
    assert "before anything is stored" in said(app)
    assert len(app.button) == 0


def test_nothing_is_stored_until_the_button_and_the_button_says_what_it_stores(launch: Launch, empty: None) -> None:
    app = _dropped(launch, GOOD)
    wanted = "Stores 1 question, 2 responses, 2 pair judgments of 1 judge; 1 failed judgment in the ledger."
    assert wanted in said(app)
    assert app.dataframe[0].value["part"].tolist() == ["responses", "comparisons"]
    assert app.dataframe[0].value["rows"].tolist() == [1, 2]
    assert _stored_runs() == []

    _press(app, "Store set")
    (run,) = _stored_runs()
    assert (run.judge, run.pair_judgments, run.failed) == ("ada", 2, 1)
    assert "is stored" in said(app).replace("\\", "")
    assert doors(app)["Open the audit of ada"].endswith(f"run={run.run_id}")


def test_the_files_leave_the_widget_once_they_are_stored(launch: Launch, empty: None) -> None:
    app = _press(_dropped(launch, GOOD), "Store set")
    assert not app.file_uploader[0].value
    assert "checked" not in app.session_state


def test_the_same_content_again_is_recognised(launch: Launch, empty: None) -> None:
    _press(_dropped(launch, GOOD), "Store set")
    again = _press(_dropped(launch, GOOD), "Store set")
    assert "is here already; nothing was added" in said(again).replace("\\", "")
    assert len(_stored_runs()) == 1


def test_the_name_can_be_chosen(launch: Launch, empty: None) -> None:
    app = _dropped(launch, GOOD)
    app.text_input[0].set_value("=my *set*").run()
    _press(app, "Store set")
    assert _stored_runs()[0].set_name == "=my *set*"
    assert "\\*set\\*" in app.success[0].value


def test_a_set_without_a_name_cannot_be_stored(launch: Launch, empty: None) -> None:
    app = _dropped(launch, GOOD)
    app.text_input[0].set_value("  ").run()
    (button,) = [button for button in app.button if button.label == "Store set"]
    assert button.disabled


def test_every_problem_is_shown_with_its_line_and_nothing_can_be_stored(launch: Launch, empty: None) -> None:
    bad = _file("comparisons.jsonl", PAIR, {**PAIR, "verdict": "maybe"}, {**PAIR, "second": "zz"})
    app = _dropped(launch, [GOOD[0], bad])
    assert "Nothing was stored" in app.error[0].value
    lines = next(d.value for d in app.dataframe if "found" in d.value)
    assert lines["line"].tolist() == [2, 3]
    assert set(lines["file"]) == {"comparisons.jsonl"}
    assert lines[["allowed", "what to do"]].notna().all(axis=None)
    assert [button.label for button in app.button] == ["Leave out 0 rows and read again"]
    assert app.button[0].disabled
    assert _stored_runs() == []


def test_problems_of_one_kind_are_counted_together(launch: Launch, empty: None) -> None:
    rows = [{**PAIR, "verdict": "maybe"} for _ in range(150)]
    app = _dropped(launch, [GOOD[0], _file("comparisons.jsonl", *rows)])
    assert app.error[0].value == "150 problems, the first 100 are below. Nothing was stored."
    kinds = next(d.value for d in app.dataframe if "problems" in d.value)
    assert kinds["problems"].tolist() == [150]
    assert kinds["first line"].tolist() == [1]


def test_columns_with_other_names_can_be_named(launch: Launch, empty: None) -> None:
    table = b"id,prompt,answer,model\n1,Why?,=1+1,m1\n1,Why?,two,m2\n"
    app = _dropped(launch, [("answers.csv", table, "text/csv")])
    assert not app.error, "what a person still has to say is no fault of the file"
    assert app.info[0].value == r"Nothing was stored yet. Say above what answers\.csv holds."
    for ours, theirs in (("question_id", "id"), ("question", "prompt"), ("response", "answer"), ("system", "model")):
        assert app.selectbox(key=f"column_answers.csv_responses_{ours}").value == theirs  # the guess to start from
    _press(app, "Read with these columns")
    assert not app.error
    assert "Stores 1 question, 2 responses." in said(app)
    _press(app, "Store set")
    assert "holds no judgments yet" in said(app)


def test_judge_and_scale_of_published_files_are_asked_for(launch: Launch, empty: None) -> None:
    answers = {"question_id": 1, "question": "?", "category": "c", "answers": [{"score": 2, "text": ["x", "y"]}]}
    said_3 = {
        "output_probs": [{"[": 0.9}, {"3": 0.8}, {"]": 0.9}],
        "cumulative_logprob": -1.0,
        "original_output_logprobs": [{}],
        "output_text": "[3]",
    }
    judgements = [{"candidate_global_index": n, "judgement": said_3} for n in (0, 1)]
    scores = {"question_id": 1, "question": "?", "candidate_answers": [], "judgements": judgements}
    files = [
        (n, json.dumps([rows]).encode(), "application/json") for n, rows in (("a.json", answers), ("s.json", scores))
    ]
    app = _dropped(launch, files)
    app.text_input(key="judge_name").set_value("llama").run()
    app.selectbox(key="scale").set_value("1 to 100").run()
    _press(app, "Store set")
    (run,) = _stored_runs()
    assert run.judge == "llama"
    engine = open_database()
    assert load_run(engine, run.run_id).scores.sheets[0][1] == (1.0, 100.0)
    engine.dispose()


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01\x02", b"PK\x03\x04 broken", b"PAR1", b"{", b"[" * 100_000, b"hello\nworld\n", b"\xff\xfe"]
)
def test_a_file_of_any_kind_of_junk_is_a_problem_not_a_traceback(launch: Launch, empty: None, data: bytes) -> None:
    app = _dropped(launch, [("junk.jsonl", data, "application/octet-stream")])
    assert "Nothing was stored" in app.error[0].value


def test_hostile_names_and_texts_are_shown_as_text(launch: Launch, empty: None) -> None:
    app = _dropped(launch, [_file(f"{HOSTILE}.jsonl", QUESTION)])
    markdowns = [m.value for m in app.markdown] + [e.label for e in app.expander]
    assert not any("<script>" in text or "[a](" in text for text in markdowns)


def test_the_sample_itself_can_be_uploaded(launch: Launch, empty: None) -> None:
    files = [(path.name, path.read_bytes(), "application/json") for path in sorted(SAMPLE.glob("*.jsonl"))]
    app = _press(_dropped(launch, files), "Store set")
    assert [page.split("?")[0] for page in doors(app).values()] == ["overview", "judge"]
    assert not _stored_runs()[0].is_sample


TABLE = ("mine.csv", b"nr;frage;antwort;wer\n1;Warum?;weil;m1\n1;Warum?;darum;m2\n", "text/csv")
NAMED = {"question_id": "nr", "question": "frage", "response": "antwort", "system": "wer"}


def _named(app: AppTest) -> AppTest:
    app.selectbox(key="holds_mine.csv").set_value("responses").run()
    for ours, theirs in NAMED.items():
        app.selectbox(key=f"column_mine.csv_responses_{ours}").set_value(theirs)
    return app.run()


def test_a_mapping_is_previewed_kept_and_offered_again(launch: Launch, empty: None) -> None:
    app = _named(_dropped(launch, [TABLE]))
    assert tracebacks(app) == []
    assert "detected: ;" in next(box.label for box in app.text_input if box.key == "delimiter_mine.csv")
    preview = next(d.value for d in app.dataframe if "response" in d.value)
    assert preview["response"].tolist() == ["weil", "darum"]
    app.text_input(key="keep_name_mine.csv").set_value("ours").run()
    app.button(key="keep_mine.csv").click().run()
    assert "Kept as" in app.success[0].value
    again = _dropped(launch, [TABLE])
    again.selectbox(key="kept_mine.csv").set_value("ours").run()
    assert tracebacks(again) == []
    assert again.selectbox(key="column_mine.csv:ours_responses_question").value == "frage"


def test_rows_with_problems_are_left_out_by_choice_and_that_is_kept_with_the_set(launch: Launch, empty: None) -> None:
    app = _dropped(launch, [GOOD[0], _file("comparisons.jsonl", PAIR, {**PAIR, "verdict": "maybe"})])
    checked = app.session_state["checked"]
    app.session_state["leave_out"] = [kind.key for kind in checked.kinds]
    app.run()
    assert tracebacks(app) == []
    assert not app.error
    assert "1 row left out" in said(app)
    _press(app, "Store set")
    engine = open_database(os.environ["DATABASE_URL"])
    (one,) = read_left_out(engine, 1)
    engine.dispose()
    assert (one.file, one.rows, one.field) == ("comparisons.jsonl", 1, "verdict")


def test_what_was_left_out_can_be_taken_back(launch: Launch, empty: None) -> None:
    app = _dropped(launch, [GOOD[0], _file("comparisons.jsonl", PAIR, {**PAIR, "verdict": "maybe"})])
    app.session_state["leave_out"] = [kind.key for kind in app.session_state["checked"].kinds]
    app.run()
    _press(app, "Leave out nothing")
    assert app.error[0].value.startswith("1 problem")


def test_a_file_taken_for_the_wrong_kind_can_be_corrected(launch: Launch, empty: None) -> None:
    app = _dropped(launch, [GOOD[0]])
    box = app.selectbox(key="format_responses.jsonl:native bundle: responses")
    other = next(option for option in box.options if option != box.value and "flat" in option.lower())
    box.set_value(other).run()
    assert tracebacks(app) == []
    assert app.session_state["formats"] == {"responses.jsonl": other}


def test_a_correction_is_about_one_file_and_not_about_the_next_of_its_name(launch: Launch, empty: None) -> None:
    score = {"question_id": "q", "response_id": "a", "judge": "ada", "scale": [1, 5], "samples": [3]}
    app = _dropped(launch, [GOOD[0], _file("judged.jsonl", PAIR)])
    app.selectbox(key="format_judged.jsonl:native bundle: comparisons").set_value("native bundle: scores").run()
    assert app.error
    app.file_uploader[0].set_value([GOOD[0], _file("judged.jsonl", score)]).run()
    assert tracebacks(app) == []
    assert "1 score judgment of 1 judge" in said(app)
    app.file_uploader[0].set_value([GOOD[0], _file("judged.jsonl", PAIR)]).run()
    assert "1 pair judgment of 1 judge" in said(app)
