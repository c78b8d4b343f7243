"""An audit as one HTML file: opens without a network, prints, and runs nothing that came from a response.

Every text goes through the template's escaping; figures are numbers that the embedded plotly.js
draws; the page's content security policy allows no request at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from jinja2 import Environment, StrictUndefined

from trustjudge_core import __version__
from trustjudge_core.audit import Audit, audit_evidence
from trustjudge_core.bootstrap import Ratio
from trustjudge_core.briefing import briefing
from trustjudge_core.categories import inconsistent_triples_by_category
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.summary import percent, ratio_line, subset_unit
from trustjudge_core.figures.embed import figure_json, library
from trustjudge_core.figures.overview import category_dots, chance_bars, split_bar
from trustjudge_core.figures.ranking import strengths
from trustjudge_core.figures.theme import light
from trustjudge_core.gate import default_comparison
from trustjudge_core.inconsistencies import KIND_IN_WORDS
from trustjudge_core.leaderboard import Leaderboard, system_leaderboards
from trustjudge_core.move_words import rank_range
from trustjudge_core.ranking import RANKING_IN_WORDS, RANKING_UNITS
from trustjudge_core.settings import (
    AGGREGATION_IN_WORDS,
    METHOD_IN_WORDS,
    MODE_IN_WORDS,
    Aggregation,
    AuditSettings,
)

TEMPLATE: Final = Path(__file__).parent / "templates" / "report.html.j2"
MOST_LEDGER_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table of words; ``lead`` introduces it, ``more`` says what was left out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """A figure as JSON, and the same in words."""

    id: str
    words: str
    held: str


@dataclass(frozen=True)
class Section:
    """One part of the report: sentences, then figures, then tables."""

    title: str
    words: list[str] = field(default_factory=list)
    figures: list[ReportFigure] = field(default_factory=list)
    tables: list[ReportTable] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """Everything the template shows."""

    judge: str
    set_name: str
    made: str
    version: str
    remark: str
    briefing: str
    settings: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def report_html(
    evidence: Evidence,
    aggregation: Aggregation,
    tolerance: float,
    *,
    set_name: str,
    made: str,
    facts: Sequence[tuple[str, str]] = (),
    first: Sequence[Section] = (),
    remark: str = "",
    lead: str = "",
    resamples: int = 2000,
) -> str:
    """The report of one run under one mode, aggregation and tolerance.

    ``made`` is when, in words; ``facts`` are further lines about the judge and the set (device,
    revision, rows left out), shown with the settings. ``first`` are sections before all others, ``remark`` what
    must be known before anything is read, ``lead`` the opening words where they are not the audit's own.
    """
    audit = audit_evidence(evidence, AuditSettings(evidence.mode, (tolerance,), resamples=resamples))
    sections = (*first, *_sections(evidence, audit, aggregation, tolerance, resamples))
    report = Report(
        judge=audit.judge,
        set_name=set_name,
        made=made,
        version=__version__,
        remark=remark,
        briefing=lead or briefing(audit, aggregation),
        settings=(*_settings(audit, aggregation, tolerance), *facts),
        sections=sections,
    )
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    figures = [(figure.id, figure.held) for section in sections for figure in section.figures]
    return template.render(report=report, figures=figures, library=library())


def _settings(audit: Audit, aggregation: Aggregation, tolerance: float) -> Iterator[tuple[str, str]]:
    seen = audit.inputs
    yield "Mode", MODE_IN_WORDS[audit.settings.mode]
    yield "Preferences by", AGGREGATION_IN_WORDS[aggregation]
    yield "Tolerance", f"{tolerance:g} (scale points for scores, probability for preferences)"
    yield "Questions", f"{seen.questions:,} with {seen.responses:,} responses"
    yield "Judgments", f"{seen.score_judgments:,} score judgments, {seen.pair_judgments:,} pair judgments"
    yield "Pairs compared", f"{seen.pairs_compared:,} of {seen.pairs:,}"
    yield (
        "Intervals",
        f"95 %, from {audit.settings.resamples:,} resamples of whole questions, seed {audit.settings.seed}",
    )


def _sections(
    evidence: Evidence, audit: Audit, aggregation: Aggregation, tolerance: float, resamples: int
) -> Iterator[Section]:
    yield _scores(audit)
    yield _transitivity(evidence, audit, aggregation, tolerance)
    yield _position(audit)
    yield from _rankings(evidence, aggregation, tolerance, resamples)
    yield _ledger(audit)


def _scores(audit: Audit) -> Section:
    section = Section("Scores against comparisons")
    found = default_comparison(audit)
    if found is None or not found.ratio.total:
        section.words.append("Not enough data: it takes scores and comparisons of the same responses.")
        return section
    theme = light()
    parts = [
        ("reversal", found.reversal.count, theme.reversal, "x"),
        ("only the scores tie", found.score_tie.count, theme.contradicts, "/"),
        ("only the comparison ties", found.comparison_tie.count, theme.contradicts, "."),
        ("agree", found.ratio.total - found.ratio.count, theme.agrees, ""),
    ]
    decided = Ratio(found.reversal.count, found.both_decide, math.nan, math.nan)
    section.words.append(f"Conflict ratio (CR): {ratio_line(found.ratio, 'pairs')}.")
    section.words.append(
        f"Reversals, where both name a winner and not the same: {ratio_line(found.reversal, 'pairs')}; "
        f"{ratio_line(decided, 'pairs that both decide')}."
    )
    words = "Of the pairs: " + ", ".join(f"{label} {count:,}" for label, count, _, _ in parts)
    section.figures.append(ReportFigure("split", words, figure_json(split_bar(parts, found.ratio.total, theme))))
    columns = ("method", "scale", "tolerance", "conflicts", "reversals")
    said = dict[str, str](METHOD_IN_WORDS.items())
    rows = tuple(
        (said[e.method], f"{e.scale[0]:g} to {e.scale[1]:g}", f"{e.tolerance:g}", ratio_line(e.ratio, "pairs"),
         ratio_line(e.reversal, "pairs"))
        for e in audit.score_comparison
    )  # fmt: skip
    section.tables.append(ReportTable(columns, rows))
    return section


def _transitivity(evidence: Evidence, audit: Audit, aggregation: Aggregation, tolerance: float) -> Section:
    section = Section("Comparisons against each other")
    entries = [t for t in audit.transitivity if t.aggregation == aggregation and t.ratio.total]
    if not entries:
        section.words.append("Not enough data: it takes three responses of a question, all compared with each other.")
        return section
    triples = entries[0]
    section.words.append(f"Inconsistent triples: {ratio_line(triples.ratio, subset_unit(triples.k))}.")
    kinds = ", ".join(
        f"{count:,} {KIND_IN_WORDS[kind]}{'' if count == 1 else 's'}" for kind, count in triples.kinds.items()
    )
    section.words.append(
        f"By kind: {kinds}. Tie rate {percent(triples.tie_rate)}; a judge that draws lots with this tie rate would "
        f"show {percent(triples.chance)}, one that always ties 0 %."
    )
    figure = chance_bars(
        [f"NTR_{t.k}" for t in entries], [t.ratio.value for t in entries],
        [(t.ratio.low, t.ratio.high) for t in entries], [t.chance for t in entries], light(),
    )  # fmt: skip
    said = "; ".join(f"NTR_{t.k} {ratio_line(t.ratio, subset_unit(t.k))}, chance {percent(t.chance)}" for t in entries)
    section.figures.append(ReportFigure("chance", said, figure_json(figure)))
    by_category = inconsistent_triples_by_category(evidence, aggregation, tolerance)
    if len(by_category) > 1:
        ratios = [share.ratio for share in by_category.values()]
        dots = category_dots(
            list(by_category), np.array([r.value for r in ratios]), np.array([r.low for r in ratios]),
            np.array([r.high for r in ratios]), np.array([r.total for r in ratios], np.int64), light(), "triples",
        )  # fmt: skip
        words = "By category: " + "; ".join(
            f"{name} {ratio_line(share.ratio, 'triples')}" for name, share in by_category.items()
        )
        section.figures.append(ReportFigure("categories", words, figure_json(dots)))
    return section


def _position(audit: Audit) -> Section:
    section = Section("When the order is swapped")
    found = audit.position
    if not audit.inputs.both_orders or not found.pairs:
        section.words.append("Cannot be measured: no pair was judged in both known orders.")
        return section
    section.words.append(f"Same verdict in both orders: {ratio_line(found.consistent, 'pairs')}.")
    section.words.append(
        f"The winner changes: {ratio_line(found.hard_flips, 'pairs')}; {found.hard_first:,} to the first shown, "
        f"{found.hard_second:,} to the second."
    )
    theme = light()
    parts = [
        ("same verdict", found.consistent.count, theme.agrees, ""),
        ("favours the first shown", found.first_favouring.count, theme.contradicts, "/"),
        ("favours the second shown", found.second_favouring.count, theme.reversal, "x"),
    ]
    words = ", ".join(f"{label} {count:,}" for label, count, _, _ in parts)
    section.figures.append(ReportFigure("position", words, figure_json(split_bar(parts, found.pairs, theme))))
    return section


def _rankings(evidence: Evidence, aggregation: Aggregation, tolerance: float, resamples: int) -> Iterator[Section]:
    for number, board in enumerate(system_leaderboards(evidence, aggregation, tolerance, resamples=resamples)):
        yield _ranking(board, number)


def _ranking(board: Leaderboard, number: int) -> Section:
    ranking = board.ranking
    section = Section(f"Ranking of systems: {RANKING_IN_WORDS[ranking.method]}")
    unit = RANKING_UNITS[ranking.method]
    figure = strengths(board.names, ranking.strength, ranking.low, ranking.high, ranking.rank, light(), unit)
    best = ", ".join(f"{ranking.rank[n] or '–'} {board.names[n]}" for n in board.order[:5])
    section.figures.append(ReportFigure(f"ranking-{number}", f"Best first: {best}", figure_json(figure)))
    rows = tuple(
        (str(int(ranking.rank[n])) if ranking.rank[n] else "–", rank_range(ranking, n) or "–", board.names[n],
         _two(ranking.strength[n]),
         f"{_two(ranking.low[n])} to {_two(ranking.high[n])}" if math.isfinite(ranking.low[n]) else "–")
        for n in board.order
    )  # fmt: skip
    section.tables.append(ReportTable(("rank", "rank, 95 %", "system", f"strength ({unit})", "95 % interval"), rows))
    against = len(ranking.contradicted)
    section.words.append(
        f"{against:,} pair{'' if against == 1 else 's'} of systems compared otherwise than this order says."
    )
    return section


def _two(value: float) -> str:
    return f"{value:z.2f}" if math.isfinite(value) else "–"


def _ledger(audit: Audit) -> Section:
    section = Section("Ledger: judgments that gave no usable number")
    entries = audit.ledger
    failed = sum(entry.count for entry in entries)
    asked = audit.inputs.score_judgments + audit.inputs.pair_judgments
    section.words.append(f"{ratio_line(Ratio(failed, asked, math.nan, math.nan), 'judgments')} failed.")
    if entries:
        rows = tuple((e.kind, e.reason, f"{e.count:,}") for e in entries[:MOST_LEDGER_ROWS])
        left = len(entries) - len(rows)
        section.tables.append(
            ReportTable(("kind", "reason", "judgments"), rows, f"and {left:,} further reasons" if left else "")
        )
    return section
