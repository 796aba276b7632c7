"""Which events are the door inside, and which job of the run is ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import ConfigurationError
from bot.model import OUTSIDE, Event, Ignored, Request, RunRef, TriggerName, Vantage
from bot.outcomes import SkipReason
from bot.triggers import Surroundings, recognize
from tests.builders import REPOSITORY, a_job

HERE = Surroundings(
    repository=REPOSITORY,
    own_run=RunRef(9001, 2),
    own_workflow=".github/workflows/ci.yml",
    vantage=Vantage(check_run_id=11, runner_name="r1", workflow_sha="abc"),
)
RUNNING = {"status": "in_progress", "conclusion": None}


def request(event: str, **changes) -> Request:
    found = recognize(Event(event, {}), replace(HERE, **changes))
    assert isinstance(found, Request)
    return found


@pytest.mark.parametrize(
    "event", ["push", "pull_request", "pull_request_target", "merge_group", "release", "x"]
)
def test_the_run_is_our_own(event):
    """GITHUB_RUN_ID and its attempt are the run; the vantage is inside of it."""
    found = request(event)

    assert (found.run, found.own_run) == (RunRef(9001, 2), RunRef(9001, 2))
    assert found.vantage == replace(HERE.vantage, inside=True)


def test_the_run_id_alone_is_enough():
    """Without an attempt the newest one is meant."""
    assert request("push", own_run=RunRef(9001)).run == RunRef(9001)


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch", "repository_dispatch", ""])
def test_what_tells_nothing_must_be_explained(event):
    """A schedule starts workflows of every kind: the error names the input that tells."""
    with pytest.raises(ConfigurationError, match="`trigger`"):
        request(event)

    assert request(event, trigger=TriggerName.FAILURE).vantage.inside


def test_a_named_run_goes_first():
    """`run-id` is looked at from outside, wherever we are."""
    found = request("push", run_id=7)

    assert (found.run, found.vantage) == (RunRef(7), OUTSIDE)


def test_a_finished_run_goes_first():
    """`workflow_run` tells of another run, with `trigger: failure` as well."""
    payload = {"action": "completed", "workflow_run": {"id": 5}}
    surroundings = replace(HERE, trigger=TriggerName.FAILURE)
    found = recognize(Event("workflow_run", payload), surroundings)

    assert isinstance(found, Request)
    assert (found.run, found.vantage) == (RunRef(5, 1), OUTSIDE)


def test_a_sweep_goes_first():
    """`trigger: reconcile` in a step is a sweep."""
    assert request("push", trigger=TriggerName.RECONCILE).run is None


def test_on_a_terminal_there_is_no_own_run():
    """Nothing tells a run: an error, not a guess."""
    with pytest.raises(ConfigurationError, match="tells no failed run"):
        request("push", own_run=None)


def test_a_forks_run_has_no_secrets():
    """The event is understood, and cannot be acted on."""
    payload = {"pull_request": {"head": {"repo": {"full_name": "eve/widgets"}}}}
    found = recognize(Event("pull_request", payload), replace(HERE, has_coder_token=False))

    assert isinstance(found, Ignored)
    assert found.skip_reason is SkipReason.NO_SECRETS


@pytest.mark.parametrize(
    ("vantage", "own"),
    [
        (Vantage(inside=True, check_run_id=12), 2),  # the check run's id
        (Vantage(inside=True, check_run_id=3), 3),  # a job's id is the same number on github.com
        (Vantage(inside=True, check_run_id=12, runner_name="r1"), 2),  # the id goes first
        (Vantage(inside=True, runner_name="r2"), 2),
        (Vantage(inside=True, check_run_id=99, runner_name="r2"), 2),  # an id that nobody has
        (Vantage(inside=True, runner_name="r1"), None),  # two legs on machines of one name
        (Vantage(inside=True, runner_name="r9"), None),  # what ended there is not us
        (Vantage(inside=True), None),
        (Vantage(check_run_id=12), None),  # from outside no job is ours
    ],
)
def test_each_leg_finds_itself(vantage, own):
    """By the check run where it is given, else by the machine and that the job runs."""
    jobs = [
        a_job(id=1, check_run_id=21, runner_name="r1", **RUNNING),
        a_job(id=2, check_run_id=12, runner_name="r2", **RUNNING),
        a_job(id=3, check_run_id=13, runner_name="r1", **RUNNING),
        a_job(id=4, check_run_id=14, runner_name="r9"),
    ]
    found = vantage.own(jobs)

    assert (found.id if found else None) == own
