"""The server that stands in for hosted judges can be started by hand, as docs/endpoints.md says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from trustjudge_core.judge.endpoint import open_endpoint
from trustjudge_core.judge.endpoint_spec import parse_endpoint_spec


def test_it_prints_the_judge_it_serves(repository: Path) -> None:
    command = [sys.executable, "-m", "tests.core.judge.openai_server", "--port", "0", "--no-logprobs"]
    with subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        served = parse_endpoint_spec(process.stdout.readline().strip())
        judge = open_endpoint(served.url, served.model)
        judge.close()
        process.kill()
    assert judge.capabilities.model == "table"
    assert not judge.capabilities.logprobs
