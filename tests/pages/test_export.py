from __future__ import annotations

import io
from collections.abc import Callable
from typing import get_args

import pytest
from streamlit.testing.v1 import AppTest

from pages import _kept_uploads
from tests.core.small_runs import both_orders
from tests.pages.launched import bundle, said, tracebacks
from trustjudge_core.formats import KeptBytes
from trustjudge_core.records import Bundle, ScoreJudgment
from trustjudge_core.services.export_run import Table


@pytest.mark.parametrize("table", get_args(Table))
def test_every_table_of_the_sample_shows_its_first_rows(
    launch: Callable[..., AppTest], sample: None, table: str
) -> None:
    app = launch("export", run="1")
    app.selectbox(key="what").set_value(table).run()
    assert tracebacks(app) == []
    assert 1 <= len(app.dataframe[0].value) <= 10
    assert [d.proto.label for d in app.get("download_button")] == [
        "Download as CSV", "Download the report", "Download the audit", "Download the bundle",
        "Download the audit pack", "Download the training pairs", "Download the cases",
    ]  # fmt: skip


def test_a_table_without_rows_offers_no_file(launch: Callable[..., AppTest], store: Callable[[Bundle], None]) -> None:
    store(bundle(scores=[ScoreJudgment("q", "a", "j", (1.0, 5.0), emitted=3.0)]))
    app = launch("export")
    app.selectbox(key="what").set_value("preferences").run()
    assert tracebacks(app) == []
    assert "there are none in this view" in said(app)
    assert "Download as CSV" not in [d.proto.label for d in app.get("download_button")]


def test_a_set_of_one_pair_is_exported(launch: Callable[..., AppTest], store: Callable[[Bundle], None]) -> None:
    store(bundle("ab", pairs=both_orders("a", "b", "first")))
    app = launch("export")
    assert tracebacks(app) == []
    assert len(app.dataframe[0].value) > 0


def test_the_corrected_ranking_is_exported_when_asked_for(launch: Callable[..., AppTest], sample: None) -> None:
    app = launch("export", run="1")
    raw = app.dataframe[0].value
    assert "corrected_pairs" not in raw.columns
    app.toggle(key="corrected").set_value(True).run()
    assert tracebacks(app) == []
    corrected = app.dataframe[0].value
    # The two annotators of the sample decided 32 pairs; every one of them was compared.
    assert set(corrected["corrected_pairs"]) == {32}
    assert not raw["strength"].equals(corrected["strength"])


def test_what_people_decided_elsewhere_is_taken_over_once(
    launch: Callable[..., AppTest], store: Callable[[Bundle], None]
) -> None:
    store(bundle("ab", pairs=both_orders("a", "b", "first")))
    table = b"question_id,first,second,annotator,verdict\r\nq,a,b,<b>ann</b>,second\r\n"
    app = launch("export")
    for said_then in ("1 new verdict, 0 revised, 0 known before.", "0 new verdicts, 0 revised, 1 known before."):
        app.file_uploader[0].set_value(("verdicts.csv", table, "text/csv")).run()
        next(button for button in app.button if button.label == "Take over the verdicts").click().run()
        assert tracebacks(app) == []
        assert said_then in said(app)
    assert "(1 verdict)" in app.toggle(key="corrected").label


# Streamlit is handed a ticket in place of a large file, and what the page is given holds the ticket alone.
def test_verdicts_in_a_large_file_are_taken_from_where_it_lies(
    launch: Callable[..., AppTest], store: Callable[[Bundle], None]
) -> None:
    store(bundle("ab", pairs=both_orders("a", "b", "first")))
    table = b"question_id,first,second,annotator,verdict\r\nq,a,b,ann,second\r\n"
    _kept_uploads._waiting[b"a ticket"] = KeptBytes(io.BytesIO(table))
    app = launch("export")
    app.file_uploader[0].set_value(("verdicts.csv", b"a ticket", "text/csv")).run()
    assert b"a ticket" not in _kept_uploads._waiting, "nobody would keep it until the button is pressed"
    next(button for button in app.button if button.label == "Take over the verdicts").click().run()
    assert tracebacks(app) == []
    assert "1 new verdict, 0 revised, 0 known before." in said(app)


def test_verdicts_about_another_set_are_refused_and_nothing_is_stored(
    launch: Callable[..., AppTest], store: Callable[[Bundle], None]
) -> None:
    store(bundle("ab", pairs=both_orders("a", "b", "first")))
    table = b"question_id,first,second,annotator,verdict\r\nq,a,z,ann,second\r\n"
    app = launch("export")
    app.file_uploader[0].set_value(("verdicts.csv", table, "text/csv")).run()
    next(button for button in app.button if button.label == "Take over the verdicts").click().run()
    assert tracebacks(app) == []
    assert app.error[0].value.startswith("Nothing was stored: ")
    assert not app.toggle or all(toggle.key != "corrected" for toggle in app.toggle)
