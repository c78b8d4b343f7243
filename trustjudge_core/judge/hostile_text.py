"""Takes from a text what could end its own delimiters or pretend to be another turn of the chat.

Responses are hostile input. Inside a judge prompt a response stands between two fences, lines that
the template chose; a response that holds such a line could close its own fence and go on as if it
were the instructions. A backslash after the first character of whatever looks like a fence or a
role marker breaks it: it stays readable, a person sees what was done, and no tokenizer reads it as
the marker.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

BREAK = "\\"
"""What is put after the first character of a fence or marker found in a text."""

# Turns and specials of the chat formats in use. The engine adds the special tokens of the tokenizer
# it has; these stand for those who render without one (an endpoint, a preview).
_MARKERS = re.compile(
    r"<[|｜][^|｜<>\n]{1,64}[|｜]>"  # <|im_start|>, <|eot_id|>, <｜User｜>
    r"|<(?:start|end)_of_(?:turn|text|image)>"
    r"|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]"
    r"|<</?SYS>>"
    r"|</?s>|<(?:bos|eos|pad|unk|mask|endoftext)>"
    r"|\[[|｜][^|｜\[\]\n]{1,64}[|｜]\]"  # [|assistant|]
    r"|<[|｜]\w{1,32}>|<\w{1,32}[|｜]>"  # <|turn>, <turn|>
    r"|<(?:unused|extra_id_|reserved_)\d{1,5}>|<(?:eo[ahmstu]|[sg]op)>|\[[gs]?MASK\]"
    r"|\]~[!b][\[\]]|\[e~\[",
    re.IGNORECASE,
)

_ASCII_UNSEEN = re.compile(r"[\x00-\x20\x7f]+")

# Letters of other shapes that a reader, and a model, takes for these.
_LOOKALIKES = str.maketrans("‹〈⟨˂«›〉⟩˃»∕⁄⧸［］【】｛｝＿‐‑‒–—−＝♯⌗", "<<<<<>>>>>///[][]{}_------=##") | str.maketrans(
    # Cyrillic, then Greek, then Latin of other languages; capitals are small letters only after this.
    "аеорсухіјѕԁһԛԝвкмнтАВЕКМНОРСТУХІЈЅ" + "αεορτυνικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "ıɑɡ",
    "aeopcyxijsdhqwbkmhtabekmhopctyxijs" + "aeoptuvikabezhikmnoptyx" + "iag",
)


def _skeleton(text: str) -> tuple[str, list[int]]:
    """What is left of a text for the eye, and where each character of that stood in the text.

    Case, width, accents, spaces and invisible characters go; look-alikes become what they look like.
    """
    kept: list[str] = []
    places: list[int] = []
    if text.isascii():
        places = [place for place, character in enumerate(text) if character > " " and character != "\x7f"]
        return _ASCII_UNSEEN.sub("", text).lower(), places
    for place, character in enumerate(text):
        folded = unicodedata.normalize("NFKD", character).translate(_LOOKALIKES).casefold()
        for letter in folded:
            if not letter.isspace() and unicodedata.category(letter) not in {"Cf", "Cc", "Mn", "Me"}:
                kept.append(letter)
                places.append(place)
    return "".join(kept), places


def _opens_its_line(text: str, place: int) -> bool:
    before = text[text.rfind("\n", 0, place) + 1 : place]
    return not any(character.isalnum() for character in before)


def _broken_at(text: str, places: Iterable[int]) -> str:
    """The text with `BREAK` after the character at each place."""
    pieces: list[str] = []
    last = 0
    for place in sorted(set(places)):
        pieces += [text[last : place + 1], BREAK]
        last = place + 1
    return "".join(pieces) + text[last:]


def break_fences(text: str, fences: Iterable[str]) -> str:
    """The text with everything broken that looks like one of the fences.

    A fence that begins like a word (``Answer:``) counts only where it opens a line, or ordinary
    prose would be full of them; any other (``</response>``) counts everywhere.
    """
    bones = sorted({bone for fence in fences if (bone := _skeleton(fence)[0])})
    while True:
        skeleton, places = _skeleton(text)
        found: list[int] = []
        for bone in bones:
            start = skeleton.find(bone)
            while start >= 0:
                if not bone[0].isalnum() or _opens_its_line(text, places[start]):
                    found.append(places[start])
                start = skeleton.find(bone, start + 1)
        if not found:
            return text
        text = _broken_at(text, found)


def break_markers(text: str) -> str:
    """The text with every role marker of the chat formats in use broken."""
    while found := [match.start() for match in _MARKERS.finditer(text)]:
        text = _broken_at(text, found)
    return text


def break_tokens(text: str, tokens: Iterable[str]) -> str:
    """The text with every one of a tokenizer's special tokens broken, so that it is read as plain text.

    Tokens of one character cannot be broken and stay.
    """
    breakable = sorted({token for token in tokens if len(token) > 1}, key=len, reverse=True)
    if not breakable:
        return text
    pattern = re.compile("|".join(map(re.escape, breakable)))
    for _ in range(len(breakable) + 1):  # a token with a backslash in it could be made by breaking another
        found = [match.start() for match in pattern.finditer(text)]
        if not found:
            break
        text = _broken_at(text, found)
    return text
