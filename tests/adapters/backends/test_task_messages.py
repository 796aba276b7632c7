"""A message to a task: typed once, or said to be impossible for now, or honestly unknown."""

from __future__ import annotations

import json

import pytest

from bot.errors import SessionBusyError, UpstreamError
from bot.model import BackendName, SessionState
from bot.outcomes import ErrorKind
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.backend_contract.targets import Target, make_target
from tests.coder_fixtures import CoderFactory

TASKS = BackendName.TASKS


@pytest.fixture
def target(coder_sandbox: CoderFactory) -> Target:
    """Tasks on v2.36."""
    return make_target(coder_sandbox, TASKS, version="v2.36.0")


def bodies(target: Target, ending: str) -> list[dict[str, str]]:
    """What was posted to paths with that ending."""
    sent = [exchange.request for exchange in target.coder.exchanges]
    return [json.loads(r.body) for r in sent if r.method == "POST" and r.path.endswith(ending)]


def is_send(request: HttpRequest) -> bool:
    """The call that types a message."""
    return request.method == "POST" and request.path.endswith("/send")


def test_a_message_with_a_lost_answer_is_not_sent_again(target: Target) -> None:
    """It arrived: the conversation says so."""
    session = target.finished()
    target.fault(Fault("lost", after_effect=True), is_send)
    assert target.backend.send(session, "Go on.\nPlease.").state is SessionState.WORKING
    assert 1 == len(bodies(target, "/send"))


def test_a_message_that_was_lost_is_not_claimed(target: Target) -> None:
    """It did not arrive, and nobody can be sure: the error says `maybe_done`."""
    session = target.finished()
    target.fault(Fault("lost"), is_send)
    with pytest.raises(UpstreamError) as caught:
        target.backend.send(session, "Go on.")
    assert caught.value.maybe_done
    assert 1 == len(bodies(target, "/send"))


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (409, "Task app is not ready to accept input."),
        (502, "Task app is not ready to accept input."),
        (409, "Task is initializing."),
        (400, "Task status must be active."),
        (502, "Failed to reach task app endpoint."),
        (502, "Failed to get status from task app."),
        (429, "You've been rate limited."),
    ],
)
def test_later_is_said_in_many_ways(target: Target, status: int, message: str) -> None:
    """Busy, starting, unreachable or limited, in the words of all versions: `SessionBusyError`."""
    session = target.finished()
    target.fault(Fault("no", respond=HttpResponse(status, {"message": message})), is_send)
    with pytest.raises(SessionBusyError):
        target.backend.send(session, "Go on.")


def test_a_rejected_message_was_not_typed(target: Target) -> None:
    """AgentAPI's own refusal is definite."""
    session = target.finished()
    body = {"message": "Task app rejected the message.", "detail": "not now"}
    target.fault(Fault("no", respond=HttpResponse(502, body)), is_send)
    with pytest.raises(UpstreamError, match="did not take the message: not now") as caught:
        target.backend.send(session, "Go on.")
    assert (ErrorKind.AGENT, False) == (caught.value.kind, caught.value.maybe_done)


def test_a_session_in_a_broken_workspace_takes_no_message(target: Target) -> None:
    """Not "later": the refusal comes up as it is."""
    target.coder.world.templates[0].active.trouble = "build"
    session = target.start()
    with pytest.raises(UpstreamError) as caught:
        target.backend.send(session, "Go on.")
    assert not isinstance(caught.value, SessionBusyError)


def test_white_space_around_a_message_is_not_sent(target: Target) -> None:
    """AgentAPI trims, and refuses what is empty then."""
    target.backend.send(target.finished(), "  Go on.\n")
    assert [{"input": "Go on."}] == bodies(target, "/send")
