"""Grades a response of the bundled judge's kind from the two texts alone, without the code that wrote them."""

from __future__ import annotations

import calendar
import itertools
import re

from trustjudge_core.judge.bundled.tasks import CHATTER, CLOSERS, OPENERS
from trustjudge_core.judge.bundled.words import KINDS, NOTE_PARTS, PAIRS

COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
ASKED_FORMS = {
    "separated by commas": "commas",
    "separated by semicolons": "semicolons",
    "one per line": "lines",
    "as a numbered list": "numbers",
    "as a list with dashes": "dashes",
    "in one paragraph": "paragraph",
}
FORMATS = {
    "times as hh:mm": r"\d\d:\d\d",
    "dates as year-month-day": r"20\d\d-\d\d-\d\d",
    "prices in dollars like $5.00": r"\$\d+\.\d\d",
    "percentages like 25%": r"\d+%",
    "words in capital letters": r"[A-Z]+",
    "words in double quotes": r'"[a-z]+"',
    "tags like #word": r"#[a-z]+",
    "ranges like 10-20": r"\d+-\d+",
}


def points(question: str, response: str) -> tuple[int, int]:
    """Points of a response and how many could be had: one for each part, one for the form."""
    form, parts = taken_apart(bare(response))
    (asked_form,) = {name for words, name in ASKED_FORMS.items() if words in question}
    right, most = _right(question, parts)
    # An enumeration in one line of full sentences and a paragraph are the same.
    return right + (form == asked_form), most + 1


def bare(response: str) -> str:
    """The response without what is said around it."""
    for opener in OPENERS:
        response = re.sub(rf"\A{opener}:\s", "", response)
    said_after = "|".join(re.escape(sentence) for sentence in (*CLOSERS, *CHATTER))
    return re.sub(rf"(?:\s(?:{said_after}))+\Z", "", response)


def taken_apart(body: str) -> tuple[str, list[str]]:
    """The form of a body and its parts."""
    lines = body.split("\n")
    if len(lines) > 1:
        if all(re.match(rf"{number}\. ", line) for number, line in enumerate(lines, 1)):
            return "numbers", [line.split(". ", 1)[1] for line in lines]
        if all(line.startswith("- ") for line in lines):
            return "dashes", [line[2:] for line in lines]
        return "lines", lines
    if ";" in body:
        return "semicolons", body.split("; ")
    if ", " in body:
        return "commas", body.split(", ")
    return "paragraph", re.findall(r"[^.?!]+[.?!]", body)


def _right(question: str, parts: list[str]) -> tuple[int, int]:
    parts = [part.strip() for part in parts]
    if "(" in question:
        return _facts(question, parts)
    if re.search(r"\d [-+x] \d", question):
        return _sums(question, parts)
    if re.search(r"from (large|small|first|last|A|Z) to", question):
        return _order(question, parts)
    if asked := re.findall(f"({'|'.join(COUNTS)}) ({'|'.join(map(re.escape, FORMATS))})", question):
        matching = [sum(bool(re.fullmatch(FORMATS[name], part)) for part in parts) for _, name in asked]
        return _capped(matching, [COUNTS[count] for count, _ in asked])
    if asked := re.findall(f"({'|'.join(COUNTS)}) ({'|'.join(KINDS)})", question):
        members = [len({part for part in parts if part in KINDS[kind]}) for _, kind in asked]
        return _capped(members, [COUNTS[count] for count, _ in asked])
    if asked_contents := [name for name in NOTE_PARTS if name in question]:
        return _note(asked_contents, parts), len(asked_contents)
    return _reading(question, parts)


def _capped(found: list[int], asked: list[int]) -> tuple[int, int]:
    return sum(min(have, want) for have, want in zip(found, asked, strict=True)), sum(asked)


def _facts(question: str, parts: list[str]) -> tuple[int, int]:
    asked = re.findall(r"((?:the|each) [^()]*?) \(([^)]*)\)", question)
    true = {f"{key}: {dict(PAIRS[relation])[key]}" for relation, keys in asked for key in keys.split(", ")}
    return len(true & set(parts)), len(true)


def _sums(question: str, parts: list[str]) -> tuple[int, int]:
    asked = re.findall(r"(\d+) ([-+x]) (\d+)", question)
    true = set()
    for a, sign, b in asked:
        value = {"+": int(a) + int(b), "-": int(a) - int(b), "x": int(a) * int(b)}[sign]
        true.add(f"{a} {sign} {b} = {value}")
    return len(true & set(parts)), len(asked)


def _order(question: str, parts: list[str]) -> tuple[int, int]:
    months = list(calendar.month_name)
    ranks = [months.index(part) if part in months else int(part) if part.isdigit() else part for part in parts]
    falling = re.search(r"from (large|last|Z) to", question) is not None
    steps = [(b < a) if falling else (a < b) for a, b in itertools.pairwise(ranks)]  # type: ignore[operator]
    return sum(steps), len(steps)


def _note(contents: list[str], parts: list[str]) -> int:
    found = set()
    for part in parts:
        for content in contents:
            patterns = [re.escape(sentence).replace(r"\{who\}", r"\w+") for sentence in NOTE_PARTS[content]]
            if any(re.fullmatch(pattern, part) for pattern in patterns):
                found.add(content)
    return len(found)


TRAITS = {
    r"is \d+ years old": r"\w+ (is \d+ years old)\.",
    r"lives in \w+": r"\w+ (lives in \w+)\.",
    r"keeps a \w+": r"\w+ (keeps a \w+)\.",
    r"enjoys \w+": r"\w+ (enjoys \w+)\.",
    r"works as a \w+": r"\w+ (works as a \w+)\.",
    r"was born in \w+": r"\w+ (was born in \w+)\.",
}


def _reading(question: str, parts: list[str]) -> tuple[int, int]:
    given = [match for pattern in TRAITS for match in re.findall(pattern, question)]
    said = [match[1] for part in parts for pattern in TRAITS.values() if (match := re.fullmatch(pattern, part))]
    return len(set(given) & set(said)), len(given)
