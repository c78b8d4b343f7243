"""What a run will take, as lines of text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from trustjudge_core.estimate import Estimate, duration


def estimate_lines(found: Estimate) -> Iterator[str]:
    """An estimate as a person reads it."""
    about = "" if found.counted else "about "
    yield (
        f"  {found.judgments:,} judgments ({found.scores:,} scores, {found.pairs:,} comparisons): "
        f"{about}{found.prompt_tokens:,} prompt tokens"
        + (f", at most {found.answer_tokens:,} answer tokens" if found.answer_tokens else "")
    )
    if found.seconds is not None and found.rate is not None:
        yield f"  {duration(found.seconds)} at {found.rate:z.1f} judgments a second, as run {found.rate_from} went"
    if found.cost is not None:
        yield f"  cost: at most {found.cost:,.2f}"
    if found.too_long_count:
        yield f"  {found.too_long_count:,} prompts do not fit the {found.context:,} tokens this judge reads, they fail:"
        for prompt in found.too_long[:5]:
            yield f"    {prompt.question_id}: {', '.join(prompt.response_ids)} ({prompt.tokens:,} tokens)"
