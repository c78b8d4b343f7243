"""Templates are files that a person can copy and edit; a mistake in one is said in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustjudge_core.errors import UsageError
from trustjudge_core.judge.template import fill, load_template, read_template, templates

SHORT = """
id = "short"
version = 2
[score]
user = '''
Q:
{{question}}
A:
{{first}}
Score {{low}}-{{high}}: {{reply}}'''
suffix = "]"
verdict_first = { prefix = "[" }
[pair]
user = '''
Q:
{{question}}
A:
{{first}}
B:
{{second}}
Better: {{reply}}'''
suffix = "]"
labels = ["1", "2", "="]
verdict_first = { prefix = "[" }
"""


def test_a_short_template_without_system_part_is_enough() -> None:
    template = read_template(SHORT)
    assert template.name == "short.v2"
    assert template.system == ""
    assert template.pair.labels == ("1", "2", "=")
    assert template.fences == ("A:", "B:", "Better:", "Q:", "Score")


def test_templates_in_the_box_are_found_by_name_and_by_name_with_version() -> None:
    names = [template.name for template in templates()]
    assert "general.v1" in names
    assert load_template("general") == load_template("general.v1")
    assert all(load_template(name).name == name for name in names)


def test_a_copy_of_a_template_is_read_from_its_path(tmp_path: Path) -> None:
    copy = tmp_path / "mine.toml"
    copy.write_text(load_template("general").source.replace('id = "general"', 'id = "mine"'), encoding="utf-8")
    assert load_template(copy).name == "mine.v1"
    assert load_template(str(copy)).score == load_template("general").score


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Q:\n{{question}}", "{{question}}", "{{question}} stands without a fence"),
        ("A:\n{{first}}", "{{first}}", "{{question}} stands without a fence"),
        ("{{first}}", "", "score lacks {{first}}"),
        ("{{low}}", "{{lowest}}", "unknown placeholder {{lowest}}"),
        ("Better:", "Better in {{low}}:", "unknown placeholder {{low}}"),
        ("Better:", "{{#reference}}Better:", "opened and not closed"),
        ('["1", "2", "="]', '["1", "2", "2"]', "pair.labels"),
        ("version = 2", "version = 0", "version is 0"),
        ('id = "short"', 'id = "a/b"', "id is 'a/b'"),
        ('suffix = "]"', "", "score.suffix is missing"),
        ('verdict_first = { prefix = "[" }', "", "score asks for no reply"),
        ("B:\n", "<\\\\\n", "no backslash"),
        ("[pair]", "[pairs]", "there is no table [pair]"),
        ("[score]", "[score", "not TOML"),
        ("[score]", "deep = " + "[" * 10_000 + "\n[score]", "not TOML"),
    ],
)
def test_a_mistake_is_said_with_what_is_allowed(old: str, new: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_template(SHORT.replace(old, new))
    assert said in str(raised.value)
    assert "allowed: " in str(raised.value)


def test_an_unknown_name_lists_the_names_there_are() -> None:
    with pytest.raises(UsageError, match=r"general\.v1"):
        load_template("genral")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_template(tmp_path / "none.toml")


def test_sections_follow_their_value_and_values_are_never_filled_again() -> None:
    part = "{{#reference}}R: {{reference}}\n{{/reference}}A: {{first}}"
    assert fill(part, {"reference": "", "first": "{{reference}} {{#first}}"}) == "A: {{reference}} {{#first}}"
    assert fill(part, {"reference": "{{first}}", "first": "x"}) == "R: {{first}}\nA: x"
