"""Chats when things go wrong, and what is theirs alone: queues, archives, workspaces, owners."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.adapters.backends import connect
from bot.errors import NameHeldError, SessionBusyError, UpstreamError
from bot.model import BackendName, Session, SessionKey, SessionState
from bot.outcomes import ErrorKind
from bot.sandbox.http import Fault, HttpRequest
from tests.adapters.backends.stand_ins import FakeClock, coder_answer, options
from tests.backend_contract.targets import KEY, Target, is_create, make_target
from tests.coder_fixtures import CoderFactory

CHATS = BackendName.CHATS


@pytest.fixture(params=["v2.36.0", "v2.37.0"])
def target(request: pytest.FixtureRequest, coder_sandbox: CoderFactory) -> Target:
    """Chats, experimental on v2.36 and under v2 on v2.37."""
    chats = "experimental" if request.param == "v2.36.0" else "v2+experimental"
    return make_target(coder_sandbox, CHATS, version=request.param, chats=chats)


def with_inputs(target: Target, **inputs: str) -> None:
    """The same Coder, other inputs."""
    plain: dict[str, Any] = {"template": "", "workspace_id": "", "owner": "me", **inputs}
    target.options = replace(target.options, **plain)
    target.backend = target.another_process()


def created(target: Target) -> list[dict[str, object]]:
    """The bodies of the create calls."""
    sent = [exchange.request for exchange in target.coder.exchanges]
    return [json.loads(request.body) for request in sent if is_create(request)]


def status_of(target: Target, workspace_id: str) -> str:
    """What the workspace is doing."""
    return target.coder.world.workspaces[workspace_id].build.workspace_status


def is_message(request: HttpRequest) -> bool:
    """The call that sends a message."""
    return request.method == "POST" and request.path.endswith("/messages")


def test_a_chat_is_created_with_its_labels(target: Target) -> None:
    """Name and key as labels, the prompt as one text part, the organization's id."""
    target.start()
    assert [
        {
            "content": [{"type": "text", "text": "Repair it."}],
            "labels": {"coder-fix/name": KEY.name, "coder-fix/item": "0123456789ab"},
            "client_type": "api",
            "organization_id": target.coder.world.organizations[0].id,
        }
    ] == created(target)


def test_a_named_template_gives_the_chat_its_workspace(target: Target) -> None:
    """Made once, under the session's name, and pinned; a second start finds both."""
    with_inputs(target, template="ci-repair")
    session = target.start()
    again = target.another_process().start(KEY, prompt="Repair it.", title="x")
    workspace = target.coder.world.workspaces[session.workspace_id]
    assert (KEY.name, 1, session.id) == (
        workspace.name,
        len(target.coder.world.workspaces),
        again.id,
    )


def test_pausing_stops_and_deleting_removes_the_chats_workspace(target: Target) -> None:
    """What was made for the chat does not stay."""
    with_inputs(target, template="ci-repair")
    session = target.finished()
    target.backend.pause(session)
    target.coder.advance(1)
    stopped = status_of(target, session.workspace_id)
    target.backend.delete(session)
    target.coder.advance(1)
    left = target.coder.world.workspaces.get(session.workspace_id)
    assert stopped == "stopped"
    assert left is None or left.build.transition == "delete"


def test_a_name_that_a_dying_workspace_holds_is_given_up(target: Target) -> None:
    """As for tasks: a minute, then the dedicated error."""
    with_inputs(target, template="ci-repair")
    session = target.finished()
    target.coder.builds.fail_deletes = True
    target.backend.delete(session)
    target.coder.chats[session.id].labels.clear()
    with pytest.raises(NameHeldError):
        target.another_process().start(KEY, prompt="Repair it.", title="x")


def test_the_workspace_of_a_task_is_no_chats(target: Target) -> None:
    """Both backends use the session's name; a task keeps its own."""
    as_task = replace(target.options, backend=BackendName.TASKS, template="ci-repair")
    connect(as_task, clock=target.clock).start(KEY, prompt="x", title="x")
    with_inputs(target, template="ci-repair")
    with pytest.raises(UpstreamError, match="belongs to a task"):
        target.backend.start(KEY, prompt="x", title="x")
    assert target.sessions() == 0


def test_a_workspace_that_was_given_is_left_alone(target: Target) -> None:
    """`workspace-id` is the workflow's own: pinned, never stopped, never deleted."""
    with_inputs(target, template="ci-repair")
    given = target.start().workspace_id
    with_inputs(target, workspace_id=given)
    key = SessionKey("cf-other")
    session = target.backend.start(key, prompt="x", title="x")
    target.backend.pause(session)
    target.backend.delete(session)
    target.coder.advance(1)
    assert (given, "running") == (session.workspace_id, status_of(target, given))


def test_a_finished_turn_without_words_has_no_report(target: Target) -> None:
    """`waiting` and a summary prove nothing."""
    session = target.finished("")
    assert (SessionState.IDLE, None) == (session.state, session.report)


def test_a_full_queue_is_later(target: Target) -> None:
    """429 without Retry-After: no rate limit, and nothing to repeat now."""
    session = target.start()
    for number in range(20):
        target.backend.send(session, f"message {number}")
    with pytest.raises(SessionBusyError):
        target.backend.send(session, "one too many")
    assert [] == target.clock.slept


def test_pausing_ends_the_queued_messages_too(target: Target) -> None:
    """An interrupted chat takes up its next queued message: interrupt until nothing runs."""
    session = target.start()
    target.backend.send(session, "And this.")
    target.backend.send(session, "And that.")
    target.backend.pause(session)
    assert not target.coder.chats[session.id].is_busy


def test_a_queued_message_is_work(target: Target) -> None:
    """A chat with something in its queue is not done."""
    session = target.start()
    target.backend.send(session, "And this.")
    assert target.backend.observe(session).state is SessionState.WORKING


def test_a_chat_between_its_queue_and_its_turn_is_not_done() -> None:
    """`waiting` with a message in the queue is a moment, not an end."""
    moments = {"created_at": "2026-11-21T12:00:00Z", "updated_at": "2026-11-21T12:00:00Z"}
    said = {"id": 1, "role": "assistant", "content": [{"type": "text", "text": "Done."}]}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/messages"):
            queued = [{"id": 2, "content": [{"type": "text", "text": "And this."}]}]
            return coder_answer(200, {"messages": [said], "queued_messages": queued})
        return coder_answer(200, {"id": "c", "status": "waiting", **moments})

    backend = connect(
        options(backend=CHATS), clock=FakeClock(), transport=httpx.MockTransport(answer)
    )
    session = Session(CHATS, "c", KEY.name, "", SessionState.UNKNOWN)
    now = backend.observe(session)
    assert (SessionState.WORKING, None) == (now.state, now.report)


def test_an_archived_chat_is_found_and_goes_on(target: Target) -> None:
    """By the second look; it is paused, and a message takes it out of the archive."""
    session = target.finished()
    target.backend.delete(session)
    found = target.another_process().find(KEY)
    assert found is not None
    assert (session.id, True) == (found.id, found.paused)
    target.backend.send(found, "Go on.")
    assert not target.backend.observe(found).paused


def test_the_oldest_of_two_chats_wins_and_the_other_is_put_away(target: Target) -> None:
    """Somebody else's create came first: ours is archived, its own is ours now."""
    other = target.another_process()
    first: list[Session] = []

    def come_first(request: HttpRequest) -> None:
        if is_create(request) and not first:
            first.append(Session(CHATS, "", "", "", SessionState.UNKNOWN))
            first[0] = other.start(KEY, prompt="Repair it.", title="x")

    target.coder.fault_hooks.append(come_first)
    session = target.backend.start(KEY, prompt="Repair it.", title="x")
    assert (first[0].id, False, 1) == (session.id, session.created, target.sessions())


def test_a_message_with_a_lost_answer_is_not_sent_again(target: Target) -> None:
    """It is the last thing that we said: taken."""
    session = target.finished()
    target.fault(Fault("lost", after_effect=True), is_message)
    assert target.backend.send(session, "Go on.").state is SessionState.WORKING
    assert 1 == len([r for r in target.requests("POST") if r.endswith("/messages")])


def test_a_queued_message_with_a_lost_answer_is_not_sent_again(target: Target) -> None:
    """The last of the queue is ours: taken."""
    session = target.start()
    target.fault(Fault("lost", after_effect=True), is_message)
    assert target.backend.send(session, "And this.").state is SessionState.WORKING
    assert 1 == len([r for r in target.requests("POST") if r.endswith("/messages")])


def test_a_workspace_with_a_lost_answer_is_adopted(target: Target) -> None:
    """Found by its name, and not made twice."""
    with_inputs(target, template="ci-repair")
    target.fault(Fault("lost", after_effect=True), lambda r: r.path.endswith("/me/workspaces"))
    assert target.backend.start(KEY, prompt="x", title="x").workspace_id
    assert 1 == len(target.coder.world.workspaces)


def test_without_its_workspace_there_is_no_chat(target: Target) -> None:
    """The template's refusal comes up, and nothing is created."""
    with_inputs(target, template="ci-repair")
    target.coder.world.templates[0].active.required_parameters = ("region",)
    with pytest.raises(UpstreamError, match="nobody gave: region") as caught:
        target.backend.start(KEY, prompt="x", title="x")
    assert (ErrorKind.TEMPLATE, 0) == (caught.value.kind, target.sessions())


def test_a_message_that_was_lost_is_not_claimed(target: Target) -> None:
    """Nobody can be sure: the error says `maybe_done`."""
    session = target.finished()
    target.fault(Fault("lost"), is_message)
    with pytest.raises(UpstreamError) as caught:
        target.backend.send(session, "Go on.")
    assert caught.value.maybe_done


def test_chats_above_the_limit_wait(coder_sandbox: CoderFactory) -> None:
    """v2.37 without a licence runs five agents at once; the sixth says that it waits."""
    target = make_target(coder_sandbox, CHATS, version="v2.37.0", chats="v2+experimental")
    for number in range(5):
        target.backend.start(SessionKey(f"cf-{number}"), prompt="x", title="x")
    session = target.start()
    assert (SessionState.PENDING, True) == (session.state, "free agent" in session.note)


def test_a_provider_error_is_quoted(target: Target) -> None:
    """The error's text, and the same at the end of the log."""
    session = target.start()
    target.agent_fails(session)
    now = target.backend.observe(session)
    assert "refused the key" in now.error.raw
    assert now.error.raw.splitlines()[-1] == target.backend.logs(now)[-1].raw


def test_the_own_name_is_no_other_user(target: Target) -> None:
    """`coder-username` may repeat the user of the token."""
    with_inputs(target, owner="CI-repair-bot")
    session = target.backend.start(KEY, prompt="x", title="x")
    assert session.created
    assert "owner_id" not in created(target)[0]


def test_a_chat_that_falls_to_somebody_else_is_put_away(coder_sandbox: CoderFactory) -> None:
    """A Coder that ignores `owner_id` gives the chat to the token's user: not accepted."""
    target = make_target(coder_sandbox, CHATS, version="v2.37.0", chats="v2+experimental")
    target.coder.add_user("other-dev")
    _, token = target.coder.add_user("owner", roles=("owner", "agents-access"))
    target.options = type(target.options)(
        target.coder.url, token.text, backend=CHATS, owner="other-dev"
    )
    backend = connect(target.options, clock=target.clock)
    with pytest.raises(UpstreamError, match="coder-username") as caught:
        backend.start(KEY, prompt="x", title="x")
    assert (ErrorKind.CODER_UNSUPPORTED, 0) == (caught.value.kind, target.sessions())
