"""Find out what the server of a judge can do, before a run is made with it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

from trustjudge_core.errors import JudgeUnavailable, TrustJudgeError
from trustjudge_core.judge.endpoint_capabilities import Capabilities
from trustjudge_core.judge.endpoint_spec import check_allowed, check_key_variable, parse_endpoint_spec

PATIENCE: Final = 90.0
"""Seconds after which a server that answers neither yes nor no is given up."""


def probe_endpoint(spec: str, key_variable: str | None = None) -> Capabilities:
    """What the judge `endpoint:URL#MODEL` can do, found out by this process.

    Raises UsageError, JudgeRefusal or JudgeUnavailable with what to do.
    """
    # Imported here: the client is a model library, which the web process never loads.
    from trustjudge_core.judge.endpoint import open_endpoint

    named = parse_endpoint_spec(spec)
    judge = open_endpoint(named.url, named.model, key_variable=key_variable)
    judge.close()
    return judge.capabilities


def probe_endpoint_apart(spec: str, key_variable: str | None = None, *, shared: bool = False) -> Capabilities:
    """The same, found out by a process of its own; for the web process.

    ``shared`` says that the app serves people on other machines, so that only listed URLs may be
    asked. Raises UsageError, JudgeRefusal, or TrustJudgeError with what that process said.
    """
    named = parse_endpoint_spec(spec)
    check_allowed(named.url, shared=shared)
    command = [sys.executable, "-m", "trustjudge_core", "probe", str(named), "--json"]
    if key_variable is not None:
        check_key_variable(key_variable)
        command += ["--key-variable", key_variable]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise JudgeUnavailable(
            f"the judge {named} has not shown what it can do within {PATIENCE:g} seconds; "
            "look at the server, then try again"
        ) from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise TrustJudgeError(said[-1] if said else f"the judge {named} could not be asked; try again")
    return Capabilities(**json.loads(done.stdout))
