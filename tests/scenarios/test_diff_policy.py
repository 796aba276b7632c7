"""A change that makes a red check green without a repair: objected to once, and never `fixed`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.sandbox.coder_agents import Report, Say
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.scenarios.hands import FIX, is_stopped, say
from tests.scenarios.stage import BOT, PERMISSIONS, Stage, branch_in

TESTS = """\
from prices import total


def test_voucher():
    assert total([250], voucher=500) == 0
"""
SKIPPED = "import pytest\n\n" + TESTS.replace("def ", "@pytest.mark.skip\ndef ")
CHEAT = {"tests/test_prices.py": SKIPPED}
REPAIR = {"tests/test_prices.py": TESTS, **FIX}
RULE = "**skipped-tests**: A test is skipped"


@pytest.fixture
def number(stage: Stage) -> int:
    """A red pull request of a repository with tests."""
    stage.repository.commit("main", {"tests/test_prices.py": TESTS}, "Add tests", start=False)
    return stage.red_pull_request()


def compared(stage: Stage) -> int:
    """How often two commits were compared."""
    return sum("/compare/" in x.request.path for x in stage.github.exchanges)


@pytest.mark.row("objected", "green")
def test_a_cheat_is_taken_back(stage: Stage, number: int):
    """Green by a skipped test: the same session is told once, repairs it, and that is `fixed`."""
    stage.fixes += [CHEAT, REPAIR]
    told = stage.run()

    assert (told.outcome, told.outputs["attempt"]) == ("fixed", "2")
    assert (stage.sessions(), len(stage.prompts)) == (1, 2)
    assert "CI is green. Build on what is on the branch" in stage.prompts[1]
    assert "tests/test_prices.py:6 · skipped-tests: " in stage.prompts[1]
    assert "@pytest.mark.skip" in stage.prompts[1]
    assert "assert -250 == 0" in stage.prompts[1]
    assert RULE not in stage.comments(number)[0]
    assert "green, objected to for skipped-tests" in stage.comments(number)[0]
    assert compared(stage) == 2


@pytest.mark.row("objected", "flagged")
def test_a_cheat_that_stays(stage: Stage, number: int):
    """Told once and cheating again: `flagged`, with the lines, however many attempts are left."""
    stage.fixes += [CHEAT, CHEAT | {"prices.py": "worse\n"}, REPAIR]
    told = stage.run(max_attempts="4")
    ours = stage.repository.state.pulls[int(told.outputs["pull-request-number"])]
    comment = stage.comments(number)[0]

    assert (told.outcome, told.code, told.outputs["verified"]) == ("flagged", 0, "green")
    assert (stage.sessions(), len(stage.prompts)) == (1, 2)
    for text in (comment, ours.issue.body or "", told.summary):
        assert f"- `tests/test_prices.py:6` {RULE}" in text
        assert "`@pytest.mark.skip`" in text
        assert "*Legitimate where:*" in text
    assert "Look before you merge" in comment
    assert (ours.draft, is_stopped(stage)) == (True, True)


@pytest.mark.row("objections-stand")
def test_an_agent_that_insists(stage: Stage, number: int):
    """It changes nothing after the objection: `flagged` at the head that was green."""
    stage.fixes += [CHEAT]
    told = stage.run()

    assert (told.outcome, told.outputs["verified"], len(stage.prompts)) == ("flagged", "green", 2)
    head = stage.repository.head(told.outputs["pull-request-branch"])
    assert told.outputs["verified-sha"] == head
    assert RULE in stage.comments(number)[0]
    assert "changed nothing more" in stage.comments(number)[0]


@pytest.mark.row("flagged")
def test_without_another_attempt(stage: Stage, number: int):
    """`max-attempts: 1` leaves none to tell it with."""
    stage.fixes += [CHEAT]
    told = stage.run(max_attempts="1")

    assert (told.outcome, len(stage.prompts)) == ("flagged", 1)
    assert RULE in stage.comments(number)[0]


@pytest.mark.row("red", "used-up")
def test_cheating_and_red(stage: Stage, number: int):
    """The objections go with the new evidence; still red at the end it is `not-fixed`."""
    stage.colors += ["rounding", "taxes"]
    stage.fixes += [CHEAT, {"prices.py": "worse\n"}]
    told = stage.run()

    assert (told.outcome, len(stage.prompts)) == ("not-fixed", 2)
    assert "test_rounding" in stage.prompts[1]
    assert "skipped-tests: " in stage.prompts[1]
    assert RULE in stage.comments(number)[0]


@pytest.mark.row("flagged")
def test_nobody_asks_for_checks(stage: Stage, number: int):
    """`verify: none` spares the checks and not the diff."""
    stage.fixes += [CHEAT, CHEAT | {"prices.py": "other\n"}]
    told = stage.run(verify="none")

    assert (told.outcome, len(stage.prompts)) == ("flagged", 2)
    assert RULE in stage.comments(number)[0]
    assert not any("check-runs" in x.request.path for x in stage.github.exchanges)


@pytest.mark.row("flagged")
def test_in_place(stage: Stage, number: int):
    """`mode: fix`: said on the pull request, and nothing is taken back by us."""
    stage.fixes += [CHEAT, CHEAT | {"prices.py": "other\n"}]
    told = stage.run(mode="fix")

    assert told.outcome == "flagged"
    assert stage.repository.head("feature") == told.outputs["verified-sha"]
    assert RULE in stage.comments(number)[0]
    assert "Read these lines in the new commits" in stage.comments(number)[0]


@pytest.mark.row("objected", "flagged")
def test_a_branch_begun_elsewhere(stage: Stage, number: int):
    """The head does not hold the red commit: told to merge it, and flagged while it does not."""
    red = stage.repository.head("feature")

    def agent(prompt: str, _work: Any) -> Iterator[Any]:
        stage.prompts.append(prompt)
        branch, files = branch_in(prompt), {"prices.py": f"repaired {len(stage.prompts)}\n"}
        begun = stage.repository.state.git.branch(branch) is not None
        start = "" if begun else "main"
        stage.repository.commit(branch, files, "Fix", from_branch=start, author=BOT)
        yield Say("Done")
        yield Report("complete", "Started over")

    stage.behave(agent)
    told = stage.run()

    assert (told.outcome, len(stage.prompts)) == ("flagged", 2)
    assert f"Merge {red} into the branch." in stage.prompts[1]
    assert f"**not-descended**: It does not hold the red commit `{red[:12]}`" in told.summary


@pytest.mark.row("flagged")
def test_what_cannot_be_read(stage: Stage, number: int):
    """GitHub cannot compare: that is said, and it is not `fixed`."""

    def refuse(request: HttpRequest) -> None:
        if "/compare/" in request.path:
            raise Fault("refused", respond=HttpResponse(404, {"message": "Not Found"}))

    stage.github.fault_hooks.append(refuse)
    stage.fixes += [REPAIR]
    told = stage.run(max_attempts="1")

    assert told.outcome == "flagged"
    assert "**not-inspected**: GitHub cannot compare it" in stage.comments(number)[0]


@pytest.mark.row("flagged")
def test_the_inputs_flag(stage: Stage, number: int):
    """`max-diff-lines` and `protected-paths` are the workflow's own."""
    stage.fixes += [FIX | {"deploy/run.txt": "a\nb\nc\n"}]
    told = stage.run(max_attempts="1", max_diff_lines="3", protected_paths="deploy/**")

    assert told.outcome == "flagged"
    for rule in ("diff-size", "protected-paths"):
        assert f"**{rule}**" in stage.comments(number)[0]


@pytest.mark.row("green")
def test_what_only_deserves_a_look(stage: Stage, number: int):
    """A new test that is skipped makes nothing green: `fixed`, with a note in a closed section."""
    new = "import pytest\n\n\n@pytest.mark.skip\ndef test_more():\n    assert 1\n"
    stage.fixes += [FIX | {"tests/test_more.py": new}]
    told = stage.run()

    assert told.outcome == "fixed"
    assert "1 note on the change" in stage.comments(number)[0]


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_where_no_pull_request_may_be_opened(stage: Stage, number: int):
    """The compare link stands with the objections: nobody should merge it unread."""
    stage.repository.state.settings.actions_may_open_pull_requests = False
    token = "ghs_" + "b0t" * 12
    stage.github.tokens.grant(token, kind="github-token", permissions=PERMISSIONS)
    stage.fixes += [CHEAT]
    told = stage.run(github_token=token)

    assert told.outcome == "flagged"
    assert RULE in stage.comments(number)[0]
    assert "/compare/feature...coder-fix/pr/" in stage.comments(number)[0]


def test_the_failing_test_itself(stage: Stage):
    """Only its expected value changed: the failing change tells whether that is a cheat."""
    old = TESTS.replace("== 0", "== 250")
    stage.repository.commit("main", {"tests/test_prices.py": old}, "Add tests", start=False)
    number = stage.red_pull_request()
    stage.fixes += [{"tests/test_prices.py": TESTS}]
    told = stage.run()

    assert told.outcome == "fixed", stage.comments(number)
    assert "note on the change" in stage.comments(number)[0]
    assert compared(stage) == 2


def test_another_run_carries_on(stage: Stage, number: int):
    """What was objected to is remembered by the comment: the next run does not say it again."""
    stage.fixes += [CHEAT, CHEAT | {"prices.py": "other\n"}]
    event = stage.red_event()
    stage.run(event, wait="none")
    outcomes: list[str] = []
    while not outcomes or outcomes[-1] == "pending":
        assert len(outcomes) < 12
        stage.clock.sleep(60)
        outcomes.append(stage.run(event, wait="none").outcome)
    assert (outcomes[-1], len(stage.prompts), stage.sessions()) == ("flagged", 2, 1)
    assert RULE in stage.comments(number)[0]


@pytest.mark.parametrize("insists", [True, False])
def test_a_person_accepts_a_rule(stage: Stage, number: int, insists):
    """`/coder allow` by somebody with the right: the same change is judged anew, and is `fixed`."""
    stage.repository.collaborator("alice", "write")
    stage.fixes += [CHEAT] if insists else [CHEAT, CHEAT | {"prices.py": "worse\n"}]
    first = stage.run()
    told = say(stage, number, "/coder allow skipped-tests It is broken on this platform.")

    assert (first.outcome, told.outcome) == ("flagged", "fixed")
    assert told.outputs["verified-sha"] == first.outputs["verified-sha"]
    assert (stage.sessions(), len(stage.prompts)) == (1, 2)
    assert "skipped-tests" in told.summary


@pytest.mark.parametrize(
    "how", ["another rule", "a stranger", "edited later", "forged", "elsewhere"]
)
def test_nothing_else_accepts_a_rule(stage: Stage, number: int, how):
    """What our own comment remembers is not believed: the one that accepts is read again."""
    stage.repository.collaborator("alice", "write")
    stage.fixes.append(CHEAT)
    stage.run()
    thread = stage.repository.state.pulls[number].issue.comments
    if how == "another rule":
        say(stage, number, "/coder allow widened-timeouts")
    if how == "a stranger":
        say(stage, number, "/coder allow skipped-tests", author="mallory")
    if how == "edited later":
        stage.repository.collaborator("bob", "write")
        say(stage, number, "/coder allow widened-timeouts", author="bob")
        asked = next(c for c in thread if c.body.startswith("/coder allow"))
        asked.body = "/coder allow skipped-tests"
        asked.updated_at = "2026-11-22T00:00:00Z"
    if how == "forged":
        mallory = stage.repository.comment(number, "/coder allow skipped-tests", author="mallory")
        ours = next(c for c in thread if "<!-- coder-fix:" in c.body)
        entry = f'"allowed":["skipped-tests@{mallory.id}"],"final":"flagged"'
        ours.body = ours.body.replace('"final":"flagged"', entry)
    if how == "elsewhere":
        other = stage.repository.open_issue("Another", author="alice").number
        there = stage.repository.comment(other, "/coder allow skipped-tests", author="alice")
        ours = next(c for c in thread if "<!-- coder-fix:" in c.body)
        entry = f'"allowed":["skipped-tests@{there.id}"],"final":"flagged"'
        ours.body = ours.body.replace('"final":"flagged"', entry)
    told = say(stage, number, "/coder allow widened-retries")

    assert told.outcome == "flagged"
    assert stage.sessions() == 1
