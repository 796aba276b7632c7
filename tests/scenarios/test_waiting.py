"""The wait: progress, deadlines, outages of either server, what becomes of the session."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.coder_agents import Report, Say, Silence, Work
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.scenarios.hands import FIX, Step, at, plays
from tests.scenarios.runner_commands import commands
from tests.scenarios.stage import Stage

tasks_only = pytest.mark.parametrize("backend", ["tasks"], indirect=True)


def down(stage: Stage, server: Any, start: float, end: float, answer: HttpResponse | None) -> None:
    """An outage: between two moments every request of that server gets `answer`, or nothing."""

    def hook(_request: HttpRequest) -> None:
        if start <= stage.clock.passed < end:
            raise Fault("outage", respond=answer)

    server.fault_hooks.append(hook)


def silences(stage: Stage) -> list[float]:
    """The seconds at which a line was told, filled while the action runs."""
    told: list[float] = []

    def listen(seconds: float) -> None:
        if stage.capture.readouterr().out:
            told.append(stage.clock.passed - seconds)

    stage.clock.on_sleep.insert(0, listen)
    return told


BAD_GATEWAY = HttpResponse(502, b"<html>Bad gateway</html>", {"content-type": "text/html"})
AGENT: Sequence[Step] = (Say("Looking"), Work(900), None, Report("complete", "Pushed"))


@pytest.mark.parametrize("interval", ["10", "300"])
def test_progress_is_told_every_minute(stage: Stage, interval):
    """However long a poll may pause, no wait is silent for more than a minute."""
    stage.red_pull_request()
    plays(stage, *AGENT)
    told = silences(stage)
    stage.run(poll_interval_seconds=interval)

    gaps = [b - a for a, b in itertools.pairwise([*told, stage.clock.passed])]
    assert max(gaps) <= 60
    assert stage.clock.passed >= 900


@tasks_only
def test_each_change_of_state_is_told(stage: Stage):
    """Working, still, working again: a line each time, and none that repeats the one before."""
    stage.red_pull_request()
    plays(
        stage,
        Work(40),
        Silence(40),
        Report("working", "On"),
        Work(40),
        None,
        Report("complete", "Pushed"),
    )
    told = stage.run()

    states = [
        line for line in told.stdout.splitlines() if "is working" in line or "is still" in line
    ]
    assert [line.split()[-1] for line in states] == ["working.", "done.", "working."]
    assert told.outcome == "fixed"


@pytest.mark.row("deadline")
def test_an_agent_that_never_ends(stage: Stage):
    """The turn's time is kept: `timed-out` then, and the workspace is left as `cleanup` says."""
    number = stage.red_pull_request()
    plays(stage, Work(100_000))
    told = stage.run(wait_timeout_seconds="600", cleanup="delete")

    assert (told.outcome, told.code) == ("timed-out", 0)
    assert 600 <= stage.clock.passed < 640
    assert "10 minutes" in stage.comments(number)[0]
    assert not any(x.request.method == "DELETE" for x in stage.coder.exchanges)


@tasks_only
def test_the_whole_is_bounded(stage: Stage):
    """A session that never takes the follow-up cannot hold the run for ever."""
    stage.red_pull_request()
    stage.colors += ["rounding"]
    stage.fixes.append(FIX)
    busy = HttpResponse(409, {"message": "Task app is not ready to accept input."})

    def refuse(request: HttpRequest) -> None:
        if request.path.endswith("/send"):
            raise Fault("busy", respond=busy)

    stage.coder.fault_hooks.append(refuse)
    told = stage.run(wait_timeout_seconds="300", verify_timeout_seconds="300")

    assert told.outcome == "timed-out"
    assert stage.clock.passed <= 2 * (300 + 300) + 10


@tasks_only
def test_a_push_while_the_agent_cannot_be_told(stage: Stage):
    """The next verdict is of the new head, and not of the checks of the one before it."""
    number = stage.red_pull_request()
    stage.colors += ["rounding"]
    stage.fixes.append({"prices.py": "half\n"})
    heads: list[str] = []

    def push_and_refuse(request: HttpRequest) -> None:
        if request.path.endswith("/send") and not heads:
            ours = next(p for p in stage.repository.state.pulls.values() if p.number != number)
            made = stage.repository.commit(ours.head_ref, FIX, "The other half", author="alice")
            heads.append(made)
            raise Fault("busy", respond=HttpResponse(409, {"message": "Task is initializing."}))

    stage.coder.fault_hooks.append(push_and_refuse)
    told = stage.run()

    assert (told.outcome, told.outputs["verified-sha"]) == ("fixed", heads[0])


@pytest.mark.row("under-way")
def test_an_agent_that_flaps(stage: Stage):
    """Stillness that ends again is no end; the agent's push and report are."""
    stage.red_pull_request()
    flaps = [step for _ in range(8) for step in (Work(25), Silence(25))]
    plays(stage, *flaps, None, Report("complete", "Pushed"))
    told = stage.run()

    assert (told.outcome, stage.clock.passed >= 400) == ("fixed", True)


@pytest.mark.parametrize("answer", [BAD_GATEWAY, None], ids=["502", "no answer"])
@pytest.mark.parametrize("server", ["coder", "github"])
def test_an_outage_of_ten_minutes_is_survived(stage: Stage, server, answer):
    """Coder, or GitHub, is away for ten minutes while the agent works; the story goes on."""
    number = stage.red_pull_request()
    plays(stage, Work(60), None, Report("complete", "Pushed"))
    down(stage, getattr(stage, server), 30, 630, answer)
    told = stage.run()

    assert (told.outcome, told.code, stage.sessions()) == ("fixed", 0, 1)
    assert stage.clock.passed >= 630
    assert "Waiting for it to come back" in told.stdout
    assert len(stage.comments(number)) == 1


def test_a_longer_outage_of_coder_ends_the_run(stage: Stage):
    """After a quarter of an hour: an error of kind `coder`, said in the comment as well."""
    number = stage.red_pull_request()
    plays(stage, *AGENT)
    down(stage, stage.coder, 30, 30 + 16 * 60, None)
    told = stage.run()

    assert (told.outcome, told.outputs["error-kind"], told.code) == ("error", "coder", 3)
    assert "did not answer" in told.outputs["error-message"]
    assert 30 + 15 * 60 <= stage.clock.passed < 30 + 16 * 60
    assert "did not answer" in stage.comments(number)[0]
    assert told.outputs["session-url"] in told.summary


def test_a_longer_outage_of_github_ends_the_run(stage: Stage):
    """The words are GitHub's; the comment cannot be written, the summary tells the session."""
    number = stage.red_pull_request()
    plays(stage, Work(60), None, Report("complete", "Pushed"))
    down(stage, stage.github, 30, 5000, None)
    told = stage.run()

    assert (told.outcome, told.outputs["error-kind"], told.code) == ("error", "github", 3)
    assert "GitHub did not answer" in told.outputs["error-message"]
    assert told.outputs["session-url"] in told.summary
    assert len(stage.comments(number)) == 1


def test_after_an_outage_the_next_run_carries_on(stage: Stage):
    """A run that gave up leaves a session that the next run adopts and finishes."""
    stage.red_pull_request()
    plays(stage, *AGENT)
    down(stage, stage.coder, 30, 30 + 16 * 60, None)
    first = stage.run()
    stage.clock.sleep(120)
    second = stage.run()

    assert (first.outcome, second.outcome, stage.sessions()) == ("error", "fixed", 1)
    assert first.outputs["session-id"] == second.outputs["session-id"]


def test_coders_token_is_revoked(stage: Stage):
    """401 in the middle ends the run at once, and names the input."""
    number = stage.red_pull_request()
    plays(stage, *AGENT)
    token = stage.coder.world.tokens[0]
    at(stage, 100, lambda: setattr(token, "expires_at", stage.clock.now()))
    told = stage.run()

    assert (told.outcome, told.outputs["error-kind"], told.code) == ("error", "coder-auth", 3)
    assert "coder-token" in told.outputs["error-message"]
    assert "coder-token" in stage.comments(number)[0]
    assert stage.clock.passed < 120


def test_githubs_token_is_revoked(stage: Stage):
    """401 from GitHub ends the run as soon as GitHub is asked; the workspace is looked after."""
    stage.red_pull_request()
    plays(stage, Work(60), None, Report("complete", "Pushed"))
    at(stage, 30, lambda: stage.github.tokens._grants.clear())
    told = stage.run()

    assert (told.outcome, told.outputs["error-kind"], told.code) == ("error", "github-auth", 3)
    assert "`github-token`" in told.outputs["error-message"]
    assert told.outputs["session-url"] in told.summary


@tasks_only
def test_a_name_that_is_held(stage: Stage):
    """A dying workspace keeps the first name for ever: the next generation's name is taken."""
    stage.red_pull_request()
    stage.fixes += [FIX, FIX]
    first = stage.run(wait="none", comment="none")
    stage.coder.builds.fail_deletes = True
    stage.coder.tasks.remove(stage.coder.tasks.named(first.outputs["task-name"]))
    told = stage.run()

    assert told.outcome == "fixed"
    assert told.outputs["task-name"] == first.outputs["task-name"].removesuffix("1") + "2"
    assert stage.prompts[-1].count("-2`") > 0


EVIL = "##[set-output name=outcome]fixed"
EVILS = (EVIL, "::set-output name=outcome::fixed", "  ::add-mask::a", "x\r::stop-commands::y")


@tasks_only
@pytest.mark.parametrize("evil", EVILS)
def test_outside_text_holds_no_command(stage: Stage, evil):
    """Logs, names, titles and the agent's words are printed, and command nothing."""
    stage.github.script_runs(
        lambda run: [JobSeed(evil, "failure", log=f"FAILED a.py::t - {evil}\n{evil}\n")]
    )
    stage.repository.commit("feature", {"prices.py": "broken\n"}, evil, start=False)
    stage.repository.open_pull_request("feature", "", evil, author="alice")
    stage.github.wait_idle()
    plays(stage, Say(evil), Report("failure", evil))
    told = stage.run(env={"GITHUB_STEP_SUMMARY": ""})

    assert "set-output" in told.stdout or "add-mask" in told.stdout or "stop-" in told.stdout
    assert set(commands(told.stdout)) == {"add-mask"}
    masked = [line for line in told.stdout.splitlines() if line.startswith("::add-mask::")]
    assert len(masked) == len(commands(told.stdout)) == 2


def test_the_parsers_know_a_command():
    """The oracle finds both syntaxes where the runner does, and nothing else."""
    assert [commands(text) for text in EVILS] == [
        ["set-output"], ["set-output"], ["add-mask"], ["stop-commands"]
    ]  # fmt: skip
    assert commands("a ::error::b\n::unknown::x\n##[nothing]y\nplain") == []


def test_a_later_run_keeps_the_evidence(stage: Stage):
    """Whoever carries on writes the comment whole: cause, session and lines stay."""
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    event = stage.red_event()
    stage.run(event, wait="none")
    first = stage.comments(number)[0]
    stage.clock.sleep(300)
    told = stage.run(event)

    last = stage.comments(number)[0]
    assert told.outcome == "fixed"
    session = "[session]("
    for kept in ("**A test failed:** `test_voucher`", "E       assert -250 == 0", session):
        assert kept in first
        assert kept in last


def test_what_another_run_has_written_is_not_taken_back(stage: Stage):
    """A run that is behind leaves the comment of one that has judged more attempts alone."""
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    event = stage.red_event()
    stage.run(event, wait="none")
    comment = stage.repository.state.pulls[number].issue.comments[0]
    (hidden,) = re.findall(r"\{.*\}", comment.body)
    further = json.loads(hidden)
    further["attempts"] = [
        {"head": "c" * 40, "verdict": "red"},
        {"head": "d" * 40, "verdict": "red"},
    ]
    written = comment.body.replace(hidden, json.dumps(further, separators=(",", ":")))

    def overtake(request: HttpRequest) -> None:
        if request.method == "POST" and request.path.endswith("/pulls"):
            comment.body = written

    stage.github.fault_hooks.append(overtake)
    stage.run(event, wait="none")
    stage.clock.sleep(300)
    stage.run(event, wait="none")

    assert comment.body == written


@pytest.mark.parametrize("wait", ["complete", "none"])
def test_every_attempt_is_told(stage: Stage, wait: str):
    """A session that reports while its screen still moves refuses a message: it gets it later."""
    stage.red_pull_request()
    stage.colors += ["rounding", "taxes", "fees", "cents"]
    stage.fixes += [{"prices.py": f"try {n}\n"} for n in range(5)]
    event = stage.red_event()
    told = stage.run(event, max_attempts="5", wait=wait)
    for _ in range(40):
        if told.outcome != "pending":
            break
        stage.clock.sleep(30)
        told = stage.run(event, max_attempts="5", wait=wait)

    assert (told.outcome, len(stage.prompts)) == ("fixed", 5)


def test_back_at_the_first_failure(stage: Stage):
    """A, then B, then A again: a third attempt would go round in circles."""
    stage.red_pull_request()
    stage.colors += ["rounding", "voucher", "voucher"]
    stage.fixes += [{"prices.py": f"try {n}\n"} for n in range(5)]
    told = stage.run(max_attempts="5")

    assert (told.outcome, len(stage.prompts)) == ("not-fixed", 2)
    assert "The same failure came back" in told.summary
