"""Families of tasks: lists, facts, sums, order, formats, reading and notes.

Every family puts its questions in several wordings. The last wording, and one composition of
content (three kinds in a list, two relations in one question, ...), are kept for unseen styles.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from trustjudge_core.judge.bundled.tasks import SENTENCE_FORMS, SHORT_FORMS, Fate, Split, Task, held_out
from trustjudge_core.judge.bundled.wordings import put
from trustjudge_core.judge.bundled.words import (
    CLOSE_KINDS,
    HOBBIES,
    HOME_TOWNS,
    KINDS,
    MONTHS,
    NOTE_PARTS,
    NUMBERS_IN_WORDS,
    PAIRS,
    PEOPLE,
    PETS,
)

Family = Callable[[Random, bool], Task]
"""Draws a task; True asks for the styles that are kept from training."""


def lists(rng: Random, unseen_style: bool) -> Task:
    """Name things of one or two kinds (unseen: of three); a mistake is a thing of another kind."""
    kinds = rng.sample(sorted(KINDS), 3 if unseen_style else rng.choice((1, 2, 2)))
    counts = [rng.randint(3, 6)] if len(kinds) == 1 else [rng.randint(2, 4 if len(kinds) == 2 else 3) for _ in kinds]
    what = _joined([f"{NUMBERS_IN_WORDS[count]} {kind}" for count, kind in zip(counts, kinds, strict=True)])
    wanted = [kind for count, kind in zip(counts, kinds, strict=True) for _ in range(count)]
    others = sorted(word for kind in KINDS if kind not in kinds and not _close(kind, kinds) for word in KINDS[kind])

    def write(fates: list[Fate], rng: Random) -> list[str | None]:
        right = {kind: rng.sample(KINDS[kind], len(KINDS[kind])) for kind in kinds}
        wrong = rng.sample(others, len(wanted))
        return [
            None if fate == "missing" else right[kind].pop() if fate == "right" else wrong.pop()
            for kind, fate in zip(wanted, fates, strict=True)
        ]

    form = rng.choice(SHORT_FORMS)
    question = put("lists", unseen_style, rng, form, what=what)
    return Task("lists", f"lists {what}", question, form, len(wanted), write)


def facts(rng: Random, unseen_style: bool) -> Task:
    """Give what belongs to each word (unseen: two relations at once); a mistake is what belongs to another."""
    relations = rng.sample(sorted(PAIRS), 2 if unseen_style else 1)
    counts = [2, 2] if unseen_style else [rng.randint(3, 6)]
    asked = [
        (relation, key, value)
        for relation, count in zip(relations, counts, strict=True)
        for key, value in rng.sample(PAIRS[relation], count)
    ]
    what = _joined(
        [f"{relation} ({', '.join(key for name, key, _ in asked if name == relation)})" for relation in relations]
    )

    def write(fates: list[Fate], rng: Random) -> list[str | None]:
        texts: list[str | None] = []
        for (relation, key, value), fate in zip(asked, fates, strict=True):
            wrong = rng.choice([other for _, other in PAIRS[relation] if other != value])
            texts.append(None if fate == "missing" else f"{key}: {value if fate == 'right' else wrong}")
        return texts

    form = rng.choice(SHORT_FORMS)
    question = put("facts", unseen_style, rng, form, what=what)
    return Task("facts", f"facts {sorted(asked)}", question, form, len(asked), write)


SUMS: Final[dict[str, Callable[[int, int], int]]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "x": lambda a, b: a * b,
}


def sums(rng: Random, unseen_style: bool) -> Task:
    """Work out small sums of one kind (unseen: of two kinds); a mistake is off by one, two or ten."""
    signs = rng.sample(sorted(SUMS), 2 if unseen_style else 1)
    asked = [_sum(sign, rng) for sign in (signs * 4)[: rng.randint(3, 6)]]
    if len(set(asked)) < len(asked):
        return sums(rng, unseen_style)

    def write(fates: list[Fate], rng: Random) -> list[str | None]:
        texts: list[str | None] = []
        for (a, sign, b), fate in zip(asked, fates, strict=True):
            true = SUMS[sign](a, b)
            wrong = rng.choice([true + off for off in (-10, -2, -1, 1, 2, 10) if true + off >= 0])
            texts.append(None if fate == "missing" else f"{a} {sign} {b} = {true if fate == 'right' else wrong}")
        return texts

    form = rng.choice(SHORT_FORMS)
    what = ", ".join(f"{a} {sign} {b}" for a, sign, b in asked)
    question = put("sums", unseen_style, rng, form, what=what)
    return Task("sums", f"sums {sorted(asked)}", question, form, len(asked), write)


def order(rng: Random, unseen_style: bool) -> Task:
    """Put things in order (unseen: words backwards); a mistake is a step in the wrong direction."""
    what = "words" if unseen_style else rng.choice(("numbers", "numbers", "words", "months"))
    falling = unseen_style or (what != "words" and rng.random() < 0.5)
    count = rng.randint(4, 7)
    if what == "numbers":
        values = [str(number) for number in sorted(rng.sample(range(10, 100), count))]
        direction = "from large to small" if falling else "from small to large"
    elif what == "months":
        values = [MONTHS[place] for place in sorted(rng.sample(range(12), count))]
        direction = "from last to first in the year" if falling else "from first to last in the year"
    else:
        firsts: dict[str, str] = {}
        for word in rng.sample([word for words in KINDS.values() for word in words], 60):
            firsts.setdefault(word[0], word)
        values = sorted(rng.sample(sorted(firsts.values()), count))
        direction = "from Z to A" if falling else "from A to Z"
    target = values[::-1] if falling else values

    def write(fates: list[Fate], rng: Random) -> list[str | None]:
        return [target[rank] for rank in _ranks([fate == "right" for fate in fates], rng)]

    form = rng.choice(SHORT_FORMS)
    mixed = ", ".join(rng.sample(values, count))
    question = put("order", unseen_style, rng, form, what=mixed, how=direction)
    return Task("order", f"order {direction} {values}", question, form, count - 1, write, sequence=True)


def _ranks(rising: list[bool], rng: Random) -> list[int]:
    """A random permutation of 0..n whose steps rise and fall as said."""
    runs = [1]
    for is_rising in rising:
        if is_rising:
            runs[-1] += 1
        else:
            runs.append(1)
    for attempt in range(30):
        ranks = list(range(len(rising) + 1))
        if attempt < 29:
            rng.shuffle(ranks)
        else:  # the highest run first always falls between runs
            ranks.reverse()
        found: list[int] = []
        for length in runs:
            found += sorted(ranks[len(found) : len(found) + length])
        if [a < b for a, b in itertools.pairwise(found)] == rising:
            break
    return found


def _two(number: int) -> str:
    return f"{number:02d}"


# How things are written in a format, and the same things written otherwise; h, m, d and n are random numbers.
FORMATS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "times as hh:mm": ("{h}:{m}", ("{h}.{m}", "{h}h{m}", "{h}{m}", "{h} o'clock")),
    "dates as year-month-day": (
        "20{d}-{mo}-{d}",
        ("{d}/{mo}/20{d}", "{d}.{mo}.20{d}", "20{d}/{mo}/{d}", "{d}-{mo}-20{d}"),
    ),
    "prices in dollars like $5.00": ("${n}.{m}", ("{n}.{m}", "{n} dollars", "${n}", "{n}.{m}$")),
    "percentages like 25%": ("{n}%", ("{n} percent", "0.{n}", "%{n}", "{n}")),
    "words in capital letters": ("{W}", ("{w}", "{C}", "{w}s", "{W}{w}")),
    "words in double quotes": ('"{w}"', ("{w}", "'{w}'", '"{w}', "({w})")),
    "tags like #word": ("#{w}", ("{w}", "# {w}", "@{w}", "{w}#")),
    "ranges like 10-20": ("{n}-9{d}", ("{n} to 9{d}", "{n}", "{n}/9{d}", "from {n}")),
}


def formats(rng: Random, unseen_style: bool) -> Task:
    """Give examples of a format (unseen: of two formats); a mistake is written otherwise."""
    names = rng.sample(sorted(FORMATS), 2 if unseen_style else 1)
    counts = [2, 2] if unseen_style else [rng.randint(3, 7)]
    wanted = [name for name, count in zip(names, counts, strict=True) for _ in range(count)]
    what = _joined([f"{NUMBERS_IN_WORDS[count]} {name}" for name, count in zip(names, counts, strict=True)])
    words = [word for kind in KINDS.values() for word in kind]

    def write(fates: list[Fate], rng: Random) -> list[str | None]:
        texts: list[str | None] = []
        for name, fate in zip(wanted, fates, strict=True):
            good, bad = FORMATS[name]
            word = rng.choice(words)
            text = (good if fate == "right" else rng.choice(bad)).format(
                h=_two(rng.randint(0, 23)),
                m=_two(rng.randint(0, 59)),
                d=_two(rng.randint(1, 28)),
                mo=_two(rng.randint(1, 12)),
                n=rng.randint(10, 89),
                w=word,
                W=word.upper(),
                C=word.capitalize(),
            )
            texts.append(None if fate == "missing" else text)
        return texts

    form = rng.choice(SHORT_FORMS)
    question = put("formats", unseen_style, rng, form, what=what)
    return Task("formats", f"formats {what} {form}", question, form, len(wanted), write)


TRAITS: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "age": ("is {value} years old", "{who} is {value} years old.", tuple(str(age) for age in range(20, 90))),
    "town": ("lives in {value}", "{who} lives in {value}.", HOME_TOWNS),
    "pet": ("keeps a {value}", "{who} keeps a {value}.", PETS),
    "hobby": ("enjoys {value}", "{who} enjoys {value}.", HOBBIES),
    "job": ("works as a {value}", "{who} works as a {value}.", KINDS["jobs"]),
    "birth": ("was born in {value}", "{who} was born in {value}.", MONTHS),
}
UNSEEN_TRAITS: Final = {"pet", "birth"}
"""Traits that never meet in one training question."""


def reading(rng: Random, unseen_style: bool) -> Task:
    """Introduce a person from given facts (unseen: pets with birthdays); a mistake is another value."""
    who = rng.choice(PEOPLE)
    names = rng.sample(sorted(TRAITS), rng.randint(3, 5))
    if (set(names) >= UNSEEN_TRAITS) != unseen_style:
        return reading(rng, unseen_style)
    given = [(name, rng.choice(TRAITS[name][2])) for name in names]

    def write(fates: list[Fate], rng: Random) -> list[str | None]:
        texts: list[str | None] = []
        for (name, value), fate in zip(given, fates, strict=True):
            wrong = rng.choice([other for other in TRAITS[name][2] if other != value])
            sentence = TRAITS[name][1].format(who=who, value=value if fate == "right" else wrong)
            texts.append(None if fate == "missing" else sentence)
        return texts

    form = rng.choice(SENTENCE_FORMS)
    what = _joined([TRAITS[name][0].format(value=value) for name, value in given])
    question = put("reading", unseen_style, rng, form, who=who, what=what)
    return Task("reading", f"reading {who} {sorted(given)}", question, form, len(given), write)


UNSEEN_NOTE: Final = {"an apology", "good news"}
"""Contents that never meet in one training question."""


def notes(rng: Random, unseen_style: bool) -> Task:
    """Write a note with given contents (unseen: apologies with good news); a mistake is a sentence of another sort."""
    who = rng.choice(PEOPLE)
    contents = rng.sample(sorted(NOTE_PARTS), rng.randint(3, 6))
    if (set(contents) >= UNSEEN_NOTE) != unseen_style:
        return notes(rng, unseen_style)
    others = [name for name in sorted(NOTE_PARTS) if name not in contents]

    def write(fates: list[Fate], rng: Random) -> list[str | None]:
        wrong = [sentence for name in others for sentence in NOTE_PARTS[name]]
        rng.shuffle(wrong)
        return [
            None
            if fate == "missing"
            else (rng.choice(NOTE_PARTS[content]) if fate == "right" else wrong.pop()).format(who=who)
            for content, fate in zip(contents, fates, strict=True)
        ]

    form = rng.choice(SENTENCE_FORMS)
    question = put("notes", unseen_style, rng, form, who=who, what=_joined(contents))
    return Task("notes", f"notes {who} {sorted(contents)}", question, form, len(contents), write)


FAMILIES: Final[dict[str, Family]] = {
    "lists": lists,
    "facts": facts,
    "sums": sums,
    "order": order,
    "formats": formats,
    "reading": reading,
    "notes": notes,
}


def draw_task(family: str, split: Split, rng: Random) -> Task:
    """A task of a split: training and unseen questions never share a key, unseen styles share no wording either."""
    while True:
        task = FAMILIES[family](rng, split == "unseen styles")
        if split == "unseen styles" or held_out(task.key) == (split == "unseen questions"):
            return task


def _joined(things: Sequence[str]) -> str:
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"


def _close(kind: str, kinds: Sequence[str]) -> bool:
    return any({kind, asked} in CLOSE_KINDS for asked in kinds)


def _sum(sign: str, rng: Random) -> tuple[int, str, int]:
    a, b = rng.randint(2, 9), rng.randint(2, 9)
    return (a + b if sign == "-" else a, sign, b)
