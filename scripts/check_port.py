"""Exit with 2 and what to do when nothing can be served on a port of this machine."""

from __future__ import annotations

import socket
import sys


def problem_with(port: str) -> str | None:
    """Why the app cannot be served on ``port`` of 127.0.0.1, or None when it can."""
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        return f"PORT is {port!r}; allowed: a number from 1 to 65535; for example: make run PORT=8502"
    with socket.socket() as listener:
        # As servers do: a connection that is still closing does not make the port busy.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", int(port)))
        except PermissionError:
            return f"Port {port} is reserved for the system; choose one from 1024 on: make run PORT=8502"
        except OSError:
            return (
                f"Port {port} is in use: TrustJudge may be running already (open http://127.0.0.1:{port}), or it is "
                f"another program's. Stop that program, or choose another port: make run PORT={int(port) % 65535 + 1}"
            )
    return None


if __name__ == "__main__":
    problem = problem_with(sys.argv[1])
    if problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
