"""Tasks when things go wrong: names that are held, builds that fail, agents that are lost."""

from __future__ import annotations

import json

import pytest

from bot.adapters.backends.task_start import NAME_PATIENCE, title_in_bytes
from bot.errors import NameHeldError, UpstreamError
from bot.model import BackendName, Session, SessionKey, SessionState
from bot.outcomes import ErrorKind
from bot.sandbox.http import Fault, HttpResponse
from tests.backend_contract.targets import KEY, Target, make_target
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


def test_the_create_call_says_all_that_coder_would_invent(target: Target) -> None:
    """Name, title, prompt, version and the default preset, which is not the first."""
    target.backend.start(KEY, prompt="Repair it.", title="CI repair")
    template = target.coder.world.templates[0]
    default = next(preset for preset in template.active.presets if preset.default)
    assert [
        {
            "template_version_id": template.active.id,
            "template_version_preset_id": default.id,
            "name": KEY.name,
            "display_name": "CI repair",
            "input": "Repair it.",
        }
    ] == bodies(target, "/tasks/me")


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("CI repair", "CI repair"),
        ("ü" * 40, "ü" * 32),
        ("a" + "ü" * 40, "a" + "ü" * 31),
        ("  ", ""),
    ],
)
def test_a_title_is_cut_by_bytes(title: str, shown: str) -> None:
    """Coder counts 64 bytes; no character is cut in half."""
    assert shown == title_in_bytes(title)


def test_a_dying_workspace_is_waited_for(target: Target) -> None:
    """409 and no task: the same name again, until the delete build is done."""
    session = target.finished()
    target.coder.builds.hold = True
    target.backend.delete(session)
    released = target.clock._on_sleep

    def release_later(seconds: float) -> None:
        released(seconds)
        if target.clock.monotonic() > 10:
            target.coder.builds.release()

    target.clock._on_sleep = release_later
    again = target.another_process().start(KEY, prompt="Repair it.", title="CI repair")
    assert (True, False) == (again.created, again.id == session.id)


def test_a_name_that_stays_held_is_given_up(target: Target) -> None:
    """After a minute of one dying workspace: the dedicated error, for the next generation."""
    session = target.finished()
    target.coder.builds.fail_deletes = True
    target.backend.delete(session)
    before = target.clock.monotonic()
    with pytest.raises(NameHeldError, match=KEY.name):
        target.another_process().start(KEY, prompt="Repair it.", title="CI repair")
    assert NAME_PATIENCE <= target.clock.monotonic() - before < NAME_PATIENCE + 10


def test_a_plain_workspace_of_that_name_is_reported(target: Target) -> None:
    """It is somebody's: named, left alone, and not waited for."""
    chats = make_plain_workspace(target)
    with pytest.raises(UpstreamError, match="it is not a task") as caught:
        target.backend.start(KEY, prompt="Repair it.", title="CI repair")
    assert (ErrorKind.WORKSPACE, [], 1) == (
        caught.value.kind,
        target.clock.slept,
        len(target.coder.world.workspaces),
    )
    assert chats


def make_plain_workspace(target: Target) -> str:
    """A workspace with the session's name that is no task."""
    version = target.coder.world.templates[0].active.id
    http = target.backend._workspaces  # type: ignore[attr-defined]
    made = http._http.post(
        "/api/v2/users/me/workspaces", {"name": KEY.name, "template_version_id": version}
    )
    return str(made.data["id"])


def test_the_window_before_the_workspace_is_linked_is_tolerated(target: Target) -> None:
    """A 500 of its own kind: the session is being made."""
    session = target.start()
    target.coder.tasks.named(KEY.name).unlinked = True
    assert target.backend.observe(session).state is SessionState.PENDING


def test_a_task_that_is_just_being_linked_is_found(target: Target) -> None:
    """Looking by name waits for the moment to pass."""
    session = target.start()
    task = target.coder.tasks.named(KEY.name)
    task.unlinked = True
    target.clock._on_sleep = lambda _: setattr(task, "unlinked", False)
    found = target.another_process().find(KEY)
    assert found is not None
    assert session.id == found.id


@pytest.mark.parametrize(
    ("trouble", "kind", "says"),
    [
        ("build", ErrorKind.WORKSPACE, "terraform"),
        ("quota", ErrorKind.CODER_QUOTA, "quota"),
    ],
)
def test_a_failed_build_is_quoted(target: Target, trouble: str, kind: ErrorKind, says: str) -> None:
    """The job's error and the end of the build log, read once; the same text as log."""
    target.coder.world.templates[0].active.trouble = trouble
    session = target.start()
    assert (SessionState.FAILED, kind) == (session.state, session.error_kind)
    assert says in session.error.raw
    before = len(target.requests())
    target.backend.observe(session)
    assert before + 1 == len(target.requests())
    assert target.backend.logs(session)


def test_a_missing_agent_is_lost_in_the_end(target: Target) -> None:
    """Waiting at first; after Coder's own two minutes it is an agent that never came."""
    target.coder.world.templates[0].active.trouble = "noagent"
    session = target.start()
    states = [session.state]
    target.clock.sleep(180)
    states.append(target.backend.observe(session).state)
    assert [SessionState.PENDING, SessionState.FAILED] == states


def test_a_lost_connection_keeps_its_beginning(target: Target) -> None:
    """FAILED of kind agent since the first look at it, so that five minutes can be told."""
    session = target.start()
    target.coder.tasks.named(KEY.name).lose_agent()
    first = target.backend.observe(session)
    target.clock.sleep(60)
    second = target.backend.observe(first)
    assert (SessionState.FAILED, ErrorKind.AGENT) == (second.state, second.error_kind)
    assert first.since == second.since


def test_a_blocked_agent_stays_blocked_when_its_screen_is_still(target: Target) -> None:
    """`failed` shows for seconds only; the history keeps it."""
    session = target.start()
    target.coder.tasks.report(KEY.name, "failure", "I have no key.")
    target.coder.advance(1)
    target.coder.tasks.report(KEY.name, "idle")
    now = target.backend.observe(session)
    assert (SessionState.BLOCKED, "I have no key.") == (now.state, now.message.raw)
    assert now.report is not None
    assert not now.report.complete


def test_a_report_that_an_idle_wiped_is_found(target: Target) -> None:
    """`idle` without text after `complete`: the workspace's history has it, link included."""
    session = target.start()
    target.coder.tasks.report(KEY.name, "complete", "Opened.", "https://example.com/pull/1")
    target.coder.advance(1)
    target.coder.tasks.report(KEY.name, "idle", "")
    now = target.another_process().observe(session)
    assert now.report is not None
    assert ("Opened.", "https://example.com/pull/1") == (
        now.report.message.raw,
        now.report.link.raw,
    )


def test_the_history_is_read_once_for_each_idle(target: Target) -> None:
    """Polling a still agent costs one request each time, not two."""
    session = target.finished()
    before = len(target.requests())
    for _ in range(3):
        session = target.backend.observe(session)
    assert before + 3 == len(target.requests())


def test_a_report_outlives_the_workspace(target: Target) -> None:
    """A stopped workspace shows no history; what was seen before counts."""
    session = target.finished()
    target.backend.pause(session)
    target.coder.advance(1)
    now = target.backend.observe(session)
    assert now.paused
    assert now.report is not None


def test_an_unreadable_workspace_leaves_what_the_polls_saw(target: Target) -> None:
    """A token that may not read workspaces still sees the end."""
    session = target.start()
    target.coder.tasks.report(KEY.name, "complete", "Done.")
    session = target.backend.observe(session)
    target.coder.tasks.report(KEY.name, "idle")
    denied = HttpResponse(403, {"message": "Forbidden."})
    target.fault(Fault("denied", respond=denied), lambda r: "/workspaces/" in r.path, times=9)
    assert target.backend.observe(session).report is not None


def test_pausing_waits_for_the_start_build(target: Target) -> None:
    """409 while a build is active: again, for a bounded time."""
    session = target.backend.start(KEY, prompt="Repair it.", title="CI repair")
    target.backend.pause(session)
    target.coder.advance(1)
    assert target.backend.observe(session).paused
    assert target.clock.monotonic() <= 60


def test_a_build_that_never_ends_cannot_hold_us(target: Target) -> None:
    """After a minute the refusal comes up."""
    target.coder.builds.hold = True
    session = target.backend.start(KEY, prompt="Repair it.", title="CI repair")
    with pytest.raises(UpstreamError, match="already active"):
        target.backend.pause(session)
    assert 60 <= target.clock.monotonic() < 70


@pytest.mark.parametrize("version", ["v2.29.0", "v2.31.0"])
def test_before_v2_31_1_the_workspace_is_stopped_and_started(
    coder_sandbox: CoderFactory, version: str
) -> None:
    """There the routes pause and resume do not exist."""
    target = make_target(coder_sandbox, TASKS, version=version, chats="off")
    session = target.finished()
    target.backend.pause(session)
    target.coder.advance(1)
    paused = target.backend.observe(session)
    target.backend.resume(paused)
    target.coder.advance(1)
    assert (True, False) == (paused.paused, target.backend.observe(session).paused)


def test_tasks_that_are_switched_off_on_the_way_are_not_deleted_ones(target: Target) -> None:
    """An upgrade of Coder hides the routes: unsupported, not gone."""
    session = target.start()
    missing = HttpResponse(404, {"message": "Route not found."})
    target.fault(Fault("off", respond=missing), lambda _: True)
    with pytest.raises(UpstreamError) as caught:
        target.backend.observe(session)
    assert caught.value.kind is ErrorKind.CODER_UNSUPPORTED


def test_an_absence_is_believed_for_a_moment_only(target: Target) -> None:
    """Somebody else may have started the session meanwhile: a late start looks again."""
    target.backend.find(KEY)
    other = target.another_process().start(KEY, prompt="Repair it.", title="CI repair")
    target.clock.sleep(31)
    before = len(target.requests("POST"))
    assert target.backend.start(KEY, prompt="Repair it.", title="CI repair").id == other.id
    assert before == len(target.requests("POST"))


def test_one_broken_task_breaks_the_list_alone(target: Target) -> None:
    """Coder answers 500 to the list then; the session itself is still found by name."""
    target.start()
    target.backend.start(SessionKey("cf-2"), prompt="x", title="x")
    target.coder.tasks.named("cf-2").unlinked = True
    with pytest.raises(UpstreamError):
        target.backend.list("cf-")
    assert isinstance(target.backend.find(KEY), Session)
