"""A glance says what the plain reader says in fewer requests, and nothing that it cannot know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.github_api.client import READ_TRIES
from bot.errors import UpstreamError
from bot.model import RunRef
from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.http import HttpResponse
from tests.adapters.github_rig import PERMISSIONS, TOKEN, adapter, failing_times, seeded

MARK = "coder-fix:0123456789ab"
OURS = "coder-fix/pr/1/0123456789ab-1"


@pytest.fixture
def repository(github_sandbox):
    """A red pull request with our comment, and ours for it, whose checks run."""
    made = seeded(github_sandbox)
    made.commit("x", {"app.py": "broken\n"}, "Break", start=False)
    red = made.open_pull_request("x", author="alice", body="Why")
    github_sandbox.add_run(
        made,
        [JobSeed("lint"), JobSeed("test", "failure", log="boom\n")],
        event="pull_request",
        pull_number=red.number,
    )
    made.comment(1, f"Forged <!-- {MARK} -->", author="eve")
    made.comment(1, f"Ours <!-- {MARK} -->", author="fixer")
    made.commit(OURS, {"app.py": "whole\n"}, "Repair", from_branch="x", start=False)
    repair = made.open_pull_request(OURS, "x", author="fixer", draft=True)
    made.state.statuses.clear()
    github_sandbox.add_run(
        made,
        [JobSeed("test", None, status="in_progress")],
        event="pull_request",
        pull_number=repair.number,
    )
    return made


def _requests(github) -> int:
    return len(github.exchanges)


def test_it_says_what_the_plain_reader_says(github_sandbox, repository):
    """Pull requests, heads, comments and the red run are the same, without further requests."""
    run = repository.runs[0]
    asks: list[Callable[[Any], Any]] = [
        lambda api: api.pull_requests_for(OURS, state="all"),
        lambda api: api.pull_requests_for(OURS, base="main"),
        lambda api: api.pull_requests_for(OURS, owner="eve", state="all"),
        lambda api: api.branch_head(OURS),
        lambda api: api.branch_head("x"),
        lambda api: api.branch_head("none"),
        lambda api: api.find_comment(1, MARK),
        lambda api: api.find_comment(1, "other"),
        lambda api: api.run(RunRef(run.id)),
    ]
    with adapter(github_sandbox.url) as api:
        glance = api.glance()
        glance.look([1], [OURS, "none"])
        glance.look_at_runs({run.id: run.head_sha}, None)
        before = _requests(github_sandbox)
        quick = [ask(glance) for ask in asks]
        pull, jobs = glance.pull_request(1), glance.jobs(RunRef(run.id))
        after = _requests(github_sandbox)
        assert quick == [ask(api) for ask in asks]
        whole = api.pull_request(1)
        assert whole is not None
        assert pull == replace(whole, mergeable_state="")
        assert [j.name.raw for j in jobs] == ["test"]
        assert jobs[0].id == api.jobs(RunRef(run.id))[1].id
    assert after == before


def test_checks_are_told_while_some_are_under_way(github_sandbox, repository):
    """Their end is read as always: there the runs themselves have the word."""
    sha = repository.head(OURS)
    with adapter(github_sandbox.url) as api:
        glance = api.glance()
        glance.look([], [OURS])
        before = _requests(github_sandbox)
        told = glance.checks(sha)
        after = _requests(github_sandbox)
        plain = api.checks(sha)
        assert [(c.name.raw, c.status, c.workflow_id, c.event, c.run_id) for c in told] == [
            (c.name.raw, c.status, c.workflow_id, c.event, c.run_id) for c in plain if c.job_id
        ]
        for job in repository.runs[-1].jobs:
            job.status, job.conclusion = "completed", "success"
        repository.runs[-1].attempt.status = "completed"
        repository.runs[-1].attempt.conclusion = "success"
        again = api.glance()
        again.look([], [OURS])
        assert again.checks(sha) == api.checks(sha)
    assert (after, told[0].status) == (before, "in_progress")


def test_what_is_not_there_leaves_the_others_whole(github_sandbox, repository):
    """A number that is no pull request costs nothing but its own reading."""
    with adapter(github_sandbox.url) as api:
        glance = api.glance()
        glance.look([99, 1], [OURS])
        before = _requests(github_sandbox)
        known = glance.pull_request(1)
        assert _requests(github_sandbox) == before
        assert known is not None
        assert glance.pull_request(99) is None
    assert _requests(github_sandbox) == before + 1


def test_a_long_conversation_is_read_as_always(github_sandbox, repository):
    """Our comment is found behind the first fifty, and its absence is not taken for granted."""
    repository.state.pulls[1].issue.comments.clear()
    for number in range(120):
        repository.comment(1, f"Talk {number}", author="alice")
    repository.comment(1, f"Ours <!-- {MARK} -->", author="fixer")
    with adapter(github_sandbox.url) as api:
        glance = api.glance()
        glance.look([1], [])
        assert glance.find_comment(1, MARK) == api.find_comment(1, MARK) is not None


def test_a_rerun_is_read_as_always(github_sandbox, repository):
    """A run that is not red any more is not among the red ones."""
    run = repository.runs[0]
    run.attempt.conclusion = "success"
    with adapter(github_sandbox.url) as api:
        glance = api.glance()
        glance.look_at_runs({run.id: run.head_sha}, None)
        assert glance.run(RunRef(run.id)).conclusion == "success"
        assert [j.name.raw for j in glance.jobs(RunRef(run.id))] == ["lint", "test"]


def test_what_the_token_may_not_see_is_read_as_always(github_sandbox, repository):
    """The fields that are refused are unknown, not absent."""
    without = {k: v for k, v in PERMISSIONS.items() if k != "contents"}
    github_sandbox.tokens.grant(TOKEN, login="fixer", permissions=without)
    with adapter(github_sandbox.url) as api:
        glance = api.glance()
        glance.look([1], ["none"])
        assert glance.pull_request(1) is not None
        with pytest.raises(UpstreamError) as refused:
            glance.branch_head("none")
    assert refused.value.status in {403, 404}


def test_a_refusal_of_the_whole_is_an_error(github_sandbox, repository):
    """Whoever looks must know that nothing was seen."""
    github_sandbox.fault_hooks.append(
        failing_times(READ_TRIES, "POST", "/graphql", HttpResponse(502, {"message": "bad"}))
    )
    with adapter(github_sandbox.url) as api, pytest.raises(UpstreamError):
        api.glance().look([1], [])


def test_an_app_is_told_from_a_person_of_its_name(github_sandbox, repository):
    """GraphQL leaves `[bot]` away: a person's forgery is not taken for ours."""
    github_sandbox.tokens.grant(TOKEN, login="fixer[bot]", permissions=PERMISSIONS)
    with adapter(github_sandbox.url) as api:
        glance = api.glance()
        glance.look([1], [OURS])
        assert glance.find_comment(1, MARK) is None
        theirs = glance.pull_requests_for(OURS)[0]
        plain = api.pull_request(theirs.number)
        assert plain is not None
        assert theirs.author == plain.author == "fixer"


def test_the_runs_of_many_items_are_one_list(github_sandbox, repository):
    """Whoever asks for older ones goes on where the list was left."""
    seeds = [JobSeed("test", "failure", log="boom\n")]
    made = [github_sandbox.add_run(repository, seeds, branch="x") for _ in range(130)]
    later = datetime.now(UTC) + timedelta(minutes=10)
    with adapter(github_sandbox.url) as api:
        glance = api.glance()
        before = len(_lists(github_sandbox))
        told = []
        for run in (made[-1], made[-50], made[0], made[60]):
            glance.look_at_runs({run.id: run.head_sha}, later)
            told.append(glance.run(RunRef(run.id)).id)
        after = len(_lists(github_sandbox))
    assert told == [made[-1].id, made[-50].id, made[0].id, made[60].id]
    assert after - before == 2


def _lists(github):
    """The lists of runs that were asked for."""
    return [x for x in github.exchanges if x.request.path.endswith("/actions/runs")]
