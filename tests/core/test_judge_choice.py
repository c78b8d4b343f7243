"""Which judge was chosen: told from its name, the same for the same judge, never with a key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trustjudge_core.errors import UsageError
from trustjudge_core.judge_choice import JudgeChoice


@pytest.mark.parametrize(
    ("spec", "kind", "name", "template"),
    [
        ("bundled", "bundled", "bundled", "bundled"),
        ("local:Qwen/Qwen3-8B", "local", "Qwen3-8B", "general"),
        ("endpoint:http://127.0.0.1:8000/v1#meta/llama", "endpoint", "meta/llama", "general"),
    ],
)
def test_kind_name_and_template_follow_from_the_spec(spec: str, kind: str, name: str, template: str) -> None:
    choice = JudgeChoice(spec)
    assert (choice.kind, choice.name, choice.template) == (kind, name, template)


def test_a_folder_is_known_by_its_full_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert JudgeChoice("local:models/mine") == JudgeChoice(f"local:{tmp_path}/models/../models/mine/")
    assert JudgeChoice("local:models/mine").name == "mine"


def test_equal_servers_are_equal_choices() -> None:
    assert JudgeChoice("endpoint:HTTP://Host:80/v1/#m") == JudgeChoice("endpoint:http://host/v1#m")


def test_it_comes_back_from_json_and_json_holds_the_name_of_the_key_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_KEY", "sk-very-secret")
    choice = JudgeChoice("endpoint:http://host/v1#m", key_variable="JUDGE_KEY", concurrency=2)
    held = json.dumps(choice.to_json())
    assert JudgeChoice.from_json(json.loads(held)) == choice
    assert '"kind": "endpoint"' in held
    assert "secret" not in held


@pytest.mark.parametrize(
    "spec", ["", "gpt-4", "local:", "local: ", "bundled:x", "bundled:", "endpoint:http://host/v1", "endpoint:#m"]
)
def test_what_names_no_judge_is_refused(spec: str) -> None:
    with pytest.raises(UsageError, match="allowed: "):
        JudgeChoice(spec)


@pytest.mark.parametrize("variable", ["sk-abcdef", "openai_key", "A B", ""])
def test_what_cannot_be_the_name_of_a_variable_is_refused_and_not_repeated(variable: str) -> None:
    with pytest.raises(UsageError, match="never the key") as caught:
        JudgeChoice("endpoint:http://host/v1#m", key_variable=variable)
    assert not variable or variable not in str(caught.value)
