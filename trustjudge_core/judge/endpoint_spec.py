"""Names of judges behind a server, `endpoint:URL#MODEL`, and the list of servers that may be asked."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from trustjudge_core.errors import JudgeRefusal, UsageError

KIND: Final = "endpoint:"
ALLOWED_VARIABLE: Final = "TRUSTJUDGE_ENDPOINTS"
"""Environment variable with the URLs that may be asked, separated by commas or blanks."""

_EXAMPLE: Final = "for example endpoint:http://127.0.0.1:8000/v1#my-model"
# Narrower than a URL may be: what two parsers could read in two ways (backslashes, %2e, blanks) never gets past here.
_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?P<port>\d{1,5}))?(?P<path>/.*)?"
)
_PATH: Final = re.compile(r"[A-Za-z0-9._~/-]*")
_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_DEFAULT_PORT: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """A model behind a server. ``url`` is in one normal form, so that equal servers have equal specs."""

    url: str
    model: str

    def __str__(self) -> str:
        return f"{KIND}{self.url}#{self.model}"


def parse_endpoint_spec(spec: str) -> EndpointSpec:
    """The server and model of `endpoint:URL#MODEL`; raises UsageError when it is not one."""
    if not spec.startswith(KIND):
        raise UsageError(
            f"judge {spec.partition(':')[0][:40]!r} is not behind a server; allowed: endpoint:URL#MODEL; {_EXAMPLE}"
        )
    given, _, model = spec.removeprefix(KIND).partition("#")
    url = normal_url(given)
    if not model.strip():
        raise UsageError(f"the judge at {url} has no model named; allowed: endpoint:URL#MODEL; {_EXAMPLE}")
    if not model.isprintable():
        raise UsageError(f"model {model!r} holds characters that cannot be shown; write it as the server lists it")
    return EndpointSpec(url, model.strip())


def normal_url(url: str) -> str:
    """The URL with a lower-case host, without default port and final slash.

    Raises UsageError for anything but plain http(s)://host[:port][/path]: a user, password or query
    in a URL would be stored and shown with the run.
    """
    # Never repeats the URL: what stands before an @ or behind a ? may be a secret.
    if "@" in url or "?" in url:
        raise UsageError(
            "the judge's URL holds a user, a password or a query; allowed: http(s)://host[:port]/path; "
            "put the key into an environment variable and name that variable"
        )
    scheme, mark, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    found = _URL.fullmatch(f"{scheme.lower()}{mark}{place.lower()}{slash}{path}")
    path = path.rstrip("/")
    steps = path.split("/") if path else []
    if not found or not _PATH.fullmatch(path) or any(step in {"", ".", ".."} for step in steps):
        raise UsageError(f"the judge's URL {url!r} cannot be used; allowed: http(s)://host[:port]/path; {_EXAMPLE}")
    port = int(found["port"] or _DEFAULT_PORT[found["scheme"]])
    if not 0 < port < 65536:
        raise UsageError(f"port {port} of the judge's URL does not exist; allowed: 1 to 65535; correct the URL")
    shown_port = "" if port == _DEFAULT_PORT[found["scheme"]] else f":{port}"
    return f"{found['scheme']}://{found['host']}{shown_port}" + (f"/{path}" if path else "")


def check_key_variable(name: str) -> None:
    """Raises UsageError when this cannot be the name of the environment variable that holds a key.

    The message never repeats the name, and only capitals are allowed: people paste the key itself.
    """
    if not _VARIABLE.fullmatch(name):
        raise UsageError(
            "the key of a judge is named by its environment variable, in capitals, digits and underscores, "
            "for example OPENAI_API_KEY; set the variable where the worker starts and give its name, never the key"
        )


def check_allowed(url: str, *, shared: bool = False, environment: Mapping[str, str] = os.environ) -> None:
    """Raises JudgeRefusal when this server may not be asked.

    With TRUSTJUDGE_ENDPOINTS set, only those URLs and what lies below them; set and empty, none.
    Without it any URL, unless the app is ``shared`` with people on other machines: then none,
    because whoever types a URL would reach whatever this machine reaches.
    """
    listed = environment.get(ALLOWED_VARIABLE)
    if listed is None and not shared:
        return
    allowed = [normal_url(entry) for entry in re.split(r"[,\s]+", listed or "") if entry]
    asked = normal_url(url)
    if any(_lies_below(asked, entry) for entry in allowed):
        return
    known = ", ".join(allowed) or "none"
    raise JudgeRefusal(
        f"the server {asked} may not be asked from here; allowed: {known}; "
        f"whoever runs this app can add it to {ALLOWED_VARIABLE}"
    )


def _lies_below(url: str, entry: str) -> bool:
    asked, allowed = urlsplit(url), urlsplit(entry)
    same_server = (asked.scheme, asked.netloc) == (allowed.scheme, allowed.netloc)
    return same_server and f"{asked.path}/".startswith(f"{allowed.path}/")
