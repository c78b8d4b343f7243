"""What names a judge behind a server, and which servers may be asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trustjudge_core.errors import JudgeRefusal, UsageError
from trustjudge_core.judge.endpoint_spec import (
    ALLOWED_VARIABLE,
    EndpointSpec,
    check_allowed,
    check_key_variable,
    normal_url,
    parse_endpoint_spec,
)


@pytest.mark.parametrize(
    ("spec", "url", "model"),
    [
        ("endpoint:http://127.0.0.1:8000/v1#llama3:8b", "http://127.0.0.1:8000/v1", "llama3:8b"),
        ("endpoint:https://API.Example.org/v1/#org/model-7B", "https://api.example.org/v1", "org/model-7B"),
        ("endpoint:HTTP://host:80#m#2", "http://host", "m#2"),
        ("endpoint:https://host:443/a_b/v1.1#m", "https://host/a_b/v1.1", "m"),
        ("endpoint:http://[::1]:8000/v1#m", "http://[::1]:8000/v1", "m"),
    ],
)
def test_a_spec_is_a_url_and_a_model(spec: str, url: str, model: str) -> None:
    parsed = parse_endpoint_spec(spec)
    assert parsed == EndpointSpec(url, model)
    assert parse_endpoint_spec(str(parsed)) == parsed


@pytest.mark.parametrize(
    "spec",
    [
        "local:model",
        "endpoint:http://host/v1",
        "endpoint:http://host/v1#",
        "endpoint:http://host/v1# ",
        "endpoint:http://host/v1#a\nb",
        "endpoint:ftp://host#m",
        "endpoint:file:///etc/passwd#m",
        "endpoint:host:8000#m",
        "endpoint:http://#m",
        "endpoint:http://host:0#m",
        "endpoint:http://host:99999#m",
        "endpoint:http://host/v1/../admin#m",
        "endpoint:http://host//v1#m",
        "endpoint:http://host/%2e%2e/v1#m",
        "endpoint:http://allowed.org\\other.org/v1#m",
        "endpoint:http://ho st/v1#m",
        "endpoint:http://host/v1\t#m",
        "endpoint:http://bücher.example/v1#m",
    ],
)
def test_what_is_no_plain_url_with_a_model_is_refused(spec: str) -> None:
    with pytest.raises(UsageError, match=r"allowed|write it"):
        parse_endpoint_spec(spec)


@pytest.mark.parametrize("url", ["http://me:secret123@host/v1", "http://host/v1?api_key=secret123"])
@pytest.mark.parametrize("read", [normal_url, lambda url: parse_endpoint_spec(f"endpoint:{url}#m")])
@pytest.mark.parametrize("end", ["", "#"])
def test_a_url_with_a_secret_is_refused_without_repeating_it(url: str, read: Callable[[str], object], end: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(url + end)
    assert "secret123" not in str(caught.value)
    assert "environment variable" in str(caught.value)


@pytest.mark.parametrize("name", ["sk-abc123DEF", "openai_key", "", "KEY NAME", "1KEY", "K" * 65])
def test_a_key_instead_of_its_variable_is_refused_without_repeating_it(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_key_variable(name)
    assert not name or name not in str(caught.value)


def test_a_variable_in_capitals_is_accepted() -> None:
    check_key_variable("OPENAI_API_KEY")


ALLOWED = {ALLOWED_VARIABLE: "https://api.example.org/v1, http://127.0.0.1:8000"}


@pytest.mark.parametrize(
    "url", ["https://api.example.org/v1", "https://API.example.org:443/v1/", "http://127.0.0.1:8000/v1"]
)
def test_listed_servers_and_what_lies_below_may_be_asked(url: str) -> None:
    check_allowed(url, environment=ALLOWED)
    check_allowed(url, environment=ALLOWED, shared=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.org/v1",  # not the same scheme
        "https://api.example.org/v2",
        "https://api.example.org/v1beta",  # begins like it, lies beside it
        "https://api.example.org.evil.example/v1",
        "https://api.example.org:8443/v1",
        "http://127.0.0.1:8001/v1",
        "http://169.254.169.254/latest",
    ],
)
def test_other_servers_are_refused_with_what_is_allowed(url: str) -> None:
    with pytest.raises(JudgeRefusal, match=r"allowed: https://api\.example\.org/v1, http://127\.0\.0\.1:8000"):
        check_allowed(url, environment=ALLOWED)


def test_without_a_list_a_private_app_asks_anything_and_a_shared_one_nothing() -> None:
    check_allowed("http://127.0.0.1:8000/v1", environment={})
    with pytest.raises(JudgeRefusal, match="allowed: none"):
        check_allowed("http://127.0.0.1:8000/v1", environment={}, shared=True)
    with pytest.raises(JudgeRefusal, match="allowed: none"):
        check_allowed("http://127.0.0.1:8000/v1", environment={ALLOWED_VARIABLE: ""})
