from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.launched import said, tracebacks, warned

AUDIT_PAGES = ("overview", "scores", "preferences", "inconsistencies", "habits", "methods", "ranking", "export")


def _address(app: AppTest) -> dict[str, str]:
    return {name: values[0] if isinstance(values, list) else values for name, values in app.query_params.items()}


@pytest.mark.parametrize("page", AUDIT_PAGES)
def test_without_runs_a_page_offers_the_first_step(launch: Callable[..., AppTest], empty: None, page: str) -> None:
    app = launch(page)
    assert tracebacks(app) == []
    assert "No judgments are stored yet" in said(app)
    assert "Load the sample" in [button.label for button in app.button]


@pytest.mark.parametrize("page", AUDIT_PAGES)
def test_a_link_reopens_the_same_view(launch: Callable[..., AppTest], sample: None, page: str) -> None:
    wanted = {"run": "1", "mode": "paper", "tolerance": "0.1", "by": "baseline"}
    app = launch(page, **wanted)
    assert tracebacks(app) == []
    assert warned(app) == ""
    assert wanted.items() <= _address(app).items()
    assert app.selectbox(key="bar_mode").value == "paper"
    assert app.number_input(key="bar_tolerance").value == 0.1
    assert app.selectbox(key="bar_by").value == "baseline"


@pytest.mark.parametrize("page", AUDIT_PAGES)
def test_every_page_opens_in_spite_of_a_wrong_address(launch: Callable[..., AppTest], sample: None, page: str) -> None:
    app = launch(page, run="1", mode="strict", tolerance="much", category="nowhere", by="coin")
    assert tracebacks(app) == []
    for wrong in ("'strict'", "'much'", "'nowhere'", "'coin'"):
        assert wrong in warned(app)


@pytest.mark.parametrize(
    ("name", "value", "said_as"),
    [
        ("run", "99", "Run '99' in the address does not exist; allowed: 1"),
        ("run", "<script>", "Run '<script>'"),
        ("mode", "strict", "Mode 'strict' in the address does not exist here; allowed: corrected, paper, reference"),
        ("tolerance", "much", "Tolerance 'much' in the address is not a number from 0"),
        ("tolerance", "-1", "Tolerance '-1'"),
        ("tolerance", "nan", "Tolerance 'nan'"),
        ("tolerance", "1e999", "Tolerance '1e999'"),
        ("category", "nowhere", "Category 'nowhere' in the address does not exist here; allowed: all categories"),
        ("by", "coin", "Preferences by 'coin' in the address does not exist here; allowed: "),
    ],
)
def test_a_value_that_does_not_exist_is_said_with_what_is_allowed(
    launch: Callable[..., AppTest], sample: None, name: str, value: str, said_as: str
) -> None:
    app = launch("export", **{name: value})
    assert tracebacks(app) == []
    assert said_as in warned(app)
    assert _address(app).get(name) != value


@pytest.mark.parametrize("page", ["preferences", "inconsistencies"])
def test_a_question_that_does_not_exist_is_said(launch: Callable[..., AppTest], sample: None, page: str) -> None:
    app = launch(page, question="no such question")
    assert tracebacks(app) == []
    assert "'no such question'" in warned(app)


def test_a_choice_is_written_to_the_address_and_the_default_is_not(
    launch: Callable[..., AppTest], sample: None
) -> None:
    app = launch("export")
    assert _address(app) == {"run": "1"}
    app.number_input(key="bar_tolerance").set_value(0.25).run()
    assert _address(app) == {"run": "1", "tolerance": "0.25"}
    app.number_input(key="bar_tolerance").set_value(0.0).run()
    assert _address(app) == {"run": "1"}


def test_choices_survive_a_switch_of_pages(launch: Callable[..., AppTest], sample: None) -> None:
    app = launch("overview")
    app.selectbox(key="bar_mode").set_value("reference").run()
    app.query_params.clear()
    app.switch_page("pages/export.py").run()
    assert app.selectbox(key="bar_mode").value == "reference"
    assert _address(app)["mode"] == "reference"


def test_a_category_limits_what_is_counted(launch: Callable[..., AppTest], sample: None) -> None:
    whole = launch("overview")
    names = whole.selectbox(key="bar_category").options
    part = launch("overview", category=names[1])
    assert tracebacks(part) == []
    assert warned(part) == ""
    assert [m.value for m in part.metric] != [m.value for m in whole.metric]


def test_a_value_with_markup_is_shown_as_text(launch: Callable[..., AppTest], sample: None) -> None:
    app = launch("export", mode="![x](http://127.0.0.1/x.png)")
    (warning,) = app.warning
    assert "\\!\\[x\\]" in warning.value  # escaped, so that no image is fetched


def test_a_warning_goes_once_something_else_is_chosen(launch: Callable[..., AppTest], sample: None) -> None:
    app = launch("export", mode="strict")
    assert warned(app) != ""
    app.number_input(key="bar_tolerance").set_value(0.25).run()
    assert warned(app) == ""
