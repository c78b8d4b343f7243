"""The tokenizer that ships: digits and brackets alone, and every text comes back as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from trustjudge_core.judge.bundled import WEIGHTS

TOKENIZER: PreTrainedTokenizerFast = AutoTokenizer.from_pretrained(WEIGHTS)


def test_every_digit_and_bracket_is_a_token() -> None:
    assert TOKENIZER.tokenize("[100]") == ["[", "1", "0", "0", "]"]
    assert TOKENIZER.tokenize("[A]") == ["[", "A", "]"]


def test_the_chat_template_marks_the_turns() -> None:
    chat = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]
    text = TOKENIZER.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    assert text == "<|user|>S<|user|>U<|assistant|>"


@given(st.text(max_size=80))
def test_any_text_comes_back_from_its_tokens(text: str) -> None:
    encodable = text.encode("utf-8", "ignore").decode()
    assert TOKENIZER.decode(TOKENIZER.encode(encodable), skip_special_tokens=False) == encodable
