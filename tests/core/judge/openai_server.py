"""A small OpenAI-compatible chat server on this machine, with faults it can be told to make.

Start it by hand with `python -m tests.core.judge.openai_server` and give the app the judge it prints.
"""

from __future__ import annotations

import argparse
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import numpy as np

from tests.core.judge.served_models import ServedModel, TableModel


@dataclass
class Fault:
    """Something that goes wrong with one chat request.

    ``kind`` is an HTTP status such as "429", or one of: slow, drop (in the middle of the body), hang up
    (before it), html, broken json, missing fields, no choices, no logprobs, nan, truncated, refused,
    redirect. ``retry_after`` is sent as it stands.
    """

    kind: str
    retry_after: str | None = None
    seconds: float = 30.0
    message: str | None = None


@dataclass
class Manners:
    """What the server accepts and gives when nothing goes wrong."""

    models: tuple[str, ...] = ("table",)
    lists_models: bool = True
    list_status: int = 404  # what it says instead of a list
    context: int | None = None
    key: str | None = None
    logprobs: Literal["given", "left out", "refused"] = "given"
    largest_top: int = 20
    written_first: bool = False  # vLLM: the written token stands in front, whatever its rank
    gives_bytes: bool = True
    reports_end: bool = False  # vLLM: the end token has a position of its own
    system_role: bool = True
    seed: bool = True
    length_field: Literal["max_tokens", "max_completion_tokens", "both"] = "both"
    slow_by: float = 0.0


@dataclass
class Seen:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


class OpenAIServer(ThreadingHTTPServer):
    """Serves one model. ``faults`` go wrong one after the other, then ``standing`` for ever."""

    daemon_threads = True

    def __init__(self, model: ServedModel, manners: Manners, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.model = model
        self.manners = manners
        self.faults: deque[Fault] = deque()
        self.standing: Fault | None = None
        self.seen: list[Seen] = []
        self.lines: list[socket.socket] = []
        self.at_once = self.busiest = 0
        self.closing = threading.Event()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def chats(self) -> list[Seen]:
        """The chat requests so far."""
        return [request for request in self.seen if request.path.endswith("/chat/completions")]

    def next_fault(self) -> Fault | None:
        with self.lock:
            return self.faults.popleft() if self.faults else self.standing

    def process_request(self, request: Any, client_address: Any) -> None:
        self.lines.append(request)
        super().process_request(request, client_address)

    def vanish(self) -> None:
        """Stop answering, and break every connection off, as a machine that is switched off does."""
        self.shutdown()
        self.server_close()
        for line in self.lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away in the middle is nothing to report."""


class _Handler(BaseHTTPRequestHandler):
    server: OpenAIServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet, or the client waits 40 ms for the second

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._note({})
        manners = self.server.manners
        if not self._has_key():
            return
        if self.server.standing and self.server.standing.kind == "503":
            self._send(503, {"error": {"message": "starting"}})
        elif self.path == "/v1/models" and manners.lists_models:
            extra = {} if manners.context is None else {"max_model_len": manners.context}
            self._send(200, {"object": "list", "data": [{"id": name, **extra} for name in manners.models]})
        else:
            self._refuse(manners.list_status, "nothing here")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._note(body)
        if not self._has_key():
            return
        with self._counted():
            fault = self.server.next_fault()
            if fault is None:
                self.server.closing.wait(self.server.manners.slow_by)
                self._chat(body, None)
            else:
                self._go_wrong(fault, body)

    def _note(self, body: dict[str, Any]) -> None:
        with self.server.lock:
            self.server.seen.append(Seen(self.path, {k.lower(): v for k, v in self.headers.items()}, body))

    def _has_key(self) -> bool:
        key, sent = self.server.manners.key, self.headers.get("Authorization")
        if key is not None and sent != f"Bearer {key}":
            self._refuse(401, f"Incorrect API key provided: {sent}")
            return False
        return True

    @contextmanager
    def _counted(self) -> Iterator[None]:
        server = self.server
        with server.lock:
            server.at_once += 1
            server.busiest = max(server.busiest, server.at_once)
        try:
            yield
        finally:
            with server.lock:
                server.at_once -= 1

    def _go_wrong(self, fault: Fault, body: dict[str, Any]) -> None:
        match fault.kind:
            case "slow":
                self.server.closing.wait(fault.seconds)
                self._chat(body, None)
            case "hang up":
                self.close_connection = True
            case "drop":
                self._head(200, "application/json", 5000)
                self.wfile.write(b'{"choices": [{"message": {"content": "[')
                self.close_connection = True
            case "html":
                self._raw(200, "text/html", b"<!DOCTYPE html><html><body>Please sign in</body></html>")
            case "broken json":
                self._raw(200, "application/json", b'{"choices": [{"message": ')
            case "missing fields":
                self._send(200, {"object": "chat.completion", "id": "x"})
            case "no choices":
                self._send(200, {"choices": []})
            case "redirect":
                self._send(307, {}, {"Location": "http://127.0.0.1:9/v1/chat/completions"})
            case status if status.isdigit():
                headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
                echoed = f"told to fail, asked with {self.headers.get('Authorization')}"
                self._send(int(status), {"error": {"message": fault.message or echoed, "code": fault.message}}, headers)
            case kind:
                self._chat(body, kind)

    def _chat(self, body: dict[str, Any], fault: str | None) -> None:
        manners = self.server.manners
        refusal = self._refusal(body)
        if refusal:
            self._refuse(*refusal)
            return
        model = self.server.model
        longest = body.get("max_tokens") or body.get("max_completion_tokens") or 512
        prompt = model.render(body["messages"])
        written, finish = write(model, prompt, longest, body.get("temperature", 1.0), body.get("seed"))
        if fault == "truncated":
            written, finish = written[:1], "length"
        shown = [token for token in written if token != model.end]
        choice: dict[str, Any] = {
            "index": 0,
            "finish_reason": finish,
            "message": {"role": "assistant", "content": b"".join(model.vocabulary[t] for t in shown).decode()},
            "logprobs": None,
        }
        if fault == "refused":
            choice["message"] = {"role": "assistant", "content": None, "refusal": "I would rather not."}
        if body.get("logprobs") and manners.logprobs == "given" and fault != "no logprobs":
            told = written if manners.reports_end else shown
            positions = [
                self._position(prompt, written[:i], t, body.get("top_logprobs", 0)) for i, t in enumerate(told)
            ]
            if fault == "nan":
                positions[-1]["logprob"] = float("nan")
            choice["logprobs"] = {"content": positions}
        usage = {"prompt_tokens": len(prompt) // 4, "completion_tokens": len(written)}
        self._send(200, {"object": "chat.completion", "model": body["model"], "choices": [choice], "usage": usage})

    def _refusal(self, body: dict[str, Any]) -> tuple[int, str] | None:
        manners = self.server.manners
        if body["model"] not in manners.models:
            return 404, f"The model `{body['model']}` does not exist."
        if any(message["role"] == "system" for message in body["messages"]) and not manners.system_role:
            return 400, "System role not supported"
        if body.get("seed") is not None and not manners.seed:
            return 422, "extra fields not permitted: seed"
        other = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
        unknown = other.get(manners.length_field)
        if unknown and unknown in body:
            return 400, f"Unsupported parameter: '{unknown}'. Use '{manners.length_field}' instead."
        if body.get("logprobs") and manners.logprobs == "refused":
            return 400, "This model does not support logprobs"
        if manners.logprobs == "given" and (body.get("top_logprobs") or 0) > manners.largest_top:
            return 400, f"top_logprobs may be {manners.largest_top} at most"
        return None

    def _position(self, prompt: str, before: Sequence[int], token: int, top: int) -> dict[str, Any]:
        logprobs = self.server.model.logprobs(prompt, before)
        ranked = [int(t) for t in np.argsort(-logprobs, kind="stable")]
        if self.server.manners.written_first:
            ranked = [token, *(t for t in ranked if t != token)]
        return self._token(token, logprobs) | {"top_logprobs": [self._token(t, logprobs) for t in ranked[:top]]}

    def _token(self, token: int, logprobs: Any) -> dict[str, Any]:
        text = self.server.model.vocabulary[token]
        raw = list(text) if self.server.manners.gives_bytes else None
        return {"token": text.decode("utf-8", "replace"), "bytes": raw, "logprob": float(logprobs[token])}

    def _refuse(self, status: int, message: str) -> None:
        self._send(status, {"error": {"message": message}})

    def _send(self, status: int, content: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._raw(status, "application/json", json.dumps(content).encode(), headers)

    def _raw(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self._head(status, kind, len(body), headers)
        self.wfile.write(body)

    def _head(self, status: int, kind: str, length: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(length), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()


def write(
    model: ServedModel, prompt: str, longest: int, temperature: float, seed: int | None
) -> tuple[list[int], Literal["stop", "length"]]:
    """What the model writes: the most likely tokens at temperature 0, else drawn."""
    rng = np.random.default_rng(seed)
    written: list[int] = []
    while len(written) < longest:
        logprobs = model.logprobs(prompt, written)
        if temperature == 0:
            token = int(np.argmax(logprobs))
        else:
            weights = np.exp((logprobs - logprobs.max()) / temperature)
            token = int(rng.choice(len(weights), p=weights / weights.sum()))
        written.append(token)
        if token == model.end:
            return written, "stop"
    return written, "length"


@contextmanager
def serving(model: ServedModel, manners: Manners | None = None) -> Iterator[OpenAIServer]:
    """A server on a free port of 127.0.0.1 until the block ends."""
    server = OpenAIServer(model, manners or Manners())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.vanish()
        thread.join()


DIGITS = tuple("0123456789")
WORDS = ("[", "]", " ", "The", " answer", " is", ".", "\n")


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="a model folder, such as that of the bundled judge; without it, a table")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--fault", help="goes wrong with every chat request: 429, 500, slow, drop, html, no logprobs")
    parser.add_argument("--key", help="refuse requests without this key")
    parser.add_argument("--no-logprobs", action="store_true", help="answer without log-probabilities")
    options = parser.parse_args()
    model: ServedModel
    if options.model:
        from tests.core.judge.served_llama import ServedCausalLM  # takes seconds, and the table needs none of it

        model, name = ServedCausalLM.from_folder(Path(options.model)), Path(options.model).name
    else:
        labels = [str(n) for n in range(1, 6)]
        model, name = TableModel((*DIGITS, "A", "B", "C", *WORDS), labels, pair_labels=("A", "B", "C")), "table"
    logprobs: Literal["given", "left out"] = "left out" if options.no_logprobs else "given"
    server = OpenAIServer(model, Manners(models=(name,), key=options.key, logprobs=logprobs), options.port)
    server.standing = Fault(options.fault) if options.fault else None
    print(f"endpoint:{server.url}#{name}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
