"""Escaping, shortening, contrast and the common look."""

from __future__ import annotations

import html

import plotly.graph_objects as go
import pytest

from trustjudge_core.figures.theme import apply, dark, faded, hatch, ink, key, light, nothing, plain


def test_markup_from_a_file_is_shown_and_not_read() -> None:
    assert plain("<img src=x onerror=alert(1)>") == "&lt;img src=x onerror=alert(1)&gt;"
    assert plain("a & b") == "a &amp; b"


def test_entities_of_a_file_are_not_decoded() -> None:
    assert plain("&lt;b&gt;") == "&amp;lt;b&amp;gt;"


def test_nothing_begins_mathematics_or_stands_for_a_colour() -> None:
    assert plain("$x^2$") == "&#36;x^2&#36;"
    assert plain("#000001") == "&#35;000001"


@pytest.mark.parametrize("name", ["constructor", "__proto__", "toString"])
def test_a_name_that_every_object_has_is_not_looked_up(name: str) -> None:
    assert plain(name) != name
    assert html.unescape(plain(name)) == name


def test_line_breaks_and_direction_marks_become_spaces() -> None:
    assert plain("one\ntwo\u202ethree\x00") == "one two three "


def test_long_names_keep_their_beginning_and_their_end() -> None:
    assert plain("vicuna/question-1/gpt-4", 9) == "vicu…pt-4"
    assert plain("exactly 9", 9) == "exactly 9"
    assert plain("0123456789", 4) == "01…9"


def test_shortening_never_cuts_an_entity() -> None:
    assert plain("<<<<<<<<<<", 5) == "&lt;&lt;…&lt;&lt;"


def test_figures_let_the_page_shine_through() -> None:
    layout = apply(go.Figure(), light(), 200).layout
    assert (layout.paper_bgcolor, layout.plot_bgcolor, layout.height) == ("rgba(0,0,0,0)", "rgba(0,0,0,0)", 200)
    assert layout.showlegend is False and layout.dragmode is False


def test_the_palette_is_okabe_ito() -> None:
    theme = light()
    assert (theme.chosen, theme.contradicts, theme.reversal, theme.people) == (
        "#0072B2", "#E69F00", "#D55E00", "#CC79A7",
    )  # fmt: skip


@pytest.mark.parametrize("theme", [light(), dark()], ids=["light", "dark"])
def test_text_is_readable_on_the_page(theme: object) -> None:
    # WCAG 2.2: contrast of at least 4.5:1, computed here with its own formula.
    def luminance(colour: str) -> float:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    page = luminance(theme.paper)  # type: ignore[attr-defined]
    for colour in (theme.text, theme.faint):  # type: ignore[attr-defined]
        light_one, dark_one = max(page, luminance(colour)), min(page, luminance(colour))
        assert (light_one + 0.05) / (dark_one + 0.05) >= 4.5


def test_ink_is_white_on_dark_and_black_on_light_colours() -> None:
    assert ink(light(), "#0072B2") == "#FFFFFF"
    assert ink(light(), "#E69F00") == "#14171A"
    # A faint blue over white is nearly white, over the dark page nearly black.
    assert ink(light(), "#0072B2", 0.1) == "#14171A"
    assert ink(dark(), "#56B4E9", 0.1) == "#FFFFFF"


def test_faded_spells_channels_and_opacity() -> None:
    assert faded("#0072B2", 0.5) == "rgba(0,114,178,0.500)"


def test_no_pattern_is_no_shape() -> None:
    assert hatch("")["shape"] == "" and hatch("/")["shape"] == "/"


def test_a_key_below_has_a_line_for_every_entry() -> None:
    figure = go.Figure()
    key(figure, light(), [("■", "#0072B2", "a"), ("▨", "#E69F00", "b")], bottom=True)
    assert figure.layout.title.text.split("<br>") == [
        '<span style="color:#0072B2">■</span> a',
        '<span style="color:#E69F00">▨</span> b',
    ]
    # plotly places the first line; one more line of 16 px has to fit under it.
    assert figure.layout.title.pad.b == 8 + 16


@pytest.mark.parametrize(("why", "said"), [("no pair", "Not enough data: no pair"), ("", "Not enough data")])
def test_nothing_to_draw_is_said_in_words(why: str, said: str) -> None:
    figure = nothing(light(), why)
    assert [a.text for a in figure.layout.annotations] == [said]
    assert not figure.data and figure.layout.xaxis.visible is False


def test_wide_letters_count_twice_because_they_take_the_room_of_two() -> None:
    assert plain("日本語の大規模言語モデル", 9) == "日本…デル"
    assert plain("日本語", 6) == "日本語"
