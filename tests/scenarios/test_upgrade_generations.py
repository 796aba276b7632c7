"""The same upgrade again and again: what came before it, and pushed nothing, stands in no way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.sandbox.coder_agents import Report
from tests.scenarios.hands import plays, say
from tests.scenarios.stage import BOT, Stage, branch_in
from tests.scenarios.test_upgrades import depends, upgrade

DAY = 90_000


def pushes(stage: Stage) -> None:
    """The agent pushes something new in each turn."""

    def script(prompt: str, _work: Path) -> Iterator[Any]:
        stage.prompts.append(prompt)
        branch, text = branch_in(prompt), f"httpx {len(stage.prompts)}\n"
        exists = stage.repository.state.git.branch(branch) is not None
        stage.repository.commit(
            branch,
            {"uv.lock": text, "pyproject.toml": text},
            "Upgrade",
            from_branch="" if exists else "main",
            author=BOT,
        )
        yield Report("complete", "Upgraded")

    stage.behave(script)


def sweeps(stage: Stage, count: int) -> None:
    """So many of them, a minute apart."""
    for _ in range(count):
        stage.clock.sleep(60)
        stage.run({}, event="schedule", trigger="reconcile")


def comes_to_nothing(stage: Stage) -> None:
    """The agent finds nothing newer; a day passes."""
    plays(stage, Report("complete", "It is the newest already"))
    upgrade(stage, packages="httpx")
    sweeps(stage, 5)
    stage.clock.sleep(DAY)


def merges(stage: Stage, pull: Any) -> None:
    """A person merges it; a day passes."""
    stage.repository.commit("main", {"uv.lock": "merged"}, "Merge it", start=False)
    pull.issue.state, pull.merged_at = "closed", stage.github.clock.stamp()
    pull.issue.closed_at = pull.merged_at
    stage.clock.sleep(DAY)


def pulls(stage: Stage) -> list[Any]:
    """Every pull request of the repository."""
    return list(stage.repository.state.pulls.values())


def test_attempts_count_after_one_that_pushed_nothing(stage: Stage):
    """Sweeps find what the pull request remembers, though its generation is not the first."""
    depends(stage)
    comes_to_nothing(stage)
    pushes(stage)
    stage.colors[:] = [f"test{number}" for number in range(12)]
    upgrade(stage, packages="httpx")
    sweeps(stage, 12)
    (pull,) = pulls(stage)

    assert (len(stage.prompts), stage.sessions()) == (2, 2)
    assert pull.head_ref.endswith("-2")
    assert "All 2 attempts are used up." in str(pull.issue.body)


def test_merged_then_nothing_then_again(stage: Stage):
    """A merged upgrade, and a later one that found nothing, do not end all upgrades."""
    depends(stage)
    pushes(stage)
    upgrade(stage, packages="httpx")
    sweeps(stage, 6)
    merges(stage, pulls(stage)[0])
    comes_to_nothing(stage)
    pushes(stage)
    told = upgrade(stage, packages="httpx")
    sweeps(stage, 6)

    assert (told.outcome, stage.sessions()) == ("pending", 3)
    assert [pull.head_ref[-2:] for pull in pulls(stage)] == ["-1", "-3"]
    assert "green at" in str(pulls(stage)[1].issue.body)


def test_stop_after_the_end(stage: Stage):
    """What was said of an upgrade that is done stays; it holds, and `retry` takes it back."""
    depends(stage)
    pushes(stage)
    stage.repository.collaborator("alice", "write")
    upgrade(stage, packages="httpx")
    sweeps(stage, 6)
    (pull,) = pulls(stage)
    before = str(pull.issue.body).partition("<!--")[0]
    stage.grant()
    told = say(stage, pull.issue.number, "/coder stop")
    stage.repository.commit("main", {"README": "moved on"}, "Meanwhile", start=False)
    held = upgrade(stage, packages="httpx")
    stage.grant()
    again = say(stage, pull.issue.number, "/coder retry")

    assert (told.outcome, held.outcome, again.outcome) == ("answered", "skipped/stopped", "fixed")
    assert "green at" in before
    assert str(pull.issue.body).partition("<!--")[0] == before
    assert (stage.sessions(), len(pulls(stage))) == (2, 2)


def test_closed_by_a_person(stage: Stage):
    """For 30 days the same upgrade is not begun again, though only sweeps wrote anything down."""
    depends(stage)
    pushes(stage)
    upgrade(stage, packages="httpx")
    sweeps(stage, 6)
    (pull,) = pulls(stage)
    stage.clock.follow(stage.github.clock)
    pull.issue.state, pull.issue.closed_at = "closed", stage.github.clock.stamp()
    stage.repository.commit("main", {"README": "moved on"}, "Meanwhile", start=False)
    told = upgrade(stage, packages="httpx")
    stage.clock.sleep(31 * 86_400)
    later = upgrade(stage, packages="httpx")

    assert (told.outcome, later.outcome) == ("skipped/closed-by-human", "pending")
    assert stage.sessions() == 2


def test_another_version_while_it_works(stage: Stage):
    """What is wanted is no part of what the session is found by."""
    depends(stage)
    upgrade(stage, packages="@types/node@20")
    told = upgrade(stage, packages="@types/node@>=22")

    assert (told.outcome, stage.sessions()) == ("pending", 1)


def test_carried_on_by_the_run_on_our_branch(stage: Stage):
    """Its name tells neither the version nor all of the package's; the session is found."""
    depends(stage)
    pushes(stage)
    stage.colors[:] = ["proxies"]
    upgrade(stage, packages="@types/node@20")
    sweeps(stage, 1)
    (pull,) = pulls(stage)
    stage.github.wait_idle()
    told = stage.run(stage.red_event_on(pull.head_ref), wait="none")

    assert (told.outcome, stage.sessions()) == ("pending", 1)


def test_never_two_for_one(stage: Stage):
    """A newer advisory opens no second pull request while that for the older one is open."""
    depends(stage)
    pushes(stage)
    stage.repository.alert("jinja2", patched="3.1.6", severity="high")
    upgrade(stage, alerts="low")
    sweeps(stage, 6)
    stage.repository.alert("jinja2", patched="3.1.7", severity="high")
    stage.repository.commit("main", {"README": "moved on"}, "Meanwhile", start=False)
    told = upgrade(stage, alerts="low")

    assert (told.outcome, stage.sessions()) == ("skipped/already-handled", 1)
    assert f"Our pull request #{pulls(stage)[0].issue.number} for it is open." in told.summary
