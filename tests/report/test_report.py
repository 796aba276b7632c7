"""What is told in every case: complete, in closed words, with something to do for a person."""

import json
from dataclasses import replace

import pytest

from bot.errors import UpstreamError
from bot.model import BackendName, Outcome, Verdict, VerdictKind
from bot.outcomes import ErrorKind, FailureClass, OutcomeKind, SkipReason, UnverifiedCause
from bot.report import issue, pull_request
from bot.report.annotation import annotation
from bot.report.comment import comment
from bot.report.facts import Ending, Operation, ReportFacts, SweptItem
from bot.report.outputs import OUTPUT_NAMES, outputs
from bot.report.summary import summary
from bot.report.words import ERRORS, FAILURES, OUTCOMES, SKIPPED, UNVERIFIED
from bot.sanitize import Secrets
from bot.untrusted import Untrusted
from tests.report.conftest import Make
from tests.report.story_facts import GREEN, evidence, session

MARKER = "<!-- coder-fix:pr:12 -->"


@pytest.mark.parametrize(
    ("closed_list", "words"),
    [
        (OutcomeKind, OUTCOMES),
        (SkipReason, SKIPPED),
        (UnverifiedCause, UNVERIFIED),
        (ErrorKind, ERRORS),
        (FailureClass, FAILURES),
    ],
)
def test_every_word_has_a_sentence(closed_list: type, words: dict[object, object]) -> None:
    """No outcome, reason, cause, kind or class is left without words."""
    assert set(closed_list) == set(words)  # type: ignore[call-overload]


def outcomes() -> list[Outcome]:
    """Every outcome with every detail it can have."""
    return [
        *(Outcome(kind) for kind in OutcomeKind),
        *(Outcome(OutcomeKind.SKIPPED, skip_reason=reason) for reason in SkipReason),
        *(Outcome(OutcomeKind.UNVERIFIED, cause=cause) for cause in UnverifiedCause),
        *(Outcome(OutcomeKind.ERROR, "It failed.", error_kind=kind) for kind in ErrorKind),
    ]


@pytest.mark.parametrize("repaired", [True, False])
@pytest.mark.parametrize("outcome", outcomes(), ids=str)
def test_every_end_says_what_a_person_can_do(outcome: Outcome, repaired: bool, make: Make) -> None:
    """Each comment and summary has a headline, a next step, and no placeholder left open."""
    for facts in (
        make(outcome=outcome, repaired=repaired),
        make(outcome=outcome, repaired=repaired, commands=True, session=None),
        ReportFacts(outcome=outcome),
    ):
        for text in (comment(facts, MARKER), summary(facts), issue.body(facts, MARKER)):
            glyph = OUTCOMES[outcome.kind].glyph
            assert glyph in text.splitlines()[0]
            assert "**Next.** " in text
            assert "{" not in text.partition("<details>")[0]


def test_marker_is_the_last_line(make: Make) -> None:
    """Nothing from outside ever follows the start of a hidden comment, at any stage."""
    for facts in (make(), make(repaired=True, ending=Ending.MERGED)):
        for text in (comment(facts, MARKER), pull_request.body(facts, MARKER)):
            assert MARKER == text.splitlines()[-1]
            assert text.count("<!--") == 1


def test_comment_is_stable_while_nothing_changes(make: Make) -> None:
    """Time alone does not change the comment of a session under way."""
    assert comment(make(duration=10), MARKER) == comment(make(duration=99.5), MARKER)


def test_settled_comment_is_one_line(make: Make) -> None:
    """Once it is merged, only one line shows; the rest is folded."""
    text = comment(make(repaired=True, ending=Ending.MERGED), MARKER)
    assert text.startswith("<details>\n<summary>")
    assert text.rstrip().endswith(f"</details>\n\n{MARKER}")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Fix failing test `test_total_rounds`"),
        ({"test": "x" * 90}, "Fix red CI of #12"),
        ({"test": "test with @mention"}, "Fix red CI of #12"),
        (
            {"failure_class": FailureClass.LINT, "test": ""},
            "Fix lint error in `tests/test_cart.py`",
        ),
        ({"failure_class": FailureClass.DEPENDENCY}, "Fix red CI of #12"),
    ],
)
def test_pull_request_title(changes: dict[str, object], expected: str, make: Make) -> None:
    """The title names the test or file where its name is plain, else what was red."""
    finding = replace(evidence().diagnostics[0], **changes)  # type: ignore[arg-type]
    facts = make(evidence=replace(evidence(), diagnostics=(finding,)))
    assert expected == pull_request.title(facts)


def test_titles_without_a_pull_request_name_the_branch(make: Make) -> None:
    """A red default branch is named; a name that is not plain is left out."""
    facts = make(evidence=None, failing_pull_request=None)
    assert pull_request.title(facts) == "Fix red CI on round-totals"
    assert issue.title(facts) == "CI is red on round-totals and needs a person"
    assert facts.run
    odd = replace(facts, run=replace(facts.run, head_branch="a @b"))
    assert pull_request.title(odd) == "Fix red CI"


def test_outputs_of_a_fix(make: Make) -> None:
    """The outputs name session, pull request and verdict, under the names others use as well."""
    values = outputs(
        make(repaired=True, outcome=Outcome(OutcomeKind.FIXED), duration=61.6, bundle="b.zip")
    )
    assert tuple(values) == OUTPUT_NAMES
    expected = {
        "outcome": "fixed",
        "failure-class": "test",
        "failure-fingerprint": "3f2a9c51d0e7",
        "attempt": "1",
        "backend": "tasks",
        "session-created": "true",
        "task-name": "cf-1a2b3c4d-0123456789ab-1",
        "task-url": "https://coder.example.test/tasks/bot/5c0f6a9e",
        "task-created": "true",
        "chat-id": "",
        "coder-username": "bot",
        "pull-request-number": "13",
        "pull-request-operation": "created",
        "pull-request-head-sha": GREEN,
        "pull-request-branch": "coder-fix/pr-12-1",
        "verified": "green",
        "verified-sha": GREEN,
        "log-chars-in": "48112",
        "duration-seconds": "62",
        "error-kind": "",
        "error-message": "",
        "items": "",
        "bundle": "b.zip",
    }
    assert expected == {name: values[name] for name in expected}


def test_outputs_of_a_chat(make: Make) -> None:
    """A chat is known by its id, and the task aliases are empty."""
    chat = replace(session(), backend=BackendName.CHATS, created=False)
    values = outputs(make(session=chat))
    names = ("backend", "chat-id", "chat-url", "chat-created", "task-name", "task-url")
    assert [values[name] for name in names] == ["chats", chat.id, chat.url, "false", "", ""]


def test_outputs_without_a_session_are_empty() -> None:
    """Nothing is said where there is nothing to say."""
    values = outputs(ReportFacts(outcome=Outcome(OutcomeKind.SKIPPED, skip_reason=SkipReason.FORK)))
    said = {name: value for name, value in values.items() if value}
    expected = {
        "outcome": "skipped",
        "skip-reason": "fork",
        "pull-request-operation": "none",
        "duration-seconds": "0",
    }
    assert expected == said


def test_outputs_of_a_sweep() -> None:
    """Each item has its own outcome and addresses."""
    item = SweptItem(
        Outcome(OutcomeKind.SKIPPED, skip_reason=SkipReason.LIMIT, item="pr:9"),
        session_url="https://coder.example.test/s",
    )
    facts = ReportFacts(outcome=Outcome(OutcomeKind.SWEPT), items=(item,))
    expected = [
        {
            "item": "pr:9",
            "outcome": "skipped",
            "skip-reason": "limit",
            "session-url": "https://coder.example.test/s",
            "pull-request-url": "",
        }
    ]
    assert expected == json.loads(outputs(facts)["items"])


def test_checks_that_never_ended_are_a_timeout(make: Make) -> None:
    """`verified` has its own word for checks that did not end in time."""
    facts = make(verdict=Verdict(VerdictKind.PENDING, GREEN))
    assert outputs(facts)["verified"] == "timeout"


def test_annotation_is_cause_and_remedy() -> None:
    """One line: what happened, then what to do, the usual remedy where none is given."""
    given = Outcome(
        OutcomeKind.ERROR,
        "The input `coder-url` is missing.",
        error_kind=ErrorKind.CONFIGURATION,
        remedy="Set it.",
    )
    assert annotation(given) == "The input `coder-url` is missing. Set it."
    usual = replace(given, remedy="", error_kind=ErrorKind.AGENT, reason="The agent stopped")
    assert annotation(usual) == (
        "The agent stopped. See in the session what stopped it, then run the job again."
    )


def test_own_tokens_are_in_no_text(make: Make) -> None:
    """Whatever carries a token of ours into a report, the report shows only its name."""
    token = "aB3" * 9 + "Zz"
    facts = make(
        secrets=Secrets({"coder-token": token}),
        outcome=Outcome(OutcomeKind.ERROR, f"401 for {token}", error_kind=ErrorKind.CODER_AUTH),
        session=replace(session(), error=Untrusted(f"bad {token}"), name=token),
        session_log=(Untrusted(token),),
        decision=f"used {token}",
        operation=Operation.NONE,
    )
    texts = (
        comment(facts, MARKER),
        summary(facts),
        issue.body(facts, MARKER),
        pull_request.body(facts),
        *outputs(facts).values(),
        annotation(facts.outcome, facts.secrets),
    )
    for text in texts:
        assert token not in text
    assert "[coder-token]" in texts[0]
    assert token not in repr(facts.secrets)


def test_session_log_shows_its_last_lines_only_where_there_is_no_fix(make: Make) -> None:
    """The last 20 lines help to understand a failure; after a fix nobody needs them."""
    log = tuple(Untrusted(f"step {n}.") for n in range(30))
    failed = summary(make(outcome=Outcome(OutcomeKind.NO_CHANGE), session_log=log))
    assert "Last 20 log lines of the session" in failed
    assert ("step 9." in failed, "step 10." in failed, "step 29." in failed) == (False, True, True)
    assert "step 29." not in summary(make(outcome=Outcome(OutcomeKind.FIXED), session_log=log))


def test_an_item_of_a_sweep_explains_as_much_as_a_run(make: Make) -> None:
    """The server's own words end the sentence, as code, whether it is one item or one of many."""
    words = Untrusted("Resource not accessible, says @bob")
    refused = Outcome.of(UpstreamError(ErrorKind.GITHUB, "GitHub answered 403.", detail=words))
    alone = summary(make(outcome=refused))
    swept = make(outcome=Outcome(OutcomeKind.SWEPT), items=(SweptItem(refused), SweptItem(refused)))

    for told in (alone, summary(swept)):
        assert "GitHub answered 403: `Resource not accessible, says @bob`." in told
