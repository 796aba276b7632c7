"""A bundle of each of these stories: it decides the same, offline, and shows no secret."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.coder_agents import Work
from bot.sandbox.http import Fault, HttpResponse
from tests.scenarios.hands import at, plays, say
from tests.scenarios.hostile import RED_LOG
from tests.scenarios.replaying import replayed
from tests.scenarios.stage import TOKEN, Stage, Told
from tests.scenarios.test_diff_policy import CHEAT, TESTS

FIX = {"prices.py": "repaired\n"}
BUNDLE = "kept/bundle.json"


def _green(stage: Stage) -> Told:
    stage.red_pull_request()
    stage.fixes.append(FIX)
    return stage.run(bundle=BUNDLE)


def _red_again(stage: Stage) -> Told:
    stage.red_pull_request()
    stage.fixes += [FIX, FIX | {"more.py": "more\n"}]
    stage.colors.append("rounding")
    return stage.run(bundle=BUNDLE)


def _flagged(stage: Stage) -> Told:
    stage.repository.commit("main", {"tests/test_prices.py": TESTS}, "Add tests", start=False)
    stage.red_pull_request()
    stage.fixes += [CHEAT, CHEAT | {"prices.py": "worse\n"}]
    return stage.run(bundle=BUNDLE)


def _by_comment(stage: Stage) -> Told:
    stage.repository.collaborator("alice", "write")
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    told: Told = say(stage, number, "/coder fix Look at the rounding.", bundle=BUNDLE)
    return told


def _asked_how_it_stands(stage: Stage) -> Told:
    stage.repository.collaborator("alice", "write")
    told: Told = say(stage, stage.red_pull_request(), "/coder status\n/coder help", bundle=BUNDLE)
    return told


def _dry_run(stage: Stage) -> Told:
    stage.red_pull_request()
    return stage.run(dry_run="true", bundle=BUNDLE)


def _report(stage: Stage) -> Told:
    stage.red_pull_request()
    return stage.run(mode="report", coder_url="", coder_token="", bundle=BUNDLE)


def _opted_out(stage: Stage) -> Told:
    stage.red_pull_request(body="[skip coder-fix]")
    return stage.run(bundle=BUNDLE)


def _not_finished(stage: Stage) -> Told:
    running = [JobSeed("test", None, status="in_progress")]
    run = stage.github.add_run(stage.repository, running, branch="main")
    return stage.run({}, event="workflow_dispatch", run_id=str(run.id), bundle=BUNDLE)


def _timed_out(stage: Stage) -> Told:
    stage.red_pull_request()
    plays(stage, Work(100_000))
    return stage.run(bundle=BUNDLE, poll_interval_seconds="60")


def _swept(stage: Stage) -> Told:
    for branch, color in (("feature", "voucher"), ("other", "rounding")):
        stage.colors.insert(0, color)
        stage.repository.commit(branch, {"prices.py": f"{branch} broken\n"}, branch, start=False)
        stage.repository.open_pull_request(branch, author="alice")
        stage.github.wait_idle()
        stage.run(wait="none")
    schedule = {"schedule": "*/10 * * * *"}
    return stage.run(schedule, event="schedule", trigger="reconcile", bundle=BUNDLE)


def _token_revoked(stage: Stage) -> Told:
    stage.red_pull_request()

    def refuse(request: Any) -> None:
        raise Fault("refused", respond=HttpResponse(401, {"message": "No"}))

    stage.coder.fault_hooks.append(refuse)
    return stage.run(bundle=BUNDLE)


def _no_change(stage: Stage) -> Told:
    stage.red_pull_request()
    return stage.run(bundle=BUNDLE)


STORIES: dict[str, tuple[Callable[[Stage], Told], str, str]] = {
    # name: the story, how it ends, a line of the account
    "green": (_green, "fixed", "row `green`: end as fixed\n"),
    "red again": (_red_again, "fixed", "row `red`: follow up."),
    "flagged": (_flagged, "flagged", "row `objected`: follow up."),
    "comment": (_by_comment, "fixed", "Request: comment, acme/widgets"),
    "status": (_asked_how_it_stands, "answered", "/coder status: status\n"),
    "dry run": (_dry_run, "reported", "row `report`: end as reported."),
    "report": (_report, "reported", "Policy: mode report"),
    "opted out": (_opted_out, "skipped/opted-out", "row `opted-out`: end as skipped / opted-out."),
    "not finished": (_not_finished, "error", "ConfigurationError: `run-id` "),
    "timed out": (_timed_out, "timed-out", "row `deadline`: end as timed-out."),
    "swept": (_swept, "swept", "at a glance: row `under-way`: wait."),
    "refused": (
        _token_revoked,
        "error",
        "Outcome: error / configuration. The address in coder-url is not a Coder",
    ),
    "no change": (_no_change, "no-change", "row `no-change`: end as no-change."),
}


def _kept(stage: Stage) -> Path:
    """The bundle of the newest run."""
    return stage.folder / f"run-{stage.runs}" / BUNDLE


@pytest.mark.parametrize(("story", "outcome", "line"), STORIES.values(), ids=STORIES)
def test_replay_decides_the_same(stage: Stage, story, outcome, line):
    """Every decision of the run, in a process that can reach no network."""
    told = story(stage)
    again = replayed(_kept(stage))

    assert (told.outcome, told.outputs["bundle"]) == (outcome, BUNDLE)
    assert (again.stderr, again.code) == ("", 0)
    assert line in again.stdout
    found = re.fullmatch(r"(\d+) decisions: (\d+) the same\.", again.stdout.splitlines()[-1])
    assert found
    assert (found[1], int(found[1]) > 1) == (found[2], True)
    for secret in (TOKEN, stage.coder_token):
        assert secret not in _kept(stage).read_text() + again.stdout


def test_a_strangers_comment_is_weighed_again(stage: Stage):
    """Why nothing came of it is in the bundle, and comes to the same."""
    number = stage.red_pull_request()
    told = say(stage, number, "/coder fix", author="mallory", bundle=BUNDLE)
    again = replayed(_kept(stage))

    assert (told.outcome, again.code) == ("skipped/not-allowed", 0)
    assert " by mallory, whose right here is " in again.stdout
    assert "  not followed: skipped / not-allowed. Ignored.\n" in again.stdout
    assert again.stdout.endswith("1 decision: 1 the same.\n")


def test_the_prompts_are_those_that_were_sent(stage: Stage):
    """`--prompt` prints each, in order, and what the agent got is all in it."""
    _red_again(stage)
    again = replayed(_kept(stage), "--prompt")

    assert (again.stderr, again.code) == ("", 0)
    heads = re.findall(
        r"^=== prompt for (\S+), sent, [\d,]+ characters$", again.stdout, re.MULTILINE
    )
    assert (len(heads), len(set(heads)), len(stage.prompts)) == (2, 1, 2)
    shown = {line.strip() for line in again.stdout.splitlines()}
    for prompt in stage.prompts:
        assert [line for line in prompt.splitlines() if line.strip() not in shown] == []


def test_a_dry_run_keeps_the_prompt_that_it_would_send(stage: Stage):
    """Marked as not sent."""
    _dry_run(stage)
    shown = replayed(_kept(stage), "--prompt").stdout

    assert shown.startswith("=== prompt, not sent, ")
    assert "test_voucher" in shown


def test_without_the_input_there_is_none(stage: Stage):
    """Nothing is written, and the output is empty."""
    stage.red_pull_request()
    told = stage.run(dry_run="true")

    assert told.outputs["bundle"] == ""
    assert {p.name for p in _kept(stage).parent.parent.iterdir()} == {
        "event.json",
        "output",
        "summary.md",
    }


OURS = "fq7RZk29-XbLw83vTn5Yd60mPc41"
PLANTED = {
    "a token of GitHub": "ghp_" + "q7RzK29XbLw83vTn5Yd60mPc41HsJe" + "u8Gf2A",
    "a key of AWS": "AKIA" + "Q7RZK29XBLW83VTN",
    "a password": "hunter2-Zk29XbLw83vTn5",
}


def test_no_secret_of_a_log_or_the_environment_is_in_it(stage: Stage):
    """Planted in the log, in names, in the pull request, in variables: none is in the file."""
    log = RED_LOG + "".join(
        f"2026-11-21T12:00:00Z {line}\n"
        for line in (
            f"remote: https://x-access-token:{PLANTED['a token of GitHub']}@github.com/acme/w.git",
            f"AWS_ACCESS_KEY_ID={PLANTED['a key of AWS']}",
            f"DB_PASSWORD={PLANTED['a password']}",
            f"E   AssertionError: token {stage.coder_token} refused",
        )
    )
    stage.logs.append(log)
    stage.red_pull_request(
        title=f"Use {PLANTED['a token of GitHub']}", body=f"DB_PASSWORD={PLANTED['a password']}"
    )
    stage.fixes.append(FIX)
    told = stage.run(bundle=BUNDLE, env={"AWS_SECRET_ACCESS_KEY": OURS})
    text = _kept(stage).read_text()

    assert told.outcome == "fixed"
    for name, value in {**PLANTED, "ours": OURS, "coder": stage.coder_token}.items():
        assert value not in text, name
    assert "[github-token]" in text
    assert replayed(_kept(stage)).code == 0


def test_what_is_redacted_may_decide(stage: Stage):
    """The word that opts out is part of a secret: the bundle says that it cannot vouch for it."""
    stage.red_pull_request(body='DB_PASSWORD="x9[skip coder-fix]Zk29XbLw83vTn5"')
    told = stage.run(bundle=BUNDLE)
    again = replayed(_kept(stage))

    assert told.outcome == "skipped/opted-out"
    assert "Zk29XbLw83vTn5" not in _kept(stage).read_text() + again.stdout
    assert (again.stderr, again.code) == ("", 4)
    assert re.search(r"~ .*row `opted-out`.*\n +as redacted: read ", again.stdout)
    assert "1 not to be told, for what was redacted had a part in them." in again.stdout


PLACES = {
    "outside": "../bundle.json",
    "absolute": "/etc/bundle.json",
    "the workspace": ".",
}


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize("path", PLACES.values(), ids=PLACES)
def test_a_path_out_of_the_workspace(stage: Stage, path):
    """Refused before anything is read or written."""
    stage.red_pull_request()
    before = len(stage.github.exchanges)
    told = stage.run(bundle=path)

    assert (told.outputs["error-kind"], told.code) == ("configuration", 2)
    assert "Input `bundle`: " in told.outputs["error-message"]
    assert len(stage.github.exchanges) == before


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_a_place_that_cannot_be_written(stage: Stage):
    """A link lies where the folder should be: a warning, and the outcome is what it was."""
    outside = stage.folder / "outside"
    outside.mkdir()
    stage.red_pull_request()
    at(stage, 0, lambda: (stage.folder / "run-1" / "kept").symlink_to(outside))
    stage.fixes.append(FIX)
    told = stage.run(bundle=BUNDLE)

    assert (told.outcome, told.code, told.outputs["bundle"]) == ("fixed", 0, "")
    assert "The bundle was not written: " in told.stdout
    assert list(outside.iterdir()) == []


def test_it_is_json_that_people_can_read(stage: Stage):
    """One object with a form number; outside text is marked as such."""
    _green(stage)
    told = json.loads(_kept(stage).read_text())

    assert (told["bundle"], told["v"], told["event"]) == ("coder-fix", 1, "workflow_run")
    assert {"path": "action", "value": {"untrusted": "completed"}} in told["parts"]
    pull = next(d["facts"]["pull"] for d in told["records"][0]["decisions"] if "pull" in d["facts"])
    assert pull == {"unread": True}
