"""`make fuzz`: seeds, a dictionary and limits for the fuzzer, and what it did in a few lines.

    python -m tests.fuzz --seconds 180 --folder .fuzz

The folder keeps the inputs that reach new code, so that the next run goes on from there, and those that crashed.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.fuzz.mutations import KEYS, ODD
from tests.fuzz.seeds import LONGEST, write_seeds

SECONDS_AN_INPUT: Final = 10
MEMORY: Final = 1024
"""MiB of the whole process."""

NOT_HERE: Final = 3
"""Exit status where atheris is not installed: it has wheels for Linux and Python 3.11 to 3.13."""

SMALL_PARENT: Final = ("sh", "-c", '"$@"; exit $?', "sh")
"""A shell between the fuzzer and who started it: Linux counts what the starting process held as the started one's."""

_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class Fuzzed:
    """What a run did: inputs tried, edges and features of the code reached, inputs kept, and the one that crashed."""

    inputs: int
    edges: int
    features: int
    kept: int
    peak: int
    crash: Path | None
    log: str


def fuzz(folder: Path, seconds: int, seed: int = 0, inputs: int = -1) -> Fuzzed:
    """Run the fuzzer for so long, or so many inputs. ``seed`` 0 draws one."""
    kept, crashes = folder / "inputs", folder / "crashes"
    for place in (kept, crashes):
        place.mkdir(parents=True, exist_ok=True)
    before = set(crashes.iterdir())
    write_seeds(folder / "seeds")
    words = [word for word in (*KEYS, *ODD) if isinstance(word, str) and 1 < len(word) < 30 and word.isascii()]
    (folder / "words.dict").write_text("".join(f"{_quoted(word)}\n" for word in words))
    done = subprocess.run(
        [
            *SMALL_PARENT, sys.executable, "-W", "ignore", "-m", "tests.fuzz.reading", str(kept), str(folder / "seeds"),
            f"-max_total_time={seconds}", f"-runs={inputs}", f"-seed={seed}", f"-max_len={LONGEST}",
            f"-timeout={SECONDS_AN_INPUT}", f"-rss_limit_mb={MEMORY}", f"-dict={folder / 'words.dict'}",
            "-entropic_scale_per_exec_time=1", f"-artifact_prefix={crashes}/", "-print_final_stats=1",
        ],
        cwd=_ROOT, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    log = done.stdout + done.stderr
    reached = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)/", log)
    edges, features, count = map(int, reached[-1]) if reached else (0, 0, 0)
    new = sorted(set(crashes.iterdir()) - before)
    crash = new[0] if new else folder / "log" if done.returncode else None
    (folder / "log").write_text(log)
    return Fuzzed(_stat(log, "number_of_executed_units"), edges, features, count, _stat(log, "peak_rss_mb"), crash, log)


def _quoted(word: str) -> str:
    return '"' + "".join(c if c.isalnum() else f"\\x{ord(c):02x}" for c in word) + '"'


def _stat(log: str, name: str) -> int:
    found = re.search(rf"stat::{name}:\s+(\d+)", log)
    return int(found[1]) if found else 0


def main() -> int:
    """Fuzz and say what was done; 1 when an input crashed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=180, help="how long (180)")
    parser.add_argument("--inputs", type=int, default=-1, help="stop after so many inputs")
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"), help="where inputs are kept (.fuzz)")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers; 0 draws one")
    args = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed here: it needs Linux and Python 3.11, 3.12 or 3.13", file=sys.stderr)
        return NOT_HERE
    found = fuzz(args.folder, args.seconds, args.seed, args.inputs)
    print(
        f"{found.inputs:,} inputs, {found.edges:,} edges, {found.features:,} features, {found.kept:,} inputs kept, "
        f"at most {found.peak:,} MiB"
    )
    if found.crash is None:
        return 0
    print(found.log[found.log.find(" === Uncaught") :][:4000] if " === Uncaught" in found.log else found.log[-4000:])
    print(f"crashed: {found.crash}; repeat it with python -m tests.fuzz.reading {found.crash}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
