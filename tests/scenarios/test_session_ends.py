"""A session that fails, asks, is stopped, or outlives its cause: what is said, and what is left."""

from __future__ import annotations

import os
from typing import Any

import pytest

from bot.sandbox.coder_agents import Die, Report, Say, Work
from tests.scenarios.hands import FIX, at, is_stopped, plays, session, written
from tests.scenarios.stage import BOT, Stage, branch_in


@pytest.mark.row("settled-elsewhere")
@pytest.mark.parametrize("how", ["closed", "merged"])
def test_the_failing_pull_request_is_settled(stage: Stage, how):
    """Merged or closed while the agent works: the workspace stops, and nothing is opened."""
    number = stage.red_pull_request()
    plays(stage, Work(100_000))
    event = stage.red_event()
    stage.run(event, wait="none")
    pull = stage.repository.state.pulls[number]
    pull.issue.state, pull.issue.closed_at = "closed", stage.github.clock.stamp()
    if how == "merged":
        pull.merged_at = stage.github.clock.stamp()
    stage.clock.sleep(60)
    told = stage.run(event)

    assert (told.outcome, told.code) == ("skipped/superseded", 0)
    assert f"#{number} was {how} meanwhile" in stage.comments(number)[0]
    assert (list(stage.repository.state.pulls), stage.sessions()) == ([number], 1)
    assert is_stopped(stage)


def lose(stage: Stage) -> None:
    """The workspace's agent loses its connection; a chat's turn ends in an error."""
    with stage.coder.lock:
        if stage.backend == "tasks":
            session(stage).lose_agent()
        else:
            session(stage)._stop()
            session(stage).fail("The provider did not answer")


def recover(stage: Stage) -> None:
    """It connects again; somebody tells the chat to go on."""
    with stage.coder.lock:
        if stage.backend == "tasks":
            session(stage).workspace.agent.lost = False
        else:
            session(stage).begin(session(stage).messages[0].text)


@pytest.mark.row("recovering")
def test_a_lost_agent_comes_back(stage: Stage):
    """For five minutes a lost agent may recover; then the story goes on in the same session."""
    number = stage.red_pull_request()
    plays(stage, Work(300), None, Report("complete", "Pushed"))
    at(stage, 60, lambda: lose(stage))
    at(stage, 240, lambda: recover(stage))
    told = stage.run()

    assert (told.outcome, told.code, stage.sessions()) == ("fixed", 0, 1)
    assert "it may recover for five minutes" in told.stdout
    assert len(stage.comments(number)) == 1


@pytest.mark.row("recovering", "failed")
def test_an_agent_that_dies(stage: Stage):
    """After five minutes: an error of kind `agent`, the workspace is kept for a person to see."""
    number = stage.red_pull_request()
    plays(stage, Work(60), Die())
    event = stage.red_event()
    told = stage.run(event, cleanup="delete")
    again = stage.run(event)

    assert (told.outcome, told.outputs["error-kind"], told.code) == ("error", "agent", 3)
    assert 360 <= stage.clock.passed < 400
    assert "ended in an error before anything was pushed" in stage.comments(number)[0]
    assert told.outputs["session-url"] in stage.comments(number)[0]
    assert (again.outcome, stage.sessions(), len(stage.comments(number))) == (
        "skipped/already-handled",
        1,
        1,
    )
    assert is_stopped(stage)
    assert list(stage.repository.state.pulls) == [number]


@pytest.mark.row("blocked")
def test_an_agent_that_asks(stage: Stage):
    """`needs-human`: the question stands in the comment, nobody answers it for a person."""
    number = stage.red_pull_request()

    def asks(_prompt: str, _work: Any):
        yield Work(60)
        if stage.backend == "tasks":
            yield Report("failure", "Is a negative total allowed?")
        else:
            session(stage).status = "requires_action"
            yield Work(100_000)

    stage.behave(asks)
    told = stage.run()

    assert (told.outcome, told.code) == ("needs-human", 0)
    assert stage.clock.passed < 200
    assert told.outputs["session-url"] in stage.comments(number)[0]
    if stage.backend == "tasks":
        assert "Is a negative total allowed?" in stage.comments(number)[0]
    assert (list(stage.repository.state.pulls), stage.sessions()) == ([number], 1)
    assert is_stopped(stage)


class ExitedError(BaseException):
    """The process would be gone by now."""


@pytest.mark.row("resume")
def test_a_cancelled_run_is_carried_on(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    """Cancelled while the agent worked: paused by the first run, told to go on by the second."""
    number = stage.red_pull_request()
    turns: list[str] = []

    def agent(prompt: str, _work: Any):
        turns.append(prompt)
        yield Work(100_000 if len(turns) == 1 else 60)
        stage.repository.commit(branch_in(prompt), FIX, "Fix", from_branch="feature", author=BOT)
        yield Report("complete", "Pushed")

    def exited(code: int):
        raise ExitedError(code)

    stage.behave(agent)
    event = stage.red_event()
    at(stage, 60, lambda: stage.clock.cancel(15))
    monkeypatch.setattr(os, "_exit", exited)
    with pytest.raises(ExitedError, match="143"):
        stage.run(event)
    stage.clock.in_a_new_process()
    stage.clock.sleep(300)
    stopped = is_stopped(stage)
    told = stage.run(event)

    assert (stopped, told.outcome, told.code) == (True, "fixed", 0)
    assert (stage.sessions(), len(turns), len(stage.comments(number))) == (1, 2, 1)
    assert branch_in(turns[0]) == branch_in(turns[1])
    assert "test_prices.py::test_voucher" in turns[1]


def stop(stage: Stage) -> None:
    """Somebody stops the task's workspace, or ends the chat and puts it away."""
    with stage.coder.lock:
        found = session(stage)
        if stage.backend == "tasks":
            stage.coder.builds.add(found.workspace, "stop", "autostop", found.owner)
        else:
            found.interrupt()
            found.archived = True


@pytest.mark.row("interrupted")
def test_somebody_stops_the_session(stage: Stage):
    """`needs-human`: what a person stopped is not started again, and the comment says how."""
    number = stage.red_pull_request()
    plays(stage, Work(100_000))
    at(stage, 60, lambda: stop(stage))
    event = stage.red_event()
    told = stage.run(event)
    before = len(written(stage))
    again = stage.run(event)

    assert (told.outcome, told.code) == ("needs-human", 0)
    assert stage.clock.passed < 120
    assert "resume it to go on" in stage.comments(number)[0]
    assert is_stopped(stage)
    assert (again.outcome, len(written(stage)) - before) == ("skipped/already-handled", 0)
    assert stage.sessions() == 1


@pytest.mark.row("deleted")
def test_somebody_deletes_the_session(stage: Stage):
    """`stopped`: no second session, now or by a repeated event."""
    number = stage.red_pull_request()
    plays(stage, Say("Looking"), Work(900), None, Report("complete", "Pushed"))

    def remove() -> None:
        with stage.coder.lock:
            if stage.backend == "tasks":
                stage.coder.tasks.remove(session(stage))
            else:
                stage.coder.chats.purge(session(stage))

    at(stage, 100, remove)
    event = stage.red_event()
    told, again = stage.run(event), stage.run(event)

    assert (told.outcome, told.code, stage.sessions()) == ("stopped", 0, 1)
    assert again.outcome == "skipped/already-handled"
    assert "deleted" in stage.comments(number)[0]
