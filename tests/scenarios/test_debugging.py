"""Debugging lines: each decision and each exchange, for whoever asked for them, and nobody else."""

from __future__ import annotations

import json
import re

import pytest

from tests.scenarios.hands import comments, newest
from tests.scenarios.runner_commands import commands
from tests.scenarios.stage import TOKEN, Stage


def _lines(stdout: str) -> list[str]:
    return [line for line in stdout.splitlines() if line.startswith("::debug::")]


def test_each_decision_and_each_exchange_is_told(stage: Stage):
    """The row, the facts that it had to read, and method, path, status and time of each request."""
    stage.red_pull_request()
    before = len(stage.github.exchanges), len(stage.coder.exchanges)
    told = stage.run(env={"RUNNER_DEBUG": "1"})
    lines = _lines(told.stdout)
    asked = len(stage.github.exchanges) + len(stage.coder.exchanges) - sum(before)

    http = r"::debug::http method=[A-Z]+ path=/[^ ?]* status=\d{3} ms=\d+"
    assert sum(bool(re.fullmatch(http, line)) for line in lines) == asked
    decided = [line.removeprefix("::debug::decided ") for line in lines if " row=" in line]
    assert decided[0] == "item=unknown row=read step=read facts=run glance=False"
    assert "item=pr:1 row=start step=start glance=False" in decided
    rows = [line.partition(" row=")[2].partition(" ")[0] for line in decided]
    assert [row for row in rows if row != "read"] == stage.rows
    assert not any(secret in line for line in lines for secret in (TOKEN, stage.coder_token))
    assert set(commands(told.stdout)) == {"add-mask", "debug"}


def test_as_json_each_line_stays_json(stage: Stage):
    """`LOG_FORMAT=json`: the same values, of the level `debug`."""
    stage.red_pull_request()
    told = stage.run(env={"RUNNER_DEBUG": "1", "LOG_FORMAT": "json"})
    lines = [json.loads(line) for line in told.stdout.splitlines() if line.startswith("{")]

    decided = [line for line in lines if line["event"] == "decided"]
    assert {line["level"] for line in decided} == {"debug"}
    assert [line["row"] for line in decided if line["row"] != "read"] == stage.rows
    assert {line["status"] for line in lines if line["event"] == "http"} > {200}
    assert _lines(told.stdout) == []


@pytest.mark.parametrize("value", ["", "0"])
def test_nobody_else_is_told(stage: Stage, value):
    """Without the variable nothing of it is printed."""
    stage.red_pull_request()
    told = stage.run(env={"RUNNER_DEBUG": value})

    assert (_lines(told.stdout), "path=/" in told.stdout) == ([], False)
    assert "row=" not in told.stdout


def test_the_commands_of_a_comment_are_told(stage: Stage):
    """Whether its author may command, and what each command came to."""
    stage.repository.collaborator("alice", "write")
    number = stage.red_pull_request()
    comments(stage, number, "/coder help")
    told = stage.run(newest(stage), event="issue_comment", env={"RUNNER_DEBUG": "1"})

    assert "::debug::admission permission=write refused=no" in _lines(told.stdout)
    assert "::debug::following verb=help response=help" in _lines(told.stdout)
