"""Nothing ran for the agent's push: the cause is named, and `fixed` is never said."""

from __future__ import annotations

import pytest

from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.scenarios.hostile import RED_LOG
from tests.scenarios.stage import WORKFLOW, Stage

FIX = {"prices.py": "repaired\n"}
FILE = ".github/workflows/ci.yml"
ON_PULL_REQUEST = "  pull_request:\n"


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ("    branches: [main]\n", "No check ran for this commit."),
        ("    paths: ['docs/**']\n", "No check ran: the workflow does not look at these paths."),
        ("    types: [ready_for_review]\n", "No check ran: the workflow leaves drafts out."),
    ],
)
@pytest.mark.row("nothing-vouches")
def test_a_workflow_that_does_not_listen(stage: Stage, filters, sentence):
    """What the workflow's file asks for at the pushed commit decides what the comment says."""
    deaf = WORKFLOW.replace(ON_PULL_REQUEST, ON_PULL_REQUEST + filters)
    stage.repository.commit("feature", {FILE: deaf, "prices.py": "broken\n"}, "x", start=False)
    stage.colors.append("voucher")
    number = stage.repository.open_pull_request("feature", author="alice").number
    stage.github.wait_idle()
    run = next(iter(stage.repository.runs), None) or stage.github.add_run(
        stage.repository,
        [JobSeed("test", "failure", log=RED_LOG)],
        branch="feature",
        event="pull_request",
        pull_number=number,
    )
    stage.fixes.append(FIX)
    told = stage.run({}, event="workflow_dispatch", run_id=str(run.id), verify="checks")

    assert told.outcome == "unverified"
    assert told.outputs["verified"] == "unverified"
    assert sentence in stage.comments(number)[0]
    assert sentence in told.summary


@pytest.mark.row("nothing-vouches")
def test_a_workflow_that_cannot_be_read(stage: Stage):
    """Without a look at the file nobody is told what to change in it."""
    deaf = WORKFLOW.replace(ON_PULL_REQUEST, ON_PULL_REQUEST + "    branches: [main]\n")
    stage.repository.commit("main", {FILE: deaf}, "Listen to main", start=False)
    number = stage.red_pull_request()
    stage.fixes.append(FIX)

    def refuse(request: HttpRequest) -> None:
        if request.path.endswith("/contents/" + FILE):
            raise Fault("refused", respond=HttpResponse(403, {"message": "Forbidden"}))

    stage.github.fault_hooks.append(refuse)
    told = stage.run(verify="checks")

    assert told.outcome == "unverified"
    assert "No check has appeared yet." in stage.comments(number)[0]
    assert "`branches`" not in stage.comments(number)[0]


@pytest.mark.row("nothing-vouches")
def test_a_disabled_workflow(stage: Stage):
    """Disabled after it was red: nothing runs, and the comment tells to enable it."""
    number = stage.red_pull_request()
    stage.repository.runs[0].workflow.state = "disabled_manually"
    stage.fixes.append(FIX)
    told = stage.run(verify="checks")

    assert told.outcome == "unverified"
    assert "No check ran: the workflow is disabled." in stage.comments(number)[0]
