"""What only shows once the whole set was read: empty texts, equal texts, lone responses, ids that look alike."""

from __future__ import annotations

from collections.abc import Iterable

from trustjudge_core.formats.draft import Draft, DraftQuestion
from trustjudge_core.formats.lookalikes import lookalikes
from trustjudge_core.formats.problems import FileProblems, shown
from trustjudge_core.formats.response_table import NO_TEXT


def check_set(draft: Draft) -> None:
    """Report responses without text that nobody judged; note what is odd and kept."""
    for question in draft.questions.values():
        for response_id, number in question.responses.items():
            if draft.table.is_blank(number):
                _report_blank(draft, question, response_id, number)
        _note_oddities(draft, question)
    for name, other in lookalikes(draft.questions):
        draft.questions[name].report.note(
            None, f"questions {shown(other)} and {shown(name)} look alike", "ids that look alike"
        )
    if not len(draft.table) and not draft.problems.total:
        draft.problems.add(
            "the import",
            None,
            None,
            "holds no responses",
            "judgments together with the responses they are about",
            "add the file that holds the responses (for a native bundle responses.jsonl)",
        )
    for report in _reports(draft):
        report.close_notes()


def _reports(draft: Draft) -> Iterable[FileProblems]:
    found = {id(q.report): q.report for q in draft.questions.values()}
    found |= {id(report): report for report in draft.table.reports}
    return found.values()


def _report_blank(draft: Draft, question: DraftQuestion, response_id: str, number: int) -> None:
    table = draft.table
    report, line, missing = table.reports[number], table.line(number), table.digests[number] == NO_TEXT
    name = f"response {shown(response_id)} of question {shown(question.question_id)}"
    if table.judged[number]:
        what = "has no text" if missing else "has an empty text"
        report.note(line, f"{name} {what}; kept, because it was judged", f"a judged response {what}")
        return
    found = f"of {name} {'is missing' if missing else 'is empty'}"
    report.add_at(table.entry(number), line, "text", found, "text", "add the text, or leave the response out")


def _note_oddities(draft: Draft, question: DraftQuestion) -> None:
    name = f"question {shown(question.question_id)}"
    if not question.responses:
        question.report.note(question.line, f"{name} has no responses; left out", "questions without responses")
    elif len(question.responses) == 1:
        question.report.note(question.line, f"{name} has one response", "questions with one response")
    digests = [draft.table.digests[n] for n in question.responses.values() if draft.table.digests[n] != NO_TEXT]
    if len(set(digests)) < len(digests):
        equal = len(digests) - len(set(digests))
        question.report.note(
            question.line,
            f"{name}: {equal} of its responses repeat the text of another",
            "questions with equal texts",
        )
    for one, other in lookalikes(question.responses):
        question.report.note(
            question.line, f"{name}: responses {shown(other)} and {shown(one)} look alike", "ids that look alike"
        )
