"""The scores of every response by every method, as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from trustjudge_core.evidence import NO_CATEGORY, Evidence
from trustjudge_core.export.tables import TableRow


def score_table(evidence: Evidence) -> Iterator[TableRow]:
    """A row for every scored response of every sheet: one column a method, in points of the reported scale.

    ``mass`` is the probability seen on allowed labels before renormalising.
    """
    index = evidence.index
    for sheet in evidence.sheets:
        methods = {m.method: m.scores for m in evidence.method_scores if m.sheet is sheet}
        for place, response in enumerate(sheet.response.tolist()):
            question = int(evidence.question_of[response])
            yield {
                "question": index.question_ids[question],
                "category": index.categories[question] or NO_CATEGORY,
                "response": index.response_ids[response],
                "system": index.systems[response],
                "criterion": sheet.criterion,
                "scale_low": sheet.scale[0],
                "scale_high": sheet.scale[1],
                # Two sheets may support different methods: every row has every column.
                **{m: float(methods[m][response]) if m in methods else float("nan") for m in score_methods(evidence)},
                "mass": float(sheet.mass[place]),
                "judgments": int(sheet.judgments[place]),
                "gold": float(index.gold[response]) if np.isfinite(index.gold[response]) else None,
            }


def score_methods(evidence: Evidence) -> list[str]:
    """Names of the methods that have scores on any sheet."""
    return list(dict.fromkeys(m.method for m in evidence.method_scores))
