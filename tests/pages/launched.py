"""What the page tests read from a launched page, and the small set that they store."""

from __future__ import annotations

import re
from collections.abc import Sequence

from streamlit.testing.v1 import AppTest

from trustjudge_core.records import Bundle, PairJudgment, Question, Response, ResponseSet, ScoreJudgment

HOSTILE = "<script>alert(1)</script> **bold** $x$ :material/home: [a](javascript:b)"


def bundle(
    responses: Sequence[str] = ("a", "b", "c"),
    *,
    scores: Sequence[ScoreJudgment] = (),
    pairs: Sequence[PairJudgment] = (),
    systems: bool = True,
) -> Bundle:
    """One question `q` with these responses, whose texts are hostile."""
    found = tuple(Response(r, f"{HOSTILE} {r}", f"system {r}" if systems else None) for r in responses)
    return Bundle(ResponseSet((Question("q", HOSTILE, found),)), tuple(scores), tuple(pairs))


def tracebacks(app: AppTest) -> list[str]:
    """What a page shows as a traceback; nothing for a page that works."""
    return [str(error.value) for error in app.exception]


def said(app: AppTest) -> str:
    """The words of a page, with plain spaces for those that no line breaks at."""
    kinds = (app.title, app.subheader, app.text, app.caption, app.markdown, app.info, app.success, app.warning)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\u00a0", " ")


def warned(app: AppTest) -> str:
    """The warnings of a page as a person reads them: without the backslashes that keep Markdown out."""
    return re.sub(r"\\(.)", r"\1", "\n".join(str(element.value) for element in app.warning))


def doors(app: AppTest) -> dict[str, str]:
    """The links of a page: label -> page and query."""
    links = {}
    for element in app.get("page_link"):
        proto = element.proto
        links[proto.label] = f"{proto.page}?{proto.query_string}" if proto.query_string else proto.page
    return links
