"""Workflow runs, jobs and annotations as the API tells them."""

from __future__ import annotations

import pytest

from bot.errors import ConfigurationError
from bot.model import RunRef
from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.github_runs import Annotation
from tests.adapters.github_rig import adapter, seeded, sent


def test_every_page_of_jobs_is_read(github_sandbox):
    """A matrix of 230 legs takes three pages, in order and without a gap."""
    repository = seeded(github_sandbox)
    run = github_sandbox.add_run(repository, [JobSeed(f"leg {n}") for n in range(230)])
    with adapter(github_sandbox.url) as api:
        names = [job.name.raw for job in api.jobs(RunRef(run.id, 1))]

    assert names == [f"leg {n}" for n in range(230)]
    assert sent(github_sandbox, "GET", "/jobs") == 3


@pytest.fixture
def rerun(github_sandbox):
    """A run that was red, and green when it was run again."""
    repository = seeded(github_sandbox)
    colors = ["failure", "success"]
    github_sandbox.script_runs(lambda run: [JobSeed("test", colors[run.attempt.number - 1])])
    run = github_sandbox.add_run(repository, [JobSeed("test", "failure")])
    github_sandbox.runs.rerun(repository.state, run, "alice")
    github_sandbox.wait_idle()
    return run


@pytest.mark.parametrize(
    ("attempt", "said"), [(1, (1, "failure")), (2, (2, "success")), (0, (2, "success"))]
)
def test_the_attempt_of_the_event_is_read(github_sandbox, rerun, attempt, said):
    """An event speaks of its attempt whatever happened since; 0 is the newest."""
    with adapter(github_sandbox.url) as api:
        run = api.run(RunRef(rerun.id, attempt))
        (job,) = api.jobs(RunRef(rerun.id, attempt))

    assert ((run.attempt, run.conclusion), (job.run_attempt, job.conclusion)) == (said, said)


@pytest.mark.parametrize(
    ("ref", "words"), [(RunRef(77), "`run-id` 77"), (RunRef(77, 3), "an attempt 3")]
)
def test_a_run_that_is_not_there(github_sandbox, ref, words):
    """404 names the input, and where to find the number."""
    seeded(github_sandbox)
    with adapter(github_sandbox.url) as api, pytest.raises(ConfigurationError, match=words):
        api.run(ref)


def test_annotations(github_sandbox):
    """Path, line, level and message of each one, by the job's check run."""
    repository = seeded(github_sandbox)
    said = Annotation("boom", "failure", "src/a.py", 7, 7, "Tests")
    run = github_sandbox.add_run(repository, [JobSeed("test", "failure", annotations=[said])])
    with adapter(github_sandbox.url) as api:
        (job,) = api.jobs(RunRef(run.id))
        (found,) = api.annotations(job)

    told = (found.path, found.line, found.level, found.title.raw, found.message.raw)
    assert told == ("src/a.py", 7, "failure", "Tests", "boom")


def test_annotations_are_a_hint_only(github_sandbox):
    """Without `checks: read` there are none, and no error."""
    repository = seeded(github_sandbox, permissions={"actions": "read"})
    run = github_sandbox.add_run(repository, [JobSeed("test", "failure")])
    with adapter(github_sandbox.url) as api:
        (job,) = api.jobs(RunRef(run.id))
        assert api.annotations(job) == ()
