"""What people read, word for word. `UPDATE_GOLDEN=1` writes the files anew; read the difference."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.model import (
    CommentCommands,
    Diagnostic,
    Evidence,
    Excerpt,
    Job,
    Misread,
    MissingLog,
    Outcome,
    Report,
    SessionState,
    Trouble,
    Verb,
    Verdict,
    VerdictKind,
)
from bot.outcomes import ErrorKind, FailureClass, OutcomeKind, SkipReason, UnverifiedCause
from bot.report import answer, issue, pull_request
from bot.report.answer import TROUBLES, VERBS, help_text, misread_text
from bot.report.comment import comment
from bot.report.facts import Attempt, Ending, Finding, ReportFacts, SweptItem
from bot.report.summary import summary
from bot.untrusted import Untrusted
from tests.report.story_facts import GREEN, RED, base_facts, session, with_repair

GOLDEN = Path(__file__).parent.parent / "data" / "golden"
MARKER = "<!-- coder-fix:pr:12 -->"


def _ended(kind: OutcomeKind, **changes: object) -> ReportFacts:
    outcome = changes.pop("outcome", Outcome(kind))
    return replace(with_repair(base_facts()), outcome=outcome, **changes)  # type: ignore[arg-type]


def _alone(kind: OutcomeKind, **changes: object) -> ReportFacts:
    outcome = changes.pop("outcome", Outcome(kind))
    return replace(base_facts(), outcome=outcome, **changes)  # type: ignore[arg-type]


RED_VERDICT = Verdict(VerdictKind.RED, GREEN, counted=12)
TWO_ATTEMPTS = (
    Attempt("a1b2c3d4e5", "red: the same test, 84.45 instead of 84.46"),
    Attempt(GREEN, "red: `test (3.12)` again, with a new finding in `lint`"),
)
QUESTION = Report(
    complete=False,
    message=Untrusted(
        "The test expects half-up rounding, the documentation says banker's rounding.\n"
        "Which one is right?"
    ),
)
FINDINGS = (
    Finding(
        "skipped-tests",
        Untrusted("tests/test_cart.py"),
        37,
        "A test is skipped, or expected to fail, instead of made to pass.",
        text=Untrusted('    @unittest.skip("see `#12`, @octo")'),
        legitimate="The test cannot work in this environment, and an issue says who sees to it.",
    ),
    Finding("skipped-tests", Untrusted("tests/test_tax.py"), 9, "A test is skipped."),
    Finding(
        "deleted-tests",
        Untrusted("tests/test_cart.py"),
        52,
        "A test was deleted, and none came in its place.",
        text=Untrusted("def test_total():"),
        removed=True,
    ),
    Finding("not-descended", Untrusted(""), 0, "It does not hold the red commit `4be1c0de9f4b`."),
    Finding(
        "workflow-files",
        Untrusted(".github/workflows/ci.yml"),
        4,
        "The workflow in which the failure was seen was changed.",
        blocking=False,
    ),
    Finding("diff-size", Untrusted("cart.py"), 0, "500 lines changed.", accepted=True),
)
BUILD_LOG = tuple(
    map(
        Untrusted,
        (
            "template: starting",
            "docker_container.workspace: Creating...",
            "Error: Unable to create container: no space left on device",
        ),
    )
)

STORIES: dict[str, ReportFacts] = {
    "working": _alone(OutcomeKind.PENDING),
    "working-second-attempt": replace(
        base_facts(), attempt=2, attempts=TWO_ATTEMPTS[:1], outcome=Outcome(OutcomeKind.PENDING)
    ),
    "fixed": _ended(OutcomeKind.FIXED),
    "fixed-in-place": replace(
        _ended(OutcomeKind.FIXED, mode="fix"),
        pull_request=base_facts().failing_pull_request,
    ),
    "fixed-merged": _ended(OutcomeKind.FIXED, ending=Ending.MERGED),
    "green-by-itself": _alone(
        OutcomeKind.SKIPPED,
        ending=Ending.GREEN,
        outcome=Outcome(OutcomeKind.SKIPPED, skip_reason=SkipReason.SUPERSEDED),
    ),
    "unverified": _ended(
        OutcomeKind.UNVERIFIED,
        verdict=Verdict(VerdictKind.UNVERIFIED, GREEN, cause=UnverifiedCause.APPROVAL_NEEDED),
    ),
    "unverified-forbidden": replace(
        _alone(OutcomeKind.UNVERIFIED),
        outcome=Outcome(OutcomeKind.UNVERIFIED, cause=UnverifiedCause.PULL_REQUEST_FORBIDDEN),
        compare_url="https://github.example.test/octo/shop/compare/round-totals...coder-fix/pr-12-1",
    ),
    "flagged": _ended(OutcomeKind.FLAGGED, findings=FINDINGS, commands=True),
    "not-fixed": _ended(
        OutcomeKind.NOT_FIXED,
        verdict=RED_VERDICT,
        attempts=TWO_ATTEMPTS,
        attempt=2,
        findings=FINDINGS[:1],
    ),
    "no-change": _alone(OutcomeKind.NO_CHANGE, session=replace(session(), report=QUESTION)),
    "needs-human": _alone(
        OutcomeKind.NEEDS_HUMAN, session=replace(session(), report=QUESTION), commands=True
    ),
    "timed-out": _alone(OutcomeKind.TIMED_OUT, session=replace(session(), report=None)),
    "stopped": _alone(
        OutcomeKind.STOPPED,
        commands=True,
        outcome=Outcome(OutcomeKind.STOPPED, "Stopped by `alice`; the workspace is paused."),
    ),
    "error": _alone(
        OutcomeKind.ERROR,
        outcome=Outcome(
            OutcomeKind.ERROR,
            "The workspace of the session could not be built.",
            error_kind=ErrorKind.WORKSPACE,
        ),
        session=replace(
            session(SessionState.FAILED),
            report=None,
            error=Untrusted("Unable to create container: no space left on device"),
        ),
        session_log=BUILD_LOG,
    ),
    "reported": _alone(OutcomeKind.REPORTED, mode="report", session=None, attempt=0),
}


UNSEEN = _alone(
    OutcomeKind.PENDING,
    failing_jobs=(Job(7701, Untrusted("test (3.12)"), "in_progress", None),),
    unfinished_jobs=tuple(
        Job(7702 + n, Untrusted(f"test (3.{n})"), "queued", None) for n in range(7)
    ),
    evidence=Evidence(
        FailureClass.UNKNOWN,
        "nothing in the log says what kind of failure it is",
        (
            Diagnostic(
                "step", FailureClass.UNKNOWN, Untrusted("step 5 failed: Run pip install -e .")
            ),
        ),
        (
            Excerpt(
                Untrusted("test (3.12)"),
                7701,
                5,
                Untrusted("Run pip install -e ."),
                Untrusted("pip install -e .\npytest"),
                (),
                0,
                "https://github.example.test/octo/shop/actions/runs/9001/job/7701",
            ),
        ),
        (),
        missing=(
            MissingLog(
                Untrusted("test (3.12)"),
                "GitHub shows it only when the job has ended, and no `log-file` stands in for it",
                unended=True,
            ),
            MissingLog(Untrusted("out/*.xml"), "`log-file`: it matches no file in the workspace"),
        ),
    ),
)


@pytest.mark.parametrize("name", STORIES)
def test_comment_is_the_reviewed_one(name: str) -> None:
    """The comment of each stage reads exactly as it was reviewed."""
    _check(f"comment-{name}", comment(STORIES[name], MARKER))


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("fixed", STORIES["fixed"]),
        ("error", STORIES["error"]),
        (
            "base-red",
            _alone(
                OutcomeKind.SKIPPED,
                outcome=Outcome(OutcomeKind.SKIPPED, skip_reason=SkipReason.BASE_RED),
                session=None,
                attempt=0,
                decision="The newest run of `CI` on `main` has the same failure: start nothing.",
            ),
        ),
        (
            "dry-run",
            _alone(
                OutcomeKind.REPORTED,
                session=None,
                attempt=0,
                dry_run=True,
                prompt="# Task\n\nCI is red in the repository octo/shop.\n",
            ),
        ),
        ("step-without-a-file", UNSEEN),
        (
            "swept",
            ReportFacts(
                outcome=Outcome(OutcomeKind.SWEPT, "3 open items, 1 request of 200 left over."),
                items=(
                    SweptItem(Outcome(OutcomeKind.FIXED, item="pr:12")),
                    SweptItem(Outcome(OutcomeKind.PENDING, "The agent works.", item="pr:14")),
                    SweptItem(
                        Outcome(
                            OutcomeKind.SKIPPED,
                            skip_reason=SkipReason.LIMIT,
                            item="branch:main:3f2a9c51d0e7",
                        )
                    ),
                ),
            ),
        ),
    ],
)
def test_summary_is_the_reviewed_one(name: str, facts: ReportFacts) -> None:
    """The job summary of each kind of end reads exactly as it was reviewed."""
    _check(f"summary-{name}", summary(facts))


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("new", replace(with_repair(base_facts()), outcome=Outcome(OutcomeKind.PENDING))),
        ("fixed", replace(STORIES["fixed"], issue=7)),
        ("flagged", STORIES["flagged"]),
    ],
)
def test_pull_request_is_the_reviewed_one(name: str, facts: ReportFacts) -> None:
    """Title and body of our pull request read exactly as they were reviewed."""
    text = f"# {pull_request.title(facts)}\n\n{pull_request.body(facts, MARKER)}"
    _check(f"pull-request-{name}", text)


def test_issue_is_the_reviewed_one() -> None:
    """The issue for a red default branch reads exactly as it was reviewed."""
    run = base_facts().run
    facts = replace(
        STORIES["no-change"],
        failing_pull_request=None,
        run=replace(run, head_branch="main", event="push", head_sha=RED) if run else None,
    )
    _check("issue", f"# {issue.title(facts)}\n\n{issue.body(facts, MARKER)}")


def test_answers_are_the_reviewed_ones() -> None:
    """The table of commands, and what is said of those not understood, read as reviewed."""
    misread = (
        Misread(Trouble.NO_VERB, 0),
        Misread(Trouble.UNKNOWN_VERB, 1, Untrusted("fxi"), nearest=Verb.FIX),
        Misread(Trouble.UNKNOWN_VERB, 2, Untrusted("@alice")),
        Misread(Trouble.NO_PACKAGE, 3),
        Misread(Trouble.BAD_PACKAGE, 4, Untrusted("../x"), why="a path is no package name"),
        Misread(Trouble.NO_RULE, 5),
        Misread(Trouble.BAD_RULE, 6, Untrusted("`skip`")),
        Misread(Trouble.NO_TEXT, 7),
        Misread(Trouble.QUOTED, 8, Untrusted("/coder fix <!-- it -->")),
        Misread(Trouble.FOLDED, 9, Untrusted("/coder fix #1")),
    )

    _check("answer-help", help_text())
    _check("answer-misread", misread_text(CommentCommands(misread=misread, left_out=490)))
    _check("answer-misread-one", misread_text(CommentCommands(misread=misread[1:2])))


def test_every_verb_and_trouble_has_words() -> None:
    """A verb is in the table by its own name; no trouble is without a sentence."""
    assert set(TROUBLES) == set(Trouble)
    assert [usage.split()[0] for usage, _ in VERBS.values()] == [verb.value for verb in Verb]


@pytest.mark.parametrize("kind", ["working", "fixed", "nothing"])
def test_status(kind: str) -> None:
    """How it stands, in an answer of its own: before, during and after."""
    facts = {
        "working": _alone(OutcomeKind.PENDING),
        "fixed": _ended(OutcomeKind.FIXED),
        "nothing": ReportFacts(outcome=Outcome(OutcomeKind.ANSWERED)),
    }[kind]
    text = answer.comment([answer.status_text(facts)], "<!-- coder-fix-answer:0123456789ab -->")
    _check(f"answer-status-{kind}", text)


def test_several_answers() -> None:
    """In order, each said once, the marker last."""
    text = answer.comment(["one", "two", "one"], "<!-- m -->")
    assert text == "one\n\n---\n\ntwo\n\n<!-- m -->\n"


def _check(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.md"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
