"""`/coder` in comments through the real entry point: who may, what it does, what is said."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.coder_agents import Report, Say, Work
from bot.sandbox.http import Fault, HttpResponse
from tests.scenarios.hands import at, comments, granted, newest, plays, say
from tests.scenarios.stage import BOT, TOKEN, Stage

FIX = {"prices.py": "repaired\n"}


def reactions(stage: Stage, number: int) -> list[str]:
    """Of the newest comment of a person."""
    thread = stage.repository.state.pulls[number].issue.comments
    asked = [c for c in thread if c.user.login != "coder-fix-bot"]
    return [r.content for r in asked[-1].reactions]


def sticky(stage: Stage, number: int) -> str:
    """Our one comment about the repair."""
    (ours,) = [body for body in stage.comments(number) if "<!-- coder-fix:" in body]
    return ours


def answers(stage: Stage, number: int) -> list[str]:
    """Our answer comments, not the sticky one."""
    return [body for body in stage.comments(number) if "<!-- coder-fix-answer:" in body]


@pytest.fixture
def red(stage: Stage) -> int:
    """A red pull request, and alice who may write."""
    stage.repository.collaborator("alice", "write")
    return stage.red_pull_request()


def test_fix(stage: Stage, red: int):
    """The whole story from a comment, with the hint in the prompt under its author's name."""
    stage.fixes.append(FIX)
    told = say(stage, red, "/coder fix Look at the rounding,\nnot at the tax.")

    assert (told.outcome, told.code) == ("fixed", 0)
    assert "alice, who has write permission here" in stage.prompts[0]
    assert "> Look at the rounding," in stage.prompts[0]
    assert "> not at the tax." in stage.prompts[0]
    assert reactions(stage, red) == ["eyes", "rocket", "+1"]
    assert (stage.sessions(), answers(stage, red)) == (1, [])


@pytest.mark.parametrize(
    ("role", "inputs"),
    [
        ("read", {}),
        ("triage", {}),
        ("", {}),
        ("write", {"allow_users": "bob, carol"}),
        ("admin", {"allow_users": "bob"}),
    ],
)
def test_strangers_cause_nothing(stage: Stage, red: int, role, inputs):
    """No write, no reaction, no answer, and no output beyond the outcome."""
    stage.repository.collaborator("alice", role) if role else (
        stage.repository.state.collaborators.clear()
    )
    before = len(stage.github.exchanges)
    told = say(stage, red, "/coder fix please", **inputs)

    assert (told.outcome, told.code) == ("skipped/not-allowed", 0)
    sent = [x.request.method for x in stage.github.exchanges[before:]]
    assert set(sent) == {"GET"}
    assert "please" not in told.stdout + told.summary
    assert stage.sessions() == 0


@pytest.mark.parametrize("status", [403, 404, 500])
def test_rights_that_cannot_be_read_are_none(stage: Stage, red: int, status):
    """The permission endpoint fails: nobody is let in."""

    def refuse(request: Any) -> None:
        if request.path.endswith("/permission"):
            raise Fault("refused", respond=HttpResponse(status, {"message": "No"}))

    stage.github.fault_hooks.append(refuse)
    told = say(stage, red, "/coder fix")

    assert told.outcome in {"skipped/not-allowed", "error"}
    assert (stage.sessions(), reactions(stage, red)) == (0, [])


@pytest.mark.parametrize("how", ["edited", "deleted"])
def test_a_comment_that_is_not_as_it_was_commands_nothing(stage: Stage, red: int, how):
    """Between the event and our look somebody changed it."""
    stage.github.clock.advance(1)
    comment = comments(stage, red, "/coder fix")
    payload = newest(stage)
    thread = stage.repository.state.pulls[red].issue.comments
    if how == "deleted":
        thread.remove(comment)
    else:
        stage.github.clock.advance(5)
        comment.body, comment.updated_at = "/coder fix all", stage.github.clock.stamp()
    told = stage.run(payload, event="issue_comment")

    assert told.outcome == "skipped/nothing-to-do"
    assert stage.sessions() == 0


@pytest.mark.parametrize(
    ("text", "action", "outcome"),
    [
        ("Thanks!", "created", "skipped/nothing-to-do"),
        ("> /coder fix", "created", "skipped/nothing-to-do"),
        ("<details>\n\n/coder fix\n\n</details>", "created", "skipped/unknown-command"),
        ("```\n/coder fix\n```", "created", "skipped/nothing-to-do"),
        ("/coder fix", "edited", "skipped/nothing-to-do"),
        ("/coder fix", "deleted", "skipped/nothing-to-do"),
    ],
)
def test_what_is_no_command(stage: Stage, red: int, text, action, outcome):
    """Quotes, code, other people's words, edits."""
    comments(stage, red, text)
    payload = newest(stage)
    told = stage.run({**payload, "action": action}, event="issue_comment")

    assert (told.outcome, stage.sessions()) == (outcome, 0)


def test_a_bot_needs_to_be_allowed(stage: Stage, red: int):
    """A bot's comment commands only where `allow-bots` names it, and with the right as well."""
    stage.repository.collaborator("helper[bot]", "write")
    assert say(stage, red, "/coder status", author="helper[bot]").outcome == "skipped/not-allowed"
    told = say(stage, red, "/coder status", author="helper[bot]", allow_bots="helper[bot]")

    assert told.outcome == "answered"


def test_help_and_what_was_not_understood(stage: Stage, red: int):
    """One answer for a comment; the next one replaces it at the end of the thread."""
    told = say(stage, red, "/coder help")
    assert (told.outcome, told.code) == ("answered", 0)
    assert "| `/coder fix [hint]` |" in answers(stage, red)[0]
    assert reactions(stage, red) == ["eyes", "+1"]

    told = say(stage, red, "/coder fixx")
    assert told.outcome == "skipped/unknown-command"
    (answer,) = answers(stage, red)
    assert "Did you mean `/coder fix`?" in answer
    assert stage.comments(red)[-1] == answer
    assert reactions(stage, red) == ["eyes", "confused"]


def test_status(stage: Stage, red: int):
    """Before, during and after: state, attempt and link."""
    say(stage, red, "/coder status")
    assert "Nothing has been started here." in answers(stage, red)[0]
    plays(stage, Work(900))
    say(stage, red, "/coder fix", wait="none")
    assert "An agent" not in answers(stage, red)[0]
    assert sticky(stage, red)
    told = say(stage, red, "/coder status")
    assert told.outcome == "answered"
    assert "An agent works on it in" in answers(stage, red)[0]
    assert "attempt 1 of 2" in answers(stage, red)[0]
    assert stage.sessions() == 1


def test_fix_while_a_session_runs_is_no_second_one(stage: Stage, red: int):
    """Without a hint it is a status; with one the session is told."""
    plays(stage, Work(900))
    say(stage, red, "/coder fix", wait="none")
    stage.clock.sleep(30)
    assert say(stage, red, "/coder fix", wait="none").outcome == "answered"
    assert "An agent works on it in" in answers(stage, red)[0]
    stage.behave(stage.agent)
    stage.clock.sleep(900)
    told = say(stage, red, "/coder fix Mind the leap years", wait="none")

    stage.clock.sleep(60)
    say(stage, red, "/coder status")
    assert told.outcome == "pending"
    assert stage.sessions() == 1
    assert "> Mind the leap years" in stage.prompts[-1]


def test_tell(stage: Stage, red: int):
    """A message reaches the session and is no attempt; without a session it is a status."""
    told = say(stage, red, "/coder tell Use Decimal")
    assert told.outcome == "answered"
    assert "Nothing has been started here." in answers(stage, red)[0]
    say(stage, red, "/coder fix", wait="none")
    stage.clock.sleep(120)
    told = say(stage, red, "/coder tell Use Decimal", wait="none")

    assert told.outcome == "answered"
    assert reactions(stage, red) == ["eyes", "rocket", "+1"]
    stage.clock.sleep(60)
    say(stage, red, "/coder status")
    assert "> Use Decimal" in stage.prompts[-1]


@pytest.mark.row("held")
def test_stop_holds_until_fix(stage: Stage, red: int):
    """The session ends, nothing starts by itself, a person's `fix` begins the next generation."""
    plays(stage, Work(900))
    event = stage.red_event()
    say(stage, red, "/coder fix", wait="none")
    told = say(stage, red, "/coder stop")
    assert (told.outcome, told.code) == ("stopped", 0)
    assert "Stopped" in sticky(stage, red)
    stage.colors.insert(0, "rounding")
    stage.repository.commit("feature", {"prices.py": "worse\n"}, "More")
    stage.github.wait_idle()
    again = stage.run()
    assert again.outcome == "skipped/stopped"
    assert stage.run(event).outcome.startswith("skipped/")
    stage.behave(stage.agent)
    stage.fixes.append(FIX)
    told = say(stage, red, "/coder fix")

    assert told.outcome == "fixed"
    assert stage.sessions() == 2


def test_stop_while_nothing_runs(stage: Stage, red: int):
    """It is answered, and holds."""
    told = say(stage, red, "/coder stop")

    assert told.outcome == "answered"
    assert "Nothing was running." in answers(stage, red)[0]
    assert stage.run().outcome == "skipped/stopped"


def test_stop_while_another_run_waits(stage: Stage, red: int):
    """The waiting run sees it and claims nothing."""
    plays(stage, Say("Looking"), Work(600), None, Report("complete", "Pushed"))
    stage.fixes.append(FIX)

    def stop() -> None:
        say(stage, red, "/coder stop")

    at(stage, 100, stop)
    told = stage.run()

    assert told.outcome == "stopped"
    assert stage.sessions() == 1
    assert "Stopped" in sticky(stage, red)


def test_retry_begins_anew(stage: Stage, red: int):
    """The running session ends, another one starts on the newest red head."""
    plays(stage, Work(900))
    say(stage, red, "/coder fix", wait="none")
    stage.clock.sleep(60)
    say(stage, red, "/coder status")
    stage.behave(stage.agent)
    stage.fixes.append(FIX)
    told = say(stage, red, "/coder retry")

    assert told.outcome == "fixed"
    assert told.outputs["pull-request-branch"].endswith("-2")
    assert stage.sessions() == 2


def test_retry_says_what_differs(stage: Stage, red: int):
    """The commit, and whether the failure is the one of the start before."""
    plays(stage, Work(900))
    say(stage, red, "/coder fix", wait="none")
    stage.clock.sleep(60)
    first = stage.repository.head("feature")[:7]
    say(stage, red, "/coder retry", wait="none")
    (answer,) = answers(stage, red)
    assert f"A new start at `{first}` again, with the same failure." in answer
    stage.colors.insert(0, "rounding")
    stage.repository.commit("feature", {"prices.py": "newer\n"}, "More")
    stage.github.wait_idle()
    stage.github.clock.advance(60)
    say(stage, red, "/coder retry", wait="none")
    second = stage.repository.head("feature")[:7]

    (answer,) = answers(stage, red)
    assert f"A new start at `{second}` instead of `{first}`, with another failure." in answer


def test_one_comment_starts_at_most_one_session(stage: Stage, red: int):
    """Several commands are followed in order."""
    plays(stage, Work(900))
    told = say(stage, red, "/coder fix\n/coder retry\n/coder help", wait="none")

    assert told.outcome == "pending"
    assert stage.sessions() == 1
    assert "One comment starts at most one session." in answers(stage, red)[0]
    assert "| `/coder stop` |" in answers(stage, red)[0]


def test_nothing_is_red(stage: Stage):
    """A green pull request needs no agent, and says so."""
    stage.repository.collaborator("alice", "write")
    stage.repository.commit("feature", {"prices.py": "fine\n"}, "Fine", start=False)
    number = int(stage.repository.open_pull_request("feature", author="alice").number)
    stage.github.wait_idle()
    told = say(stage, number, "/coder fix")

    assert told.outcome == "skipped/not-failed"
    assert "No workflow run at the head of this pull request is red." in answers(stage, number)[0]
    assert stage.sessions() == 0


def test_a_push_after_the_comment_is_not_what_was_asked_for(stage: Stage, red: int):
    """The head is pinned: what came later, a stranger may have slipped in."""
    comments(stage, red, "/coder fix")
    payload = newest(stage)
    stage.github.clock.advance(60)
    stage.colors.insert(0, "rounding")
    stage.repository.commit("feature", {"prices.py": "sneaky\n"}, "Sneak", author="mallory")
    stage.github.wait_idle()
    told = stage.run(payload, event="issue_comment")

    assert told.outcome == "skipped/not-failed"
    assert stage.sessions() == 0


@pytest.mark.parametrize("text", ["/coder stop", "/coder tell Use Decimal", "/coder retry"])
def test_a_dry_run_changes_nothing(stage: Stage, red: int, text):
    """It says what it would do, and sends nothing that writes."""
    plays(stage, Work(900))
    say(stage, red, "/coder fix", wait="none")
    stage.clock.sleep(60)
    before = len(stage.github.exchanges), len(stage.coder.exchanges)
    told = say(stage, red, text, dry_run="true")

    assert told.outcome == "reported"
    sent = [*stage.github.exchanges[before[0] :], *stage.coder.exchanges[before[1] :]]
    assert {x.request.method for x in sent if not x.request.path.endswith("/graphql")} == {"GET"}
    assert "would be followed" in told.summary


def test_a_closed_pull_request(stage: Stage, red: int):
    """Nothing is left to repair, and that is the answer."""
    stage.repository.state.pulls[red].issue.state = "closed"
    told = say(stage, red, "/coder fix")

    assert told.outcome == "skipped/superseded"
    assert "This pull request is closed." in answers(stage, red)[0]


def test_coder_cannot_be_reached(stage: Stage, red: int):
    """The error is told where errors are told, and the comment gets a 👎."""

    def refuse(_request: Any) -> None:
        raise Fault("down", respond=HttpResponse(503, {"message": "Down"}))

    stage.coder.fault_hooks.append(refuse)
    told = say(stage, red, "/coder fix")

    assert (told.outcome, told.code) == ("error", 3)
    assert reactions(stage, red) == ["eyes", "-1"]


def test_a_thread_that_takes_no_answer(stage: Stage, red: int):
    """Locked: the summary has the answer as well, and the run does not fail for it."""

    def refuse(request: Any) -> None:
        if request.method == "POST" and request.path.endswith("/comments"):
            raise Fault("locked", respond=HttpResponse(403, {"message": "Locked"}))

    stage.github.fault_hooks.append(refuse)
    assert say(stage, red, "/coder help").outcome == "answered"


LESS = {
    # what is missing: outcome, words of the error
    "actions": ("error", "Grant `actions: read` in the job's `permissions:`"),
    "checks": ("error", "Grant `checks: read` in the job's `permissions:`"),
    "contents": ("error", "Grant `contents: read` in the job's `permissions:`"),
    "issues": ("fixed", ""),
    "pull_requests": ("error", "Grant `pull-requests: read` in the job's `permissions:`"),
    "statuses": ("error", "Grant `statuses: read` in the job's `permissions:`"),
}
"""Comments and reactions take `pull-requests: write` as well, on pull requests."""


@pytest.mark.parametrize("permission", ["", *LESS])
def test_with_exactly_the_examples_permissions(stage: Stage, red: int, permission: str):
    """The example's own are enough; with one less the error names it, or it was only a help."""
    whole = granted("comment.yml", "command")
    less = {name: level for name, level in whole.items() if name != permission}
    stage.github.tokens.grant(TOKEN, login=BOT, permissions=less)
    stage.fixes.append(FIX)
    told = say(stage, red, "/coder fix")
    outcome, words = LESS.get(permission, ("fixed", ""))

    assert told.outcome == outcome
    assert words in told.outputs["error-message"]


def test_a_comment_on_a_line_of_the_diff(stage: Stage, red: int):
    """The place is told to the agent with the words; answers stand in the conversation."""
    token = "ghp_" + "a11ce" * 7
    stage.github.tokens.grant(token, login="alice", permissions={"pull_requests": "write"})
    head = stage.repository.head("feature")
    answer = httpx.post(
        f"{stage.github.url}/repos/acme/widgets/pulls/{red}/comments",
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "User-Agent": "a-test",
        },
        json={
            "body": "/coder fix Never below zero",
            "commit_id": head,
            "path": "prices.py",
            "line": 1,
            "side": "RIGHT",
        },
    )
    payload = {
        "action": "created",
        "comment": answer.json(),
        "pull_request": {"number": red},
        "repository": newest_repository(stage),
    }
    stage.fixes.append(FIX)
    told = stage.run(payload, event="pull_request_review_comment")

    assert (answer.status_code, told.outcome) == (201, "fixed")
    assert "> About prices.py:1" in stage.prompts[0]
    assert "> Never below zero" in stage.prompts[0]
    (line,) = stage.repository.state.pulls[red].review_comments
    assert [r.content for r in line.reactions] == ["eyes", "rocket", "+1"]


def newest_repository(stage: Stage) -> Any:
    """The repository as the newest event tells it."""
    return next(p["repository"] for _, p in reversed(stage.events) if "repository" in p)


def test_stop_after_the_end_keeps_what_was_said(stage: Stage, red: int):
    """The verdict stays to be read; what comes later starts nothing by itself."""
    stage.fixes.append(FIX)
    stage.run()
    before = sticky(stage, red)
    told = say(stage, red, "/coder stop")
    stage.colors.insert(0, "rounding")
    stage.repository.commit("feature", {"prices.py": "worse\n"}, "More")
    stage.github.wait_idle()

    assert told.outcome == "answered"
    assert sticky(stage, red).partition("<!--")[0] == before.partition("<!--")[0]
    assert stage.run().outcome == "skipped/stopped"


@pytest.mark.parametrize("text", ["/coder stop", "/coder tell Use Decimal"])
def test_a_command_keeps_the_evidence_in_the_comment(stage: Stage, red: int, text):
    """The comment is written whole: cause and lines stay."""
    plays(stage, Work(900))
    say(stage, red, "/coder fix", wait="none")
    stage.clock.sleep(60)
    stage.behave(stage.agent)
    say(stage, red, text, wait="none")

    assert "**A test failed:** `test_voucher`" in sticky(stage, red)
    assert "E       assert -250 == 0" in sticky(stage, red)


def test_the_same_event_twice(stage: Stage, red: int):
    """Delivered once more, or run again: nothing second is started."""
    assert say(stage, red, "/coder fix").outcome == "no-change"
    again = stage.run(newest(stage), event="issue_comment")
    assert (again.outcome, stage.sessions()) == ("skipped/already-handled", 1)
    plays(stage, Work(900))
    assert say(stage, red, "/coder retry", wait="none").outcome == "pending"
    again = stage.run(newest(stage), event="issue_comment", wait="none")

    assert (again.outcome, stage.sessions()) == ("pending", 2)


def test_retry_without_a_red_run_leaves_the_session(stage: Stage, red: int):
    """The newer head is still being checked: the session at work is not ended for nothing."""
    plays(stage, Work(900))
    say(stage, red, "/coder fix", wait="none")
    stage.clock.sleep(60)
    stage.repository.commit("feature", {"prices.py": "newer\n"}, "More", start=False)
    told = say(stage, red, "/coder retry")

    assert told.outcome == "skipped/not-failed"
    assert "Stopped" not in sticky(stage, red)
    assert not any(x.request.path.endswith("/pause") for x in stage.coder.exchanges)


def test_commands_on_our_own_pull_request(stage: Stage, red: int):
    """Where the repair is reviewed, they mean the item that it repairs."""
    stage.colors += ["rounding"]
    stage.fixes.append(FIX)
    first = say(stage, red, "/coder fix", max_attempts="1")
    ours = int(first.outputs["pull-request-number"])
    told = say(stage, ours, "/coder status")
    assert first.outcome == "not-fixed"
    assert told.outcome == "answered"
    assert "Not fixed" in answers(stage, ours)[0]
    say(stage, ours, "/coder stop")
    stage.colors.insert(0, "taxes")
    stage.repository.commit("feature", {"prices.py": "worse\n"}, "More")
    stage.github.wait_idle()

    assert stage.run(stage.red_event_on("feature")).outcome == "skipped/stopped"
    assert not any("<!-- coder-fix:" in body for body in stage.comments(ours))


@pytest.mark.parametrize("text", ["/coder stop", "/coder retry", "/coder allow skipped-tests"])
def test_a_report_only_looks(stage: Stage, red: int, text):
    """`mode: report`: the comment of the session at work stays as it is."""
    plays(stage, Work(900))
    say(stage, red, "/coder fix", wait="none")
    stage.clock.sleep(60)
    before = sticky(stage, red)
    told = say(stage, red, text, mode="report")

    assert told.outcome == "reported"
    assert sticky(stage, red) == before


def test_a_stop_that_cannot_be_remembered(stage: Stage, red: int):
    """`comment: none` leaves no place for it, and that is said."""
    say(stage, red, "/coder stop", comment="none")

    assert "With `comment: none` that cannot be remembered" in answers(stage, red)[0]


def test_a_newer_run_was_green(stage: Stage, red: int):
    """Red once and green since, at the same commit: nothing is left to repair."""
    green = [JobSeed("test")]
    stage.github.add_run(
        stage.repository, green, branch="feature", event="pull_request", pull_number=red
    )
    told = say(stage, red, "/coder fix")

    assert (told.outcome, stage.sessions()) == ("skipped/not-failed", 0)
