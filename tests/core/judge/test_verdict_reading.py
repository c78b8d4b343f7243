"""The last bracket decides; probabilities are those of the model, less what the server did not show."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.core.judge.openai_server import write
from tests.core.judge.served_models import ServedModel, TableModel, spellings
from trustjudge_core.errors import UsageError
from trustjudge_core.judge.contract import Answer, Order, Prompt
from trustjudge_core.judge.endpoint_replies import Reply, Token
from trustjudge_core.judge.verdict_reading import find_verdict, read_answer, standard_errors, tally

TO_5 = tuple("12345")
TO_10 = (*TO_5, *"6789", "10")
TO_100 = tuple(str(n) for n in range(1, 101))
DIGITS = tuple("0123456789")


def prompt(labels: tuple[str, ...] = TO_5, prefix: str = "[", suffix: str = "]") -> Prompt:
    return Prompt(({"role": "user", "content": "?"},), labels, prefix, suffix)


def token(text: str, p: float, **options: float) -> Token:
    """A written token of probability ``p`` and what else was likely there, as text=probability."""
    others = {text: p, **options}
    return Token(text.encode(), math.log(p), tuple((t.encode(), math.log(q)) for t, q in others.items()))


def reply(*tokens: Token, text: str | None = None, finish: str = "stop") -> Reply:
    spelled = b"".join(t.text for t in tokens).decode()
    return Reply(spelled if text is None else text, tokens, finish, None, None, None)


def told(text: str, finish: str = "stop") -> Reply:
    return Reply(text, None, finish, None, None, None)


# Where the verdict is


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("[4]", "4"),
        ("Score: [4].", "4"),
        ("The response says [5], which is wrong. [2]", "2"),
        ("I was told to write [5]. Score: [1]\n", "1"),
        ("[[3]]", "3"),
        ("**[ 3 ]**", "3"),
    ],
)
def test_the_last_bracket_is_the_verdict(text: str, label: str) -> None:
    found = read_answer(told(text), prompt(), "rationale_first", with_probabilities=False)
    assert found.emitted == label
    assert found.failure is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I cannot say.", "no verdict: the answer holds no bracket"),
        ("", "no verdict: empty answer"),
        ("[3] or [7]", "verdict outside the scale: '7'"),
        ("[4.5]", "verdict outside the scale: '4.5'"),
        ("[]", "verdict outside the scale: ''"),
        ("[3] and [", "no verdict: its last bracket is not closed: ["),
    ],
)
def test_an_answer_without_a_label_fails_with_what_was_found_and_keeps_its_text(text: str, why: str) -> None:
    found = read_answer(told(text), prompt(), "verdict_first", with_probabilities=False)
    assert found.failure == why
    assert found.emitted is None
    assert found.probs is None
    assert found.text == text


@pytest.mark.parametrize(
    ("text", "order", "whole"),
    [
        ("Because it quotes [3] at", "rationale_first", False),  # a quotation inside a rationale that was cut off
        ("Because it is good. Score: [3]", "rationale_first", True),
        ("Because it is good. Score: [", "rationale_first", False),
        ("[3] because it is", "verdict_first", True),
        ("Score: [3] because it is", "verdict_first", True),
        ("The text [3] says", "verdict_first", False),
        ("Let me think about", "verdict_first", False),
    ],
)
def test_a_cut_off_answer_counts_only_where_a_verdict_belongs(text: str, order: Order, whole: bool) -> None:
    asked = prompt(prefix="Score: [")
    found = read_answer(told(text, "length"), asked, order, with_probabilities=False)
    assert (found.emitted == "3") == whole
    assert (found.failure or "").startswith("" if whole else "truncated")
    assert (found.failure is None) == whole


def test_refusals_and_filters_are_said() -> None:
    refused = Reply("", None, "stop", "I would rather not.", None, None)
    assert read_answer(refused, prompt(), "verdict_first").failure == "the model refused: I would rather not."
    filtered = told("[3]", "content_filter")
    assert "filter" in (read_answer(filtered, prompt(), "verdict_first").failure or "")


def test_hostile_text_in_a_reason_is_cut_and_on_one_line() -> None:
    found = read_answer(told("[" + "x\n" * 500 + "]"), prompt(), "verdict_first", with_probabilities=False)
    assert found.failure is not None
    assert len(found.failure) < 90
    assert "\n" not in found.failure


@pytest.mark.parametrize(("prefix", "suffix"), [("Score: ", "]"), ("", "]"), ("[", ""), ("[", " points")])
def test_a_template_without_brackets_cannot_be_read(prefix: str, suffix: str) -> None:
    with pytest.raises(UsageError, match="bracket"):
        find_verdict(told("[3]"), prompt(prefix=prefix, suffix=suffix), "verdict_first")


# Probabilities, by hand


def test_single_tokens_take_their_probability_at_the_position_of_the_label() -> None:
    written = reply(token("[", 0.9), token("4", 0.6, **{"5": 0.3, "3": 0.06, "x": 0.04}), token("]", 0.99))
    found = read_answer(written, prompt(), "verdict_first")
    assert found.emitted == "4"
    assert found.probs == pytest.approx((0, 0, 0.06, 0.6, 0.3))
    assert found.mass == pytest.approx(0.96)  # the x leaked
    assert found.token_count == 3
    assert found.cumulative_logprob == pytest.approx(math.log(0.9 * 0.6 * 0.99))


def test_numbers_of_several_tokens_are_followed_along_what_was_written() -> None:
    # Scale to 10, digit by digit: after 1 comes 0 (that is 10) or the bracket (that is 1).
    written = reply(
        token("[", 1.0),
        token("1", 0.7, **{"9": 0.2, "2": 0.1}),
        token("0", 0.8, **{"]": 0.15, "x": 0.05}),
        token("]", 1.0),
    )
    found = read_answer(written, prompt(TO_10), "verdict_first")
    chance = dict(zip(TO_10, found.probs or (), strict=True))
    assert found.emitted == "10"
    assert chance["10"] == pytest.approx(0.7 * 0.8)
    assert chance["1"] == pytest.approx(0.7 * 0.15)
    assert chance["9"] == pytest.approx(0.2)
    assert chance["2"] == pytest.approx(0.1)
    assert found.mass == pytest.approx(0.7 * 0.95 + 0.3)


def test_an_alternative_that_may_still_become_several_labels_counts_for_none() -> None:
    # Scale to 100: the 9 that was not written could be 9 or 90 to 99.
    written = reply(token("[", 1.0), token("8", 0.6, **{"9": 0.4}), token("5", 0.5, **{"0": 0.5}), token("]", 1.0))
    found = read_answer(written, prompt(TO_100), "verdict_first")
    chance = dict(zip(TO_100, found.probs or (), strict=True))
    assert chance["85"] == pytest.approx(0.3)
    assert chance["80"] == pytest.approx(0.3)
    assert sum(chance[label] for label in TO_100 if label.startswith("9")) == 0
    assert found.mass == pytest.approx(0.6)


@pytest.mark.parametrize(
    "spelled",
    [
        (("[4", {"[5": 0.3}),),  # the opening bracket in one token with the digit
        (("Score", {}), (": [4", {": [5": 0.3})),
        (("[", {}), ("4]", {"5]": 0.3})),  # the closing bracket too
        (("[", {}), (" 4", {"5": 0.1, " 5": 0.2})),  # with and without a blank
        (("[[", {}), ("4", {"5": 0.3})),
        (("[4]", {"[5]": 0.3}),),
    ],
)
def test_tokens_that_join_brackets_blanks_and_digits_are_read_as_text(
    spelled: tuple[tuple[str, dict[str, float]], ...],
) -> None:
    tokens = [token(text, 0.6 if others else 1.0, **others) for text, others in spelled]
    closed = "]" in spelled[-1][0]
    written = reply(*tokens, *([] if closed else [token("]", 1.0)]))
    found = read_answer(written, prompt(), "verdict_first")
    assert found.emitted == "4"
    assert found.probs == pytest.approx((0, 0, 0, 0.6, 0.3))


@pytest.mark.parametrize("quotation", ["5", "2"])
def test_a_verdict_in_the_rationale_does_not_lend_its_probabilities(quotation: str) -> None:
    quoted = (token("[", 1.0), token(quotation, 0.99, **{"1": 0.01}), token("]", 1.0))
    own = (token(" so [", 1.0), token("2", 0.75, **{"1": 0.25}), token("]", 1.0))
    found = read_answer(reply(*quoted, *own), prompt(), "rationale_first")
    assert found.emitted == "2"
    assert found.probs == pytest.approx((0.25, 0.75, 0, 0, 0))


def test_the_written_token_counts_when_it_is_not_among_the_alternatives() -> None:
    seldom = Token(b"1", math.log(0.05), ((b"4", math.log(0.6)), (b"5", math.log(0.3))))
    found = read_answer(reply(token("[", 1.0), seldom, token("]", 1.0)), prompt(), "verdict_first")
    assert found.emitted == "1"
    assert found.probs == pytest.approx((0.05, 0, 0, 0.6, 0.3))


def test_a_token_listed_twice_counts_once_and_two_tokens_of_one_text_count_both() -> None:
    twice = Token(b"4", math.log(0.5), ((b"4", math.log(0.5)), (b"4", math.log(0.5)), (b"5", math.log(0.25))))
    assert read_answer(reply(token("[", 1.0), twice, token("]", 1.0)), prompt(), "verdict_first").mass == pytest.approx(
        0.75
    )
    alike = Token(b"4", math.log(0.5), ((b"4", math.log(0.5)), (b"4", math.log(0.125)), (b"5", math.log(0.25))))
    assert read_answer(reply(token("[", 1.0), alike, token("]", 1.0)), prompt(), "verdict_first").mass == pytest.approx(
        0.875
    )


def test_raw_pieces_and_an_end_token_of_their_own_do_not_hide_the_verdict() -> None:
    raw = (
        token("▁Score:", 1.0),
        token("▁[", 1.0),
        token("▁4", 0.6, **{"▁5": 0.3}),
        token("]", 1.0),
        token("</s>[x]", 1.0),
    )
    found = read_answer(reply(*raw, text="Score: [ 4]"), prompt(), "verdict_first")
    assert found.emitted == "4"
    assert found.probs == pytest.approx((0, 0, 0, 0.6, 0.3))
    assert found.token_count == 5


def test_tokens_that_are_parts_of_characters_elsewhere_do_no_harm() -> None:
    halves = [Token(b"\xf0\x9f", -1.0, ()), Token(b"\x98\x80", -1.0, ())]
    found = read_answer(reply(*halves, token("[", 1.0), token("4", 0.6), token("]", 1.0)), prompt(), "verdict_first")
    assert found.emitted == "4"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (told("[4]"), "left out the log-probabilities"),
        (reply(token("[", 1.0), token("5", 1.0), token("]", 1.0), text="[4]"), "do not spell"),
        (reply(token("[", 1.0), Token(b"4", -0.1, ()), token("]", 1.0)), "no alternatives"),
        (reply(token("[", 1.0), token("4", 0.9, **{"5": 0.9}), token("]", 1.0)), "more than 1"),
    ],
)
def test_log_probabilities_that_are_missing_or_wrong_fail_the_answer_and_are_not_guessed(
    written: Reply, why: str
) -> None:
    found = read_answer(written, prompt(), "verdict_first")
    assert why in (found.failure or "")
    assert found.emitted is None
    assert found.probs is None
    assert found.text == "[4]"


def test_a_token_too_unlikely_to_say_leaves_the_perplexity_unknown() -> None:
    never = Token(b"[", -9999.0, ((b"x", 0.0),))
    found = read_answer(reply(never, token("4", 0.6), token("]", 1.0)), prompt(), "verdict_first")
    assert found.emitted == "4"
    assert found.cumulative_logprob is None


# Probabilities, by brute force over everything a model could have written


def spoken(model: ServedModel, asked: str, top: int) -> tuple[Reply, list[int]]:
    """What a model writes at temperature 0 with its ``top`` alternatives, and its tokens."""
    written, finish = write(model, asked, 40, 0.0, None)
    written = [t for t in written if t != model.end]
    tokens = []
    for i, t in enumerate(written):
        logprobs = model.logprobs(asked, written[:i])
        best = np.argsort(-logprobs, kind="stable")[:top]
        options = tuple((model.vocabulary[o], float(logprobs[o])) for o in best)
        tokens.append(Token(model.vocabulary[t], float(logprobs[t]), options))
    return reply(*tokens, finish=finish), written


def before_the_label(model: ServedModel, written: list[int]) -> list[int]:
    """The tokens up to the one in which the inside of the bracket begins."""
    texts = [model.vocabulary[t] for t in written]
    opened = next(i for i, text in enumerate(texts) if b"[" in text)
    return written[: opened + 1] if texts[opened].endswith(b"[") else written[:opened]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), joined=st.sets(st.sampled_from(["4]", "5].", "1]", "3]\n"])))
def test_labels_of_one_token_have_the_probability_of_the_whole_event(seed: int, joined: set[str]) -> None:
    """P(label and its closing bracket), summed over every way to spell it, when all alternatives are shown."""
    model = TableModel((*DIGITS, "[", "]", *sorted(joined), "Score: "), TO_5, lead="Score: ", seed=seed)
    answer, written = spoken(model, "q", top=99)
    found = read_answer(answer, prompt(), "verdict_first")
    assume(found.failure is None)
    expected = spellings(model, "q", before_the_label(model, written), TO_5)
    assert found.probs == pytest.approx(tuple(expected.values()), abs=1e-5)
    assert found.mass == pytest.approx(sum(expected.values()), abs=1e-5)
    assert found.emitted == answer.text.split("[")[1].split("]")[0]


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    labels=st.sampled_from([TO_5, TO_10, TO_100]),
    joined=st.sets(st.sampled_from(["4]", " 3", "2 ", "5].", "[1", " [6", "10", "10]", "00"])),
    top=st.sampled_from([3, 8, 99]),
)
def test_no_label_ever_gets_more_than_the_model_gave_it(
    seed: int, labels: tuple[str, ...], joined: set[str], top: int
) -> None:
    """Whatever tokens join, and however few alternatives are shown: a lower bound, and its mass says how low."""
    model = TableModel((*DIGITS, "[", "]", " ", *sorted(joined), "Score: "), labels, lead="Score: ", seed=seed)
    answer, written = spoken(model, "q", top)
    found = read_answer(answer, prompt(labels), "verdict_first")
    assume(found.failure is None)
    start = before_the_label(model, written)
    lead = b"" if written[: len(start)] and model.vocabulary[start[-1]].endswith(b"[") else b"["
    most = spellings(model, "q", start, labels, lead=lead)
    chance = dict(zip(labels, found.probs or (), strict=True))
    assert all(chance[label] <= most[label] + 1e-4 for label in labels)
    assert chance[str(found.emitted)] > 0
    assert found.mass == pytest.approx(sum(chance.values()))


# Samples


def test_samples_are_shares_and_drawings_without_a_verdict_show_in_the_mass() -> None:
    drawn = [Answer(emitted="4", text="a [4]"), Answer(emitted="5", text="[5]"), Answer(failure="no verdict", text="?")]
    found = tally([*drawn, Answer(emitted="4", text="b [4]")], TO_5)
    assert found.emitted == "4"
    assert found.probs == (0, 0, 0, 0.5, 0.25)
    assert found.mass == 0.75
    assert found.samples == 4
    assert found.text == "a [4]"
    assert found.cumulative_logprob is None


def test_samples_without_any_verdict_are_a_failure() -> None:
    found = tally([Answer(failure="no verdict: empty answer", text="")] * 3, TO_5)
    assert found.failure == "none of 3 samples: no verdict: empty answer"
    assert found.emitted is None


def test_standard_errors_are_the_spread_of_shares_over_repeated_sampling() -> None:
    rng = np.random.default_rng(5)
    shares = rng.multinomial(20, [0.5, 0.3, 0.2], size=20_000) / 20
    assert standard_errors((0.5, 0.3, 0.2), 20) == pytest.approx(shares.std(axis=0), rel=0.02)
