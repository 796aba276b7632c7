"""What the port promises when answers are lost, runs collide, or Coder and agents fail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot.adapters.backends.task_start import PROMPT_LIMIT
from bot.errors import ConfigurationError, SessionBusyError, UpstreamError
from bot.model import SessionState
from bot.outcomes import ErrorKind
from bot.sandbox.http import Fault, HttpResponse
from tests.backend_contract.targets import KEY, NOBODY, Target, is_create


def test_a_lost_answer_to_the_create_call_is_adopted(target: Target) -> None:
    """The connection breaks after Coder has made it: it is found, and only one is there."""
    target.fault(Fault("lost", after_effect=True), is_create)
    session = target.backend.start(KEY, prompt="Repair it.", title="CI repair")
    assert (KEY.name, 1) == (session.name, target.sessions())
    assert 1 == len([r for r in target.requests("POST") if "/interrupt" not in r])


def test_an_error_that_hides_the_effect_is_adopted(target: Target) -> None:
    """A 500 after Coder has made it changes nothing."""
    oops = HttpResponse(500, {"message": "Internal error creating."})
    target.fault(Fault("oops", respond=oops, after_effect=True), is_create)
    assert target.backend.start(KEY, prompt="Repair it.", title="CI repair").name == KEY.name
    assert target.sessions() == 1


def test_a_create_call_that_had_no_effect_can_be_repeated(target: Target) -> None:
    """The error comes up; the next start makes the session."""
    target.fault(Fault("lost"), is_create)
    with pytest.raises(UpstreamError) as caught:
        target.backend.start(KEY, prompt="Repair it.", title="CI repair")
    assert (ErrorKind.CODER, 0) == (caught.value.kind, target.sessions())
    assert target.backend.start(KEY, prompt="Repair it.", title="CI repair").created


def test_two_runs_at_once_end_with_one_session(target: Target) -> None:
    """Both get the same session, one of them made it, and no second one is left."""
    backends = [target.another_process() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        started = list(
            pool.map(lambda b: b.start(KEY, prompt="Repair it.", title="CI repair"), backends)
        )
    assert (1, 1, 1) == (
        len({session.id for session in started}),
        len([session for session in started if session.created]),
        target.sessions(),
    )


def test_a_short_outage_is_not_seen(target: Target) -> None:
    """Reads are repeated."""
    session = target.start()
    target.fault(Fault("lost"), lambda request: request.method == "GET")
    assert target.backend.observe(session).state is SessionState.WORKING


def test_a_long_outage_is_an_error_that_passes(target: Target) -> None:
    """After a few tries a read gives up within seconds; the next one works."""
    session = target.start()
    before = target.clock.monotonic()
    target.fault(Fault("lost"), lambda _: True, times=3)
    with pytest.raises(UpstreamError) as caught:
        target.backend.observe(session)
    assert (ErrorKind.CODER, False) == (caught.value.kind, caught.value.maybe_done)
    assert target.clock.monotonic() - before < 10
    assert target.backend.observe(session).id == session.id


def test_a_session_whose_agent_fails_is_failed(target: Target) -> None:
    """Kind `agent`, with words, and its beginning does not move with each look."""
    session = target.start()
    target.agent_fails(session)
    first = target.backend.observe(session)
    target.clock.sleep(30)
    second = target.backend.observe(first)
    assert (SessionState.FAILED, ErrorKind.AGENT) == (second.state, second.error_kind)
    assert first.error.raw
    assert first.since == second.since


@pytest.mark.parametrize("verb", ["observe", "pause", "resume"])
def test_a_session_that_is_not_there_is_gone(target: Target, verb: str) -> None:
    """A 404 is a state, not an error."""
    absent = replace(target.start(), id=NOBODY, workspace_id="")
    assert getattr(target.backend, verb)(absent).state is SessionState.GONE


def test_a_session_that_is_not_there_takes_no_message(target: Target) -> None:
    """Not "later": there is nobody."""
    absent = replace(target.start(), id=NOBODY, workspace_id="")
    with pytest.raises(UpstreamError, match="not there any more") as caught:
        target.backend.send(absent, "Go on.")
    assert (404, False) == (caught.value.status, isinstance(caught.value, SessionBusyError))


@pytest.mark.parametrize(
    "prompt", ["", " \n", "x" * (PROMPT_LIMIT + 1), "ü" * (PROMPT_LIMIT // 2 + 1)]
)
def test_a_prompt_that_no_workspace_survives_is_refused(target: Target, prompt: str) -> None:
    """Empty, or too many bytes: a configuration error, and nothing is sent to create."""
    with pytest.raises(ConfigurationError):
        target.backend.start(KEY, prompt=prompt, title="CI repair")
    assert [] == target.requests("POST")


def test_a_prompt_at_the_limit_is_taken(target: Target) -> None:
    """90 KiB are fine."""
    prompt = "x" * PROMPT_LIMIT
    assert target.backend.start(KEY, prompt=prompt, title="CI repair").created


def test_a_revoked_token_is_named(target: Target) -> None:
    """Kind `coder-auth`, the input, and no token in the text."""
    session = target.start()
    target.coder.world.tokens.clear()
    with pytest.raises(UpstreamError, match="coder-token") as caught:
        target.backend.observe(session)
    assert caught.value.kind is ErrorKind.CODER_AUTH
    assert target.options.token not in str(caught.value) + caught.value.detail.raw
