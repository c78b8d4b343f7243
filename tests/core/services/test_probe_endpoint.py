"""What a server can do, asked from the web process and from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.judge.openai_server import DIGITS, Manners, serving
from tests.core.judge.served_models import TableModel
from trustjudge_core.__main__ import main
from trustjudge_core.errors import JudgeRefusal, UsageError
from trustjudge_core.services.probe_endpoint import probe_endpoint, probe_endpoint_apart

MODEL = TableModel((*DIGITS, "[", "]"), tuple("12345"))


@pytest.fixture(autouse=True)
def _in_the_checkout(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    monkeypatch.chdir(repository)


def test_asking_apart_finds_the_same_and_leaves_the_client_out_of_the_web_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JUDGE_KEY", "secret-of-this-test")
    with serving(MODEL, Manners(key="secret-of-this-test", system_role=False)) as server:
        script = (
            "import sys\n"
            "from trustjudge_core.errors import TrustJudgeError\n"
            "from trustjudge_core.services.probe_endpoint import probe_endpoint_apart\n"
            f"print(probe_endpoint_apart('endpoint:{server.url}#table', 'JUDGE_KEY'))\n"
            "try:\n"
            f"    probe_endpoint_apart('endpoint:{server.url}#other', 'JUDGE_KEY')\n"
            "except TrustJudgeError as error:\n"
            "    print(error)\n"
            "print([name for name in ('openai', 'httpx2', 'torch', 'transformers') if name in sys.modules])\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        found, wrong, loaded = done.stdout.splitlines()
        assert found == repr(probe_endpoint(f"endpoint:{server.url}#table", "JUDGE_KEY"))
    assert wrong.endswith("it lists table; name one of these")
    assert loaded == "[]"


def test_a_key_instead_of_its_variable_is_refused() -> None:
    with pytest.raises(UsageError, match="never the key"):
        probe_endpoint_apart("endpoint:http://127.0.0.1:9/v1#table", "sk-123")


def test_an_app_that_serves_others_asks_no_server_that_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRUSTJUDGE_ENDPOINTS", raising=False)
    with serving(MODEL) as server:
        with pytest.raises(JudgeRefusal, match="may not be asked"):
            probe_endpoint_apart(f"endpoint:{server.url}#table", shared=True)
        assert server.seen == []


def test_the_command_line_says_it_in_sentences_or_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(MODEL) as server:
        spec = f"endpoint:{server.url}#table"
        assert main(["probe", spec]) == 0
        assert "The server lists the model table." in capsys.readouterr().out
        assert main(["probe", spec, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["top_logprobs"] == 20
        assert main(["probe", f"endpoint:{server.url}#other"]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert main(["probe", "endpoint:nowhere"]) == 2
