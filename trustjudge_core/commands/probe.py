"""`probe`: what the server of a judge can do."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from trustjudge_core.commands.parser import DONE

if TYPE_CHECKING:
    from trustjudge_core.commands.parser import Commands


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("probe", help="find out what the server of a judge can do")
    parser.add_argument("spec", metavar="endpoint:URL#MODEL", help="the server and its model")
    parser.add_argument("--key-variable", metavar="NAME", help="the environment variable that holds the server's key")
    parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask the server a handful of tiny questions and say what it accepted."""
    from trustjudge_core.services.probe_endpoint import probe_endpoint

    found = probe_endpoint(args.spec, args.key_variable)
    print(json.dumps(asdict(found)) if args.json else "\n".join(found.words()))
    return DONE
