"""Whatever outside text says, wherever it came from, every text for people stays inert."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.model import (
    CommentCommands,
    Diagnostic,
    Evidence,
    Excerpt,
    ExcerptLine,
    Job,
    Misread,
    MissingLog,
    Outcome,
    Report,
    Trouble,
)
from bot.outcomes import ErrorKind, FailureClass, OutcomeKind
from bot.report import issue, pull_request
from bot.report.annotation import annotation
from bot.report.answer import misread_text, status_text
from bot.report.comment import LIMIT, comment
from bot.report.facts import Attempt, Ending, Finding, ReportFacts
from bot.report.outputs import OUTPUT_NAMES, outputs
from bot.report.summary import summary
from bot.untrusted import Untrusted
from tests.report.story_facts import base_facts, session, with_repair
from tests.security.inertness import (
    CANARY,
    TEXTS,
    commands,
    escape_remains,
    invisible,
    outside_code,
)

MARKER = "<!-- coder-fix:pr:12 -->"
FENCE = "k3v9q2m7x1"
OURS = r"(?:details|summary|sub)>|!-- coder-fix:pr:12 -->"


def poisoned(text: str, lines: list[str], ours: str = "a plain sentence") -> ReportFacts:
    """The story with the text in every place that somebody outside can write to.

    `ours` stands where only we write, to see what happens when outside text slips in there.
    """
    bad = Untrusted(text)
    finding = Diagnostic(
        text, FailureClass.TEST, bad, path=text, line=3, rule=text, test=text, legs=(text, text)
    )
    shown = tuple(ExcerptLine(n, Untrusted(line)) for n, line in enumerate(lines, 5))
    excerpt = Excerpt(bad, 1, 2, bad, bad, shown, 99, "https://x.example.test/job/1", (text, text))
    evidence = Evidence(
        FailureClass.TEST,
        ours,
        (finding, finding),
        (excerpt,),
        (),
        summary=(bad,),
        missing=(MissingLog(bad, ours),),
    )
    facts = with_repair(base_facts())
    assert facts.run
    assert facts.failing_pull_request
    assert facts.pull_request
    return replace(
        facts,
        outcome=Outcome(OutcomeKind.FLAGGED, reason=ours, remedy=ours),
        evidence=evidence,
        run=replace(facts.run, name=bad, head_branch=text, display_title=bad),
        failing_jobs=(Job(1, bad, "completed", "failure"),),
        failing_pull_request=replace(
            facts.failing_pull_request, title=bad, body=bad, head_ref=text, base_ref=text
        ),
        pull_request=replace(facts.pull_request, title=bad, body=bad, base_ref=text),
        session=replace(
            session(), name=text, error=bad, message=bad, report=Report(complete=True, message=bad)
        ),
        session_log=tuple(map(Untrusted, lines)),
        findings=(Finding("rule", bad, 3, ours),),
        attempts=(Attempt("a" * 40, ours), Attempt("b" * 40, ours)),
        decision=ours,
    )


def told(facts: ReportFacts) -> Iterator[tuple[str, str]]:
    """Every Markdown text, for several outcomes."""
    for kind in (OutcomeKind.FLAGGED, OutcomeKind.ERROR):
        now = replace(facts, outcome=replace(facts.outcome, kind=kind))
        yield f"comment {kind}", comment(now, MARKER)
        yield f"summary {kind}", summary(now)
        yield f"body {kind}", pull_request.body(now)
        yield f"issue {kind}", issue.body(now, "")
    yield "collapsed", comment(replace(facts, ending=Ending.MERGED), MARKER)
    yield "title", pull_request.title(facts)
    yield "issue title", issue.title(facts)


@pytest.mark.parametrize("name", TEXTS)
def test_texts_for_people_are_inert(name: str) -> None:
    """No text of the hostile set is live in a comment, summary, pull request or issue."""
    facts = poisoned(TEXTS[name], TEXTS[name].split("\n"))
    answer = misread_text(
        CommentCommands(misread=tuple(Misread(t, 0, Untrusted(TEXTS[name])) for t in Trouble))
    )
    for where, text in (*told(facts), ("answer", answer), ("status", status_text(facts))):
        assert CANARY not in outside_code(text), where
        assert commands(text) == [], where
        assert invisible(text) == set(), where
        assert escape_remains(text) == [], where
        assert text.count("<!--") == text.count(MARKER), where
        assert [] == [line for line in text.splitlines() if line.startswith("/")], where


@pytest.mark.parametrize("name", TEXTS)
def test_outside_text_in_our_sentences_is_not_live(name: str) -> None:
    """Should outside text reach a sentence of ours, nothing in it fires."""
    for where, text in told(poisoned("x", ["x"], ours=TEXTS[name])):
        live = outside_code(text)
        links = re.sub(r"\[[^\]]*\]\(https://[a-z]+\.example\.test[^)]*\)", "LINK", live)
        assert not re.search(rf"@\w|https?:|www\.|GH-\d|!\[|\w#\d|<(?!/?{OURS})", links), where
        assert invisible(text) == set(), where
        assert [] == [line for line in text.splitlines() if line.startswith("/")], where


@pytest.mark.parametrize("name", TEXTS)
def test_outputs_and_annotation_are_single_lines(name: str) -> None:
    """Outputs keep their keys and stay on one line, whatever is in a name or a message."""
    facts = poisoned(TEXTS[name], TEXTS[name].split("\n"))
    outcome = Outcome(OutcomeKind.ERROR, TEXTS[name], error_kind=ErrorKind.CODER)
    values = outputs(replace(facts, outcome=outcome))
    assert tuple(values) == OUTPUT_NAMES
    for value in (*values.values(), annotation(outcome)):
        assert "\n" not in value
        assert invisible(value) == set()
    assert commands(annotation(outcome)) == []
    assert values["error-message"] == annotation(outcome)
    assert OUTPUT_NAMES == tuple(outputs(ReportFacts(outcome=outcome)))


def test_huge_evidence_stays_within_the_limits() -> None:
    """A megabyte in every place still makes a comment, a body and a summary within their limits."""
    lines = [f"{n} " + "é`|<" * 300 for n in range(2000)]
    facts = poisoned("x`" * 500_000, lines)
    facts = replace(facts, findings=facts.findings * 100, attempts=facts.attempts * 50)
    assert len(comment(facts, MARKER)) <= LIMIT
    assert len(pull_request.body(facts)) <= LIMIT
    assert len(issue.body(facts, MARKER)) <= LIMIT
    assert len(summary(facts).encode()) <= 1024 * 1024
    assert outside_code(comment(facts, MARKER))
