"""What the bundled judge's tasks are about: words by kind, known pairs, and sentences of notes.

No word stands under two kinds, so that a list is right or wrong beyond dispute.
"""

from __future__ import annotations

from typing import Final


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


KINDS: Final[dict[str, tuple[str, ...]]] = {
    "birds": _split("crow robin wren eagle owl sparrow heron pigeon raven stork falcon gull"),
    "fruits": _split("apple pear plum cherry lemon banana grape peach mango melon apricot papaya"),
    "metals": _split("iron zinc tin nickel lead aluminium cobalt titanium chromium platinum tungsten steel"),
    "trees": _split("oak birch pine willow elm maple cedar beech spruce poplar alder larch"),
    "fish": _split("trout salmon cod tuna pike carp herring shark eel perch haddock mackerel"),
    "tools": _split("hammer saw pliers chisel drill spanner wrench screwdriver shovel axe rake crowbar"),
    "clothes": _split("shirt coat sock hat scarf glove dress skirt sweater jacket apron belt"),
    "vehicles": _split("car bus train lorry bicycle tram ship van scooter tractor ferry taxi"),
    "rooms": _split("kitchen bedroom bathroom cellar attic hall study pantry lounge nursery garage corridor"),
    "instruments": _split("violin piano flute guitar harp trumpet cello oboe clarinet tuba banjo organ"),
    "vegetables": _split("carrot onion cabbage leek potato spinach celery radish turnip garlic broccoli pea"),
    "insects": _split("ant bee wasp beetle moth butterfly cricket mosquito fly ladybird termite flea"),
    "drinks": _split("tea coffee milk water juice cocoa cider lemonade wine beer cola soda"),
    "jobs": _split("baker nurse teacher farmer plumber lawyer pilot tailor carpenter surgeon clerk barber"),
    "sports": _split("tennis football hockey golf rugby boxing rowing fencing judo volleyball sailing polo"),
    "colours": _split("red blue green yellow purple pink brown grey black white violet turquoise"),
}

CLOSE_KINDS: Final = (
    frozenset({"fruits", "trees"}),
    frozenset({"fruits", "vegetables"}),
    frozenset({"fruits", "colours"}),
    frozenset({"tools", "instruments"}),
)
"""Kinds that people tell apart differently (a cherry is a tree too): neither is used as a mistake for the other."""

PAIRS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "the capital of each country": (
        ("France", "Paris"),
        ("Spain", "Madrid"),
        ("Italy", "Rome"),
        ("Norway", "Oslo"),
        ("Sweden", "Stockholm"),
        ("Poland", "Warsaw"),
        ("Greece", "Athens"),
        ("Egypt", "Cairo"),
        ("Japan", "Tokyo"),
        ("China", "Beijing"),
        ("Cuba", "Havana"),
        ("Peru", "Lima"),
        ("Chile", "Santiago"),
        ("Kenya", "Nairobi"),
        ("Ghana", "Accra"),
        ("Canada", "Ottawa"),
        ("Ireland", "Dublin"),
        ("Austria", "Vienna"),
        ("Hungary", "Budapest"),
        ("Finland", "Helsinki"),
    ),
    "the young of each animal": (
        ("cow", "calf"),
        ("dog", "puppy"),
        ("cat", "kitten"),
        ("sheep", "lamb"),
        ("pig", "piglet"),
        ("horse", "foal"),
        ("lion", "cub"),
        ("goat", "kid"),
        ("hen", "chick"),
        ("duck", "duckling"),
        ("goose", "gosling"),
        ("deer", "fawn"),
        ("frog", "tadpole"),
        ("swan", "cygnet"),
        ("kangaroo", "joey"),
        ("hare", "leveret"),
    ),
    "the opposite of each word": (
        ("hot", "cold"),
        ("big", "small"),
        ("fast", "slow"),
        ("old", "young"),
        ("rich", "poor"),
        ("hard", "soft"),
        ("full", "empty"),
        ("wet", "dry"),
        ("early", "late"),
        ("open", "closed"),
        ("heavy", "light"),
        ("high", "low"),
        ("strong", "weak"),
        ("clean", "dirty"),
        ("loud", "quiet"),
        ("wide", "narrow"),
        ("thick", "thin"),
        ("sharp", "blunt"),
        ("deep", "shallow"),
        ("brave", "cowardly"),
    ),
    "the past tense of each verb": (
        ("go", "went"),
        ("see", "saw"),
        ("eat", "ate"),
        ("take", "took"),
        ("run", "ran"),
        ("write", "wrote"),
        ("speak", "spoke"),
        ("drive", "drove"),
        ("swim", "swam"),
        ("bring", "brought"),
        ("think", "thought"),
        ("buy", "bought"),
        ("fly", "flew"),
        ("sing", "sang"),
        ("give", "gave"),
        ("break", "broke"),
        ("know", "knew"),
        ("sleep", "slept"),
        ("teach", "taught"),
        ("find", "found"),
    ),
    "the plural of each noun": (
        ("mouse", "mice"),
        ("foot", "feet"),
        ("tooth", "teeth"),
        ("child", "children"),
        ("man", "men"),
        ("woman", "women"),
        ("ox", "oxen"),
        ("leaf", "leaves"),
        ("knife", "knives"),
        ("wolf", "wolves"),
        ("city", "cities"),
        ("baby", "babies"),
        ("box", "boxes"),
        ("dish", "dishes"),
        ("hero", "heroes"),
        ("louse", "lice"),
    ),
    "each number in words": (
        ("11", "eleven"),
        ("12", "twelve"),
        ("13", "thirteen"),
        ("14", "fourteen"),
        ("15", "fifteen"),
        ("16", "sixteen"),
        ("17", "seventeen"),
        ("18", "eighteen"),
        ("19", "nineteen"),
        ("20", "twenty"),
        ("30", "thirty"),
        ("40", "forty"),
        ("50", "fifty"),
        ("60", "sixty"),
        ("70", "seventy"),
        ("80", "eighty"),
        ("90", "ninety"),
    ),
}

NOTE_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "a greeting": ("Dear {who}.", "Hello {who}.", "Good morning {who}.", "Hi {who}."),
    "a thank-you": (
        "Thank you for your help.",
        "Many thanks for the parcel.",
        "I am grateful for your time.",
        "Thanks for all you did.",
    ),
    "an apology": (
        "I am sorry for the delay.",
        "Please forgive my mistake.",
        "My apologies for the noise.",
        "I regret that I missed your call.",
    ),
    "an invitation": (
        "Come to dinner on Friday.",
        "You are invited to the party.",
        "Join us for lunch.",
        "We would love to see you at the picnic.",
    ),
    "a request": (
        "Could you send me the keys?",
        "Please bring a map.",
        "Would you feed the cat?",
        "Can you lend me a ladder?",
    ),
    "the weather": (
        "It rained all night.",
        "The sun is out today.",
        "There was snow on the roof.",
        "A cold wind blows here.",
    ),
    "a compliment": (
        "Your garden looks lovely.",
        "You sing beautifully.",
        "Your cake was delicious.",
        "That was excellent work.",
    ),
    "a farewell": ("Goodbye for now.", "See you soon.", "With kind regards.", "Yours truly."),
    "a promise": (
        "I will pay you back.",
        "I promise to write again.",
        "I shall be there on time.",
        "You have my word on it.",
    ),
    "good news": ("I passed the exam.", "We won the match.", "The baby was born.", "I got the job."),
}

PEOPLE: Final = _split("Anna Ben Clara David Emma Felix Greta Hugo Ida Jonas Karin Leo Mia Nils Olga Paul")
HOME_TOWNS: Final = _split("Bergen Leeds Turin Lyon Porto Ghent Malmo Basel Krakow Cadiz Bonn Cork")
PETS: Final = _split("hamster parrot rabbit tortoise pony canary ferret gecko poodle goldfish")
HOBBIES: Final = _split("chess knitting painting fishing skating dancing cooking hiking pottery reading")
NUMBERS_IN_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MONTHS: Final = _split("January February March April May June July August September October November December")
